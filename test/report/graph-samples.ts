/** Mappings of any size, like those of a platform: deliveries are loaded, cleaned, joined, and leave as extracts. */
import type { GraphView, Phase, TaskView } from '../../src/core/views.js';
import { viewOf } from './shop.js';

/** Numbers from 0 to below 1, always the same for a seed. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

const stages = [
  { name: 'load', share: 0.3, reads: 1 },
  { name: 'clean', share: 0.3, reads: 1 },
  { name: 'join', share: 0.2, reads: 3 },
  { name: 'mart', share: 0.12, reads: 4 },
  { name: 'extract', share: 0.08, reads: 2 },
] as const;

/** So many jobs; most read what the stage before them makes, some what comes from further back. */
export function platform(size: number, seed = 11): GraphView {
  const chance = chances(seed);
  const jobs: { name: string; sources: string[]; targets: string[] }[] = [];
  let before: string[] = [];
  let earlier: string[] = [];
  for (const [stage, { name, share, reads }] of stages.entries()) {
    const count = stage === stages.length - 1 ? size - jobs.length : Math.max(1, Math.floor(size * share));
    const made: string[] = [];
    for (let index = 0; index < count; index++) {
      const sources = new Set<string>();
      for (let read = 0; read < (stage === 0 ? 0 : 1 + Math.floor(chance() * reads)); read++) {
        const from = chance() < 0.8 || earlier.length === 0 ? before : earlier;
        const near = Math.floor((index / count) * from.length + chance() * 3);
        sources.add(from[Math.min(from.length - 1, near)] ?? '');
      }
      if (stage === 0) sources.add(`file:landing/feed_${index}/delivery_{date}.csv`);
      const target = stage === stages.length - 1 ? `file:extracts/${index}.csv` : `table:${name}.thing_${index}/{date}`;
      made.push(target);
      jobs.push({ name: `${name}_thing_${index}`, sources: [...sources], targets: [target] });
    }
    [earlier, before] = [before, made];
  }
  return viewOf(jobs);
}

/** A task of a job for each of these phases. */
export const tasksOf = (job: string, ...phases: readonly Phase[]): TaskView[] =>
  phases.map((phase, index) => ({
    task: `${job}[date=2026-11-${20 + index}]`,
    job,
    partition: { date: `2026-11-${20 + index}` },
    phase,
    reasons: [{ code: 'up-to-date', message: `${phase}, says the reason` }],
  }));

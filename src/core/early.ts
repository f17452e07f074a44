/**
 * What was taken too early: an object that landed, and is then written on. Its writer pauses for longer than the settle
 * time, changes the mode and writes on, or renames before it has finished. It lands again when it is complete, and what
 * read it runs again. Where a whole directory shows that "moved into place" says nothing there, its files have to
 * settle from now on. It is told once for each directory.
 */
import type { Effect } from './effect.js';
import type { Seen } from './landing.js';
import { directoryOf } from './object.js';
import type { ObjectNode, State } from './state.js';

/** For so long after an object has landed, in milliseconds or in settle times, a write to it goes on with the one before. */
const lately = { least: 10_000, settles: 5 };

/** It has landed just now. */
export function noteLanding(
  state: State,
  { id }: ObjectNode,
  { file, written }: Seen,
  at: number,
  moved: boolean,
): void {
  state.lately.delete(id);
  state.lately.set(id, { file, written, at, moved });
  for (const [first, landed] of state.lately) {
    const settle = state.objects.get(first)?.rules.settle ?? 0;
    if (at - landed.at <= Math.max(lately.least, lately.settles * settle)) break;
    state.lately.delete(first);
  }
}

/** It was looked at, and differs from how it landed. */
export function noteEarly(state: State, { id, rules }: ObjectNode, found: Seen, at: number, effects: Effect[]): void {
  const landed = state.lately.get(id);
  if (!landed) return;
  state.lately.delete(id);
  if (at - landed.at > Math.max(lately.least, lately.settles * rules.settle)) return;
  if (landed.file !== found.file || landed.written === found.written) return;
  const directory = directoryOf(id);
  const known = state.early.get(directory);
  if (known === true || known === landed.moved) return;
  state.early.set(directory, landed.moved);
  const distrusted = landed.moved ? { distrusted: directory } : {};
  effects.push({ type: 'report', report: { event: 'landed-early', at, object: id, ...distrusted } });
}

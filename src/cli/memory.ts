/**
 * What a call answered last, with all that the answer followed from: asked again, it is answered from here while nothing
 * of that has changed, without loading the mapping or the state. It is beside the state, in `cache`, and thrown away in silence
 * when it does not fit. Loads next to nothing: every call comes by.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { arePlacesAsSeen, changedManifests, contentOf, type Seen } from '../manifest/seen.js';
import type { ManifestSources } from '../manifest/sources.js';
import type { Call } from '../recall/call.js';
import { keep, readKept } from '../recall/kept.js';
import { type Answered, isAnsweredSo, type Questions } from '../recall/questions.js';
import { isAtRest, type Rest } from '../recall/state.js';

/** What it followed from. */
export interface Grounds {
  readonly seen: Seen;
  /** What of each manifest bears on the answer, by its path; without it any change of a manifest does. */
  readonly bearings?: Readonly<Record<string, string>>;
  readonly state?: Rest;
}

export interface Answer {
  readonly output: string;
  readonly status: number;
  /** The time of the answer, as it stands in the output: the next one has its own. */
  readonly at?: string | undefined;
}

interface Head extends Grounds, Omit<Answer, 'output'> {
  readonly key: string;
  /** Names the file of questions that belongs to it. */
  readonly asked?: string;
}

const fileOf = ({ directory, command }: Call): string => path.join(directory, 'cache', command);
const questionsOf = (call: Call): string => `${fileOf(call)}.files`;

/** The answer, where it would be the same now. */
export async function recall(call: Call): Promise<Answer | undefined> {
  const kept = readKept<Head>(fileOf(call));
  if (kept === undefined || kept.head.key !== call.key) return undefined;
  const { head, body } = kept;
  if (head.state && !isAtRest(head.state)) return undefined;
  const read = arePlacesAsSeen(head.seen) ? await manifestsNow(head) : undefined;
  if (read === undefined || (head.asked !== undefined && !isAnsweredAsBefore(call, head.asked))) return undefined;
  // Edited manifests would have to be looked into each time.
  if (read !== head.seen.read) keep(fileOf(call), { ...head, seen: { ...head.seen, read } }, body);
  const output = body.toString();
  const { at, status } = head;
  return { output: at === undefined ? output : output.replace(at, new Date().toISOString()), status };
}

/** The manifests, where nothing that bears on the answer has changed in them. */
async function manifestsNow({ seen, bearings }: Head): Promise<Seen['read'] | undefined> {
  const changed = changedManifests(seen);
  if (changed === undefined || changed.length === 0) return changed && seen.read;
  if (bearings === undefined) return undefined;
  const { bearingOf } = await import('../manifest/bearing.js');
  const now = new Map<string, string>();
  for (const { file, bytes } of changed) {
    if ((await bearingOf(file, bytes)) !== bearings[file]) return undefined;
    now.set(file, contentOf(bytes));
  }
  return seen.read.map(([file, real, content]) => [file, real, now.get(file) ?? content]);
}

function isAnsweredAsBefore(call: Call, asked: string): boolean {
  const kept = readKept<{ asked: string; questions: Questions }>(questionsOf(call));
  if (kept?.head.asked !== asked) return false;
  const { buffer, byteOffset, byteLength } = kept.body;
  const numbers = new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return isAnsweredSo({ questions: kept.head.questions, numbers });
}

/** Remembers an answer, where there is a place for it. */
export function remember(call: Call, { output, ...about }: Answer, grounds: Grounds, answered?: Answered): void {
  if (!existsSync(call.directory)) return;
  const head: Head = { key: call.key, ...about, ...grounds };
  if (answered === undefined) {
    keep(fileOf(call), head, Buffer.from(output));
    return;
  }
  const asked = randomUUID();
  const { questions, numbers } = answered;
  keep(questionsOf(call), { asked, questions }, new Uint8Array(numbers.buffer));
  keep(fileOf(call), { ...head, asked }, Buffer.from(output));
}

/** Seconds of a call above which it pays to remember what it printed. */
const worthwhile = 0.5;

/** Remembers what was printed about a mapping alone, where finding it took its time. */
export function rememberMapping(call: Call | undefined, answer: Answer, sources: ManifestSources | undefined): void {
  if (call !== undefined && sources !== undefined && process.uptime() > worthwhile)
    remember(call, answer, { seen: sources.seen() });
}

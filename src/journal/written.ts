/**
 * Runs that went well, as this program writes them. A long journal is lines of those, and of most little is asked: so a
 * line in exactly that form stays the text that it is, and is taken apart where somebody asks for more. The form has no
 * backslash and nothing but printable ASCII: a text in it is what stands between its quotes. Lines in any other form
 * are left to line.ts.
 */
import { crc32 } from 'node:zlib';
import {
  endingOf,
  type JournalRecord,
  type RunEnded,
  type RunKept,
  type RunStarted,
  type Versions,
} from '../core/record.js';

/** Bytes. Longer lines are few, and a form is not to go back and forth in them. */
const longest = 4096;

const text = '[ !#-\\[\\]-~]*';
const texts = `\\{((?:"${text}":"${text}"(?:,"${text}":"${text}")*)?)\\}`;
const number = '(0|[1-9]\\d{0,14})';
const about = `"run":"(${text})","task":"(${text})","job":"(${text})","partition":${texts}`;
const work = `"key":"(${text})","definition":"(${text})","consumed":${texts}`;
const ending = '(,"exitCode":0)?';
const form = (type: string, ...fields: string[]): RegExp =>
  new RegExp(`^\\{"type":"${type}",${fields.join(',')},"s":(\\d+),"crc":"([0-9a-f]{8})"\\}$`);

const runForm = form(
  'run',
  `${about},"attempts":${number},${work},"startedAt":${number},"endedAt":${number}`,
  `"outcome":"succeeded","produced":${texts}${ending}`,
);
const startForm = form('run-started', `"at":${number},${about},"attempt":([1-9]\\d{0,8}),${work}`);
const endForm = form(
  'run-ended',
  `"at":${number},"run":"(${text})","outcome":"succeeded"${ending},"produced":${texts}`,
);

type Parts = readonly (string | undefined)[];

/** A text of its own: what is cut out of a line keeps the whole line in memory. */
const apart = (cut = ''): string => JSON.parse(`"${cut}"`) as string; // the form says that it is one

/** Jobs are few, and what was cut out last is mostly what is cut out next. */
function shared(cut = ''): string {
  if (definition !== cut) definition = apart(cut);
  return definition;
}
let definition = '';

/** Goes through names and texts that stand here without the braces around them. */
function eachPair(cut: string, take: (name: string, value: string) => void): void {
  for (let at = 1; at < cut.length; ) {
    const middle = cut.indexOf('"', at);
    const end = cut.indexOf('"', middle + 3);
    take(cut.slice(at, middle), cut.slice(middle + 3, end));
    at = end + 3;
  }
}

const nothing: Versions = Object.freeze({});

/** What JSON.parse would give, in a quarter of its time: it looks for a shape that these objects of all keys share. */
function pairs(cut = ''): Versions {
  if (cut === '') return nothing;
  if (cut.includes('"__proto__"')) return JSON.parse(`{${cut}}`) as Versions; // the form says so
  const found: Record<string, string> = {};
  eachPair(cut, (name, value) => {
    found[name] = apart(value);
  });
  return found;
}

/** The line that was taken apart last: who asks for one field mostly asks for all. */
let latest: { readonly line: string; readonly parts: Parts } | undefined;

/** A line, newline excluded. What is an accessor here is not copied by a spread; `toJSON` gives all. */
abstract class Written {
  readonly line: string;

  constructor(line: string) {
    this.line = line;
  }

  protected abstract get form(): RegExp;

  protected part(at: number): string | undefined {
    if (latest?.line !== this.line) latest = { line: this.line, parts: this.form.exec(this.line) ?? [] };
    return latest.parts[at];
  }

  /** The line up to its sequence number. */
  get body(): string {
    return this.line.slice(0, this.line.lastIndexOf(',"s":'));
  }

  /** All of it, as any record is. */
  abstract toJSON(): JournalRecord;
}

/** A success says its exit status, or does not. */
abstract class WrittenEnd extends Written {
  readonly outcome = 'succeeded';
  /** Names and versions of what was produced, as they stand in the line. */
  protected readonly made: string;
  declare readonly exitCode?: number;

  constructor(line: string, produced = '', ending?: string) {
    super(line);
    this.made = produced;
    if (ending !== undefined) this.exitCode = 0;
  }

  get produced(): Versions {
    return pairs(this.made);
  }

  /** The same as all entries of `produced`, which this does not make. */
  eachProduced(take: (object: string, version: string) => void): void {
    eachPair(this.made, (object, version) => take(object, apart(version)));
  }
}

class WrittenRun extends WrittenEnd implements RunKept {
  readonly type = 'run';
  readonly task: string;

  constructor(line: string, parts: Parts) {
    super(line, parts[11], parts[12]);
    this.task = parts[2] ?? '';
  }

  protected get form(): RegExp {
    return runForm;
  }
  get run(): string {
    return apart(this.part(1));
  }
  get job(): string {
    return this.part(3) ?? '';
  }
  get partition(): Readonly<Record<string, string>> {
    return pairs(this.part(4));
  }
  get attempts(): number {
    return Number(this.part(5));
  }
  get key(): string {
    return apart(this.part(6));
  }
  get definition(): string {
    return shared(this.part(7));
  }
  get consumed(): Versions {
    return pairs(this.part(8));
  }
  get startedAt(): number {
    return Number(this.part(9));
  }
  get endedAt(): number {
    return Number(this.part(10));
  }
  override toJSON(): RunKept {
    const { type, run, task, job, partition, attempts, key, definition, consumed } = this;
    const { startedAt, endedAt, outcome, produced } = this;
    const about = { run, task, job, partition, attempts, key, definition, consumed };
    return { type, ...about, startedAt, endedAt, outcome, produced, ...endingOf(this) };
  }
}

class WrittenEnded extends WrittenEnd implements RunEnded {
  readonly type = 'run-ended';
  readonly run: string;

  constructor(line: string, parts: Parts) {
    super(line, parts[4], parts[3]);
    this.run = parts[2] ?? '';
  }

  protected get form(): RegExp {
    return endForm;
  }
  get at(): number {
    return Number(this.part(1));
  }
  override toJSON(): RunEnded {
    const { type, at, run, outcome, produced } = this;
    return { type, at, run, outcome, ...endingOf(this), produced };
  }
}

class WrittenStart extends Written implements RunStarted {
  readonly type = 'run-started';
  readonly run: string;
  readonly task: string;

  constructor(line: string, parts: Parts) {
    super(line);
    this.run = apart(parts[2]);
    this.task = parts[3] ?? '';
  }

  protected get form(): RegExp {
    return startForm;
  }
  get at(): number {
    return Number(this.part(1));
  }
  get job(): string {
    return this.part(4) ?? '';
  }
  get partition(): Readonly<Record<string, string>> {
    return pairs(this.part(5));
  }
  get attempt(): number {
    return Number(this.part(6));
  }
  get key(): string {
    return apart(this.part(7));
  }
  get definition(): string {
    return shared(this.part(8));
  }
  get consumed(): Versions {
    return pairs(this.part(9));
  }
  override toJSON(): RunStarted {
    const { type, at, run, task, job, partition, attempt, key, definition, consumed } = this;
    return { type, at, run, task, job, partition, attempt, key, definition, consumed };
  }
}

/** A record that is still the line that was written. */
export const isWritten = (record: object): record is Written => record instanceof Written;

const sealLength = ',"crc":"00000000"}'.length;

const kinds = [
  { opening: '{"type":"run",', form: runForm, make: WrittenRun },
  { opening: '{"type":"run-started",', form: startForm, make: WrittenStart },
  { opening: '{"type":"run-ended",', form: endForm, make: WrittenEnded },
];

/** The record in these bytes (newline excluded), if it is in the form and whole, and has the sequence number `s`. */
export function readWritten(
  bytes: Buffer,
  start: number,
  end: number,
  s: number,
): RunKept | RunStarted | RunEnded | undefined {
  if (end - start > longest) return undefined;
  const line = bytes.toString('latin1', start, end);
  for (const { opening, form, make } of kinds) {
    if (!line.startsWith(opening)) continue;
    const parts = form.exec(line);
    if (
      parts?.at(-2) !== `${s}` ||
      crc32(bytes.subarray(start, end - sealLength)) !== Number.parseInt(parts.at(-1) ?? '', 16)
    )
      return undefined;
    return new make(line, parts);
  }
  return undefined;
}

/**
 * Runs that went well, as this program writes them. A long journal is lines of those, and of most little is asked: so a
 * line in exactly that form (form.ts) stays where it was read, in the bytes of the file, and is taken apart where somebody
 * asks for more. Lines in any other form are left to line.ts.
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
import {
  checksumAt,
  eachOf,
  endForm,
  type Form,
  numberOf,
  places,
  readForm,
  runForm,
  sealLength,
  startForm,
} from './form.js';

type Take = (name: string, text: string) => void;

const nothing: Versions = Object.freeze({});

/** So many lines were made: each has a number. */
let made = 0;
/** The one whose fields `places` has; 0: nobody's. Its number, because the line itself would keep all bytes in memory. */
let latest = 0;

/**
 * A line in bytes, newline excluded; made when it was just read in its form. What is an accessor here is not copied by a
 * spread; `toJSON` gives all. Texts are copies: parts of a line would keep it in memory.
 */
abstract class Written {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #number: number;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
    made += 1;
    this.#number = latest = made;
  }

  protected abstract get form(): Form;

  /** All of it, as any record is. */
  abstract toJSON(): JournalRecord;

  /** Where its field begins, or (with the next number) ends. */
  protected place(at: number): number {
    if (latest !== this.#number) {
      readForm(this.#bytes, this.#start, this.form);
      latest = this.#number;
    }
    return this.#start + (places[at] ?? 0);
  }

  protected text(field: number): string {
    return this.#bytes.toString('latin1', this.place(2 * field), this.place(2 * field + 1));
  }

  protected number(field: number): number {
    return numberOf(this.#bytes, this.place(2 * field), this.place(2 * field + 1));
  }

  protected has(field: number): boolean {
    return this.place(2 * field) < this.place(2 * field + 1);
  }

  /** Goes through names and texts. */
  protected each(field: number, take: Take): void {
    this.eachWithin(this.place(2 * field), this.place(2 * field + 1), take);
  }

  protected eachWithin(from: number, to: number, take: Take): void {
    const bytes = this.#bytes;
    eachOf(bytes, from, to, (name, nameEnd, text, textEnd) =>
      take(bytes.toString('latin1', name, nameEnd), bytes.toString('latin1', text, textEnd)),
    );
  }

  /** What JSON.parse would give, in a quarter of its time: it looks for a shape that these objects of all keys share. */
  protected texts(field: number): Versions {
    if (!this.has(field)) return nothing;
    const found: Record<string, string> = {};
    let isPlain = true;
    this.each(field, (name, text) => {
      if (name === '__proto__') isPlain = false;
      found[name] = text;
    });
    return isPlain ? found : (JSON.parse(`{${this.text(field)}}`) as Versions); // the form says that it is one
  }

  /** The line up to its sequence number, the last of its fields. */
  get body(): string {
    const end = this.place(2 * this.form.length - 2) - ',"s":'.length;
    return this.#bytes.toString('latin1', this.#start, end);
  }
}

/** Jobs are few, and what was asked for last is mostly what is asked for next. */
function shared(definition: string): string {
  if (lastDefinition !== definition) lastDefinition = definition;
  return lastDefinition;
}
let lastDefinition = '';

/** A success says its exit status, or does not. What was produced is asked of each one, once all are read. */
abstract class WrittenEnd extends Written {
  readonly outcome = 'succeeded';
  declare readonly exitCode?: number;
  readonly #produced: number;
  readonly #producedEnd: number;

  constructor(bytes: Buffer, start: number, produced: number, exitCode: number) {
    super(bytes, start);
    this.#produced = this.place(2 * produced);
    this.#producedEnd = this.place(2 * produced + 1);
    if (this.has(exitCode)) this.exitCode = 0;
  }

  eachProduced(take: Take): void {
    this.eachWithin(this.#produced, this.#producedEnd, take);
  }
}

class WrittenRun extends WrittenEnd implements RunKept {
  readonly type = 'run';
  readonly task = this.text(1);

  constructor(bytes: Buffer, start: number) {
    super(bytes, start, 10, 11);
  }

  protected get form(): Form {
    return runForm;
  }
  get run(): string {
    return this.text(0);
  }
  get job(): string {
    return this.text(2);
  }
  get partition(): Readonly<Record<string, string>> {
    return this.texts(3);
  }
  get attempts(): number {
    return this.number(4);
  }
  get key(): string {
    return this.text(5);
  }
  get definition(): string {
    return shared(this.text(6));
  }
  get consumed(): Versions {
    return this.texts(7);
  }
  eachConsumed(take: Take): void {
    this.each(7, take);
  }
  get startedAt(): number {
    return this.number(8);
  }
  get endedAt(): number {
    return this.number(9);
  }
  get produced(): Versions {
    return this.texts(10);
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
  readonly run = this.text(1);

  constructor(bytes: Buffer, start: number) {
    super(bytes, start, 4, 3);
  }

  protected get form(): Form {
    return endForm;
  }
  get at(): number {
    return this.number(0);
  }
  get produced(): Versions {
    return this.texts(4);
  }
  override toJSON(): RunEnded {
    const { type, at, run, outcome, produced } = this;
    return { type, at, run, outcome, ...endingOf(this), produced };
  }
}

class WrittenStart extends Written implements RunStarted {
  readonly type = 'run-started';
  readonly run = this.text(1);
  readonly task = this.text(2);

  protected get form(): Form {
    return startForm;
  }
  get at(): number {
    return this.number(0);
  }
  get job(): string {
    return this.text(3);
  }
  get partition(): Readonly<Record<string, string>> {
    return this.texts(4);
  }
  get attempt(): number {
    return this.number(5);
  }
  get key(): string {
    return this.text(6);
  }
  get definition(): string {
    return shared(this.text(7));
  }
  get consumed(): Versions {
    return this.texts(8);
  }
  eachConsumed(take: Take): void {
    this.each(8, take);
  }
  get targets(): readonly string[] | undefined {
    return this.has(9) ? JSON.parse(`{${this.text(9).slice(1)}}`).targets : undefined; // the form says that it is one
  }
  override toJSON(): RunStarted {
    const { type, at, run, task, job, partition, attempt, key, definition, consumed, targets } = this;
    const work = { run, task, job, partition, attempt, key, definition, consumed };
    return { type, at, ...work, ...(targets === undefined ? {} : { targets }) };
  }
}

/** A record that is still the line that was written. */
export const isWritten = (record: object): record is Written => record instanceof Written;

const kinds = [
  { form: runForm, make: WrittenRun },
  { form: startForm, make: WrittenStart },
  { form: endForm, make: WrittenEnded },
];

/** A record, and where its line ends, newline included. */
export interface Read {
  readonly record: RunKept | RunStarted | RunEnded;
  readonly end: number;
}

/** The record whose line begins here, if it is in the form and whole, and has the sequence number `s`. */
export function readWritten(bytes: Buffer, start: number, s: number): Read | undefined {
  latest = 0;
  for (const { form, make } of kinds) {
    const seal = readForm(bytes, start, form);
    if (seal === -1) continue;
    const number = numberOf(bytes, start + (places[2 * form.length - 2] ?? 0), seal);
    if (number !== s || crc32(bytes.subarray(start, seal)) !== checksumAt(bytes, seal)) return undefined;
    return { record: new make(bytes, start), end: seal + sealLength };
  }
  return undefined;
}

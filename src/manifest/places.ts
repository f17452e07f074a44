/**
 * Places of keys, one for each job, as numbers: a mapping keeps a hundred thousand, and few are ever shown. Knows nothing
 * of jobs.
 */
import type { Place } from '../core/diagnostic.js';

/** File, line, column and the column of the end: no place goes beyond its line. */
const WIDTH = 4;

export class Places {
  readonly #files: string[] = [];
  #numbers = new Int32Array(256);
  #length = 0;

  /** Notes a place; they are numbered from 0 in the order in which they come. */
  add({ file, line, column, endColumn }: Place): void {
    if (this.#files.at(-1) !== file) this.#files.push(file);
    const at = WIDTH * this.#length++;
    if (at === this.#numbers.length) {
      const longer = new Int32Array(2 * at);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[at] = this.#files.length - 1;
    this.#numbers[at + 1] = line;
    this.#numbers[at + 2] = column;
    this.#numbers[at + 3] = endColumn;
  }

  /** The place of this number. */
  at(number: number): Place {
    const part = (at: number): number => this.#numbers[WIDTH * number + at] ?? 1;
    const line = part(1);
    return { file: this.#files[part(0)] ?? '', line, column: part(2), endLine: line, endColumn: part(3) };
  }
}

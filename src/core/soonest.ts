/**
 * The smallest of many numbers that change one at a time. It tells from which wave on something upstream is pending.
 */
import { Heap } from './heap.js';

/** No wave: nothing is pending. */
export const never = Number.POSITIVE_INFINITY;

export class Soonest<K> {
  readonly #values = new Map<K, number>();
  #heap = new Heap<readonly [number, K]>((one, other) => one[0] < other[0]);

  /** The smallest value, `never` when there is none. */
  get min(): number {
    return this.#heap.peek()?.[0] ?? never;
  }

  /** Whose value is the smallest. */
  get first(): K | undefined {
    return this.#heap.peek()?.[1];
  }

  /** Gives `key` this value; `never` takes it out. */
  set(key: K, value: number): void {
    if (value === never) this.#values.delete(key);
    else if (this.#values.get(key) !== value) {
      this.#values.set(key, value);
      this.#heap.push([value, key]);
    }
    // What was replaced stays in the heap until it comes to the top.
    if (this.#heap.size > 2 * this.#values.size + 32) this.#rebuild();
    for (let top = this.#heap.peek(); top && this.#values.get(top[1]) !== top[0]; top = this.#heap.peek())
      this.#heap.pop();
  }

  #rebuild(): void {
    this.#heap = new Heap((one, other) => one[0] < other[0]);
    for (const [key, value] of this.#values) this.#heap.push([value, key]);
  }
}

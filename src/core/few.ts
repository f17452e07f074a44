/**
 * Sets and maps of which there are very many, each mostly with one member: a `Set` takes 160 bytes for it, a `Map` 190,
 * these 40. Members come in the order in which they were added.
 */

export class Few<T extends object> implements Iterable<T> {
  #one: T | undefined;
  #all: Set<T> | undefined;

  get size(): number {
    return this.#all?.size ?? (this.#one === undefined ? 0 : 1);
  }

  has(member: T): boolean {
    return this.#all?.has(member) ?? this.#one === member;
  }

  add(member: T): void {
    if (this.#all) this.#all.add(member);
    else if (this.#one === undefined) this.#one = member;
    else if (this.#one !== member) {
      this.#all = new Set([this.#one, member]);
      this.#one = undefined;
    }
  }

  delete(member: T): void {
    this.#all?.delete(member);
    if (this.#one === member) this.#one = undefined;
  }

  [Symbol.iterator](): Iterator<T> {
    return (this.#all ?? (this.#one === undefined ? [] : [this.#one]))[Symbol.iterator]();
  }
}

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

/** Values by key. */
export class FewByKey<V> {
  #key: string | undefined;
  #value: V | undefined;
  #all: Map<string, V> | undefined;

  get size(): number {
    return this.#all?.size ?? (this.#key === undefined ? 0 : 1);
  }

  get(key: string): V | undefined {
    return this.#all ? this.#all.get(key) : this.#key === key ? this.#value : undefined;
  }

  set(key: string, value: V): void {
    if (this.#all) this.#all.set(key, value);
    else if (this.#key === undefined || this.#key === key) {
      this.#key = key;
      this.#value = value;
    } else {
      // The one that there is has a value: both are set together
      this.#all = new Map([
        [this.#key, this.#value as V],
        [key, value],
      ]);
      this.#key = undefined;
      this.#value = undefined;
    }
  }

  delete(key: string): void {
    this.#all?.delete(key);
    if (this.#key !== key) return;
    this.#key = undefined;
    this.#value = undefined;
  }

  values(): Iterable<V> {
    // As above: a key has a value
    return this.#all?.values() ?? (this.#key === undefined ? [] : [this.#value as V]);
  }
}

/**
 * A set of texts that can be asked which of them begin with another, and which another begins with.
 */

export class Beginnings {
  readonly #sorted: readonly string[];
  /** For each text the longest other that it begins with, `-1` where there is none; made when first asked. */
  #within: Int32Array | undefined;
  #last = 0;

  constructor(texts: Iterable<string>) {
    this.#sorted = [...texts].sort();
  }

  /** Calls for each text that begins with this one, itself included. */
  forStartingWith(begins: string, call: (text: string) => void): void {
    for (let at = this.#from(begins); this.#sorted[at]?.startsWith(begins); at++) call(this.#sorted[at] ?? '');
  }

  /** Calls for each text that begins with this one, or that this one begins with. */
  forAgreeing(text: string, call: (other: string) => void): void {
    this.forStartingWith(text, call);
    this.forStartsOf(text, (other) => {
      if (other !== text) call(other);
    });
  }

  /** Calls for each text that this one begins with, itself included; the longest first. */
  forStartsOf(text: string, call: (other: string) => void): void {
    this.#within ??= this.#nested();
    const from = this.#from(text);
    // Whatever is sorted between a text and what begins with it begins with it too
    for (let at = this.#sorted[from] === text ? from : from - 1; at >= 0; at = this.#within[at] ?? -1) {
      const other = this.#sorted[at] ?? '';
      if (text.startsWith(other)) call(other);
    }
  }

  #nested(): Int32Array {
    const within = new Int32Array(this.#sorted.length);
    this.#sorted.forEach((text, at) => {
      let before = at - 1;
      while (before >= 0 && !text.startsWith(this.#sorted[before] ?? '')) before = within[before] ?? -1;
      within[at] = before;
    });
    return within;
  }

  /** The position of the first text that is not sorted before this one. */
  #from(text: string): number {
    // What is asked for one after another often stands in one place
    for (let at = this.#last; at <= this.#last + 1; at++) if (this.#isFrom(at, text)) return at;
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    this.#last = low;
    return low;
  }

  #isFrom(at: number, text: string): boolean {
    if (at > this.#sorted.length) return false;
    const before = this.#sorted[at - 1];
    const here = this.#sorted[at];
    if ((before !== undefined && before >= text) || (here !== undefined && here < text)) return false;
    this.#last = at;
    return true;
  }
}

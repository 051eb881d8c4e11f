/**
 * Random numbers that a seed repeats: sfc32 seeded by splitmix32.
 *
 * @module
 */

/** A seeded stream of choices. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Starts the stream of `seed`, a 32-bit number; `stream` parts it further. */
  constructor(seed: number, stream = 0) {
    let state = (seed ^ Math.imul(stream, 0x9e3779b1)) | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return mixed ^ (mixed >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** 32 random bits, as an unsigned number. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** An integer of `0 .. end - 1`. */
  below(end: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * end);
  }

  /** An integer of `first .. last`, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True in `probability` of all calls. */
  chance(probability: number): boolean {
    return this.bits() < probability * 0x1_0000_0000;
  }

  /** One of `choices`, all alike. */
  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)]!;
  }

  /** One of `choices`, as often as its weight says. */
  pickWeighted<Choice extends { readonly weight: number }>(
    choices: readonly Choice[],
  ): Choice {
    let total = 0;
    for (const { weight } of choices) total += weight;
    let left = (this.bits() / 0x1_0000_0000) * total;
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    return choices.at(-1)!;
  }

  /** A string of `length` code points 0..255. */
  binary(length: number): string {
    let text = "";
    for (let at = 0; at < length; at++) {
      text += String.fromCharCode(this.bits() & 255);
    }
    return text;
  }

  /** `items` in random order, each kept with `probability`. */
  subset<Item>(items: readonly Item[], probability = 0.5): Item[] {
    return this.shuffle(items.filter(() => this.chance(probability)));
  }

  /** `items` in random order. */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }
}

/**
 * Entries of the log that later ones have taken the place of.
 *
 * @module
 */

import type { Replacement } from "./wal_reader.ts";

/** Tells, in the order of the log, which entries are replaced by later ones. */
export class ReplacedEntries {
  /** With the lowest index that it or any later one replaces from. */
  readonly #replacements: Replacement[] = [];
  #next = 0;

  /** Knows all `replacements` of a log, in their order. */
  constructor(replacements: readonly Replacement[]) {
    let from = Infinity;
    for (const one of replacements.toReversed()) {
      from = Math.min(from, one.from);
      this.#replacements.unshift({ ...one, from });
    }
  }

  /** Whether the entry at `place` of `batch` is replaced. Asked in order. */
  has(batch: number, place: number, index: number): boolean {
    for (;;) {
      const next = this.#replacements[this.#next];
      if (next === undefined) return false;
      const isBehind = next.batch > batch ||
        (next.batch === batch && next.place > place);
      if (isBehind) return index >= next.from;
      this.#next++;
    }
  }
}

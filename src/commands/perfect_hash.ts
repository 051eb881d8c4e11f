/**
 * A hash without collisions over the names of commands.
 *
 * It mixes the first four bytes, the last four and the length, upper and lower
 * case alike; the multipliers are searched for when the core is built. A name
 * that is no command finds the row of some command and fails the comparison.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** Multipliers and the table that go with a list of names. */
export interface PerfectHash {
  /** Logarithm of the number of slots. */
  readonly slotBits: number;
  /** Odd multiplier of the first bytes and of the mix. */
  readonly first: number;
  /** Odd multiplier of the last bytes. */
  readonly second: number;
  /** Place of a name in the list by its hash; 0 in slots without one. */
  readonly slots: readonly number[];
}

const SLOT_BITS = 12;
const ATTEMPTS_MAX = 1_000_000;

/** The two words that are mixed, as the generated lookup loads them. */
function wordsOf(name: string): readonly [head: number, tail: number] {
  const byte = (at: number) => name.charCodeAt(at) | 0x20;
  const { length } = name;
  const word = (at: number) =>
    (byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24) >>>
    0;
  if (length >= 4) return [word(0), word(length - 4)];
  assert(length >= 2, "no command's name is a single byte");
  return [byte(0), byte(length - 2) | byte(length - 1) << 8];
}

/** Slot of `name`; names are lower case, of two bytes or more. */
function hashName(
  name: string,
  { slotBits, first, second }: Omit<PerfectHash, "slots">,
): number {
  const [head, tail] = wordsOf(name);
  const mixed = Math.imul(head, first) ^
    Math.imul(tail + name.length, second);
  return Math.imul(mixed, first) >>> (32 - slotBits);
}

/** Finds multipliers under which no two of `names` share a slot. */
export function findPerfectHash(names: readonly string[]): PerfectHash {
  const slots = new Array<number>(1 << SLOT_BITS);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const hash = {
      slotBits: SLOT_BITS,
      first: (Math.imul(attempt, 0x9e3779b1) | 1) >>> 0,
      second: (Math.imul(attempt, 0x85ebca77) | 1) >>> 0,
    };
    slots.fill(-1);
    const isPerfect = names.every((name, place) => {
      const slot = hashName(name, hash);
      if (slots[slot] !== -1) return false;
      slots[slot] = place;
      return true;
    });
    if (isPerfect) {
      return { ...hash, slots: slots.map((place) => Math.max(place, 0)) };
    }
  }
  assert(false, "multipliers without collisions are found");
}

/**
 * Where the keys are among a command's words.
 *
 * Source: https://redis.io/docs/reference/key-specs/
 *
 * @module
 */

/** Where a spec's keys begin. */
export type KeyBegin =
  /** At a fixed word; the command's name is word 0. */
  | { readonly kind: "index"; readonly index: number }
  /** Behind a keyword, looked for from a word on; negative = backwards from the end. */
  | {
    readonly kind: "keyword";
    readonly keyword: string;
    readonly from: number;
  }
  /** Only the command itself knows. */
  | { readonly kind: "unknown" };

/** Which words from there on are keys. */
export type KeyFind =
  /** Up to a word: relative to the first if ≥ 0, else from the end. */
  | {
    readonly kind: "range";
    readonly last: number;
    readonly step: number;
    /** With `last` -1: 0 or 1 = all words, n = the first n-th part of them. */
    readonly limit: number;
  }
  /** As many as a word says. */
  | {
    readonly kind: "count";
    /** Place of the count, relative to the beginning. */
    readonly countAt: number;
    /** Place of the first key, relative to the beginning. */
    readonly firstAt: number;
    readonly step: number;
  }
  /** Only the command itself knows. */
  | { readonly kind: "unknown" };

/** Some keys of a command and what it does to them. */
export interface KeySpec {
  /** Redis's flags, in Redis's order: `RW`, `access`, … */
  readonly flags: readonly string[];
  /** Where they begin. */
  readonly begin: KeyBegin;
  /** Which words they are. */
  readonly find: KeyFind;
  /** What the flags cannot say. */
  readonly notes?: string;
}

/** The one range of keys that COMMAND INFO has shown since 2.8.13. */
export interface KeyPositions {
  /** Index of the first key among the words; 0 = no keys. */
  readonly first: number;
  /** Index of the last; negative counts from the end. */
  readonly last: number;
  /** Distance between two keys. */
  readonly step: number;
}

/** The range of a command without keys. */
export const NO_KEYS: KeyPositions = { first: 0, last: 0, step: 0 };

/** The range that stands for `specs`, and whether it leaves keys out. */
export interface LegacyRange {
  /** The range. */
  readonly keys: KeyPositions;
  /** Whether there are keys that it does not show: the flag `movablekeys`. */
  readonly isMovable: boolean;
}

/** As Redis joins `specs` into one range. */
export function legacyRange(specs: readonly KeySpec[]): LegacyRange {
  const only = specs.length === 1 ? specs[0]! : undefined;
  if (only?.begin.kind === "index" && only.find.kind === "range") {
    const first = only.begin.index;
    const { last, step } = only.find;
    return {
      keys: { first, last: last >= 0 ? first + last : last, step },
      isMovable: only.flags.includes("incomplete"),
    };
  }
  return joinedRange(specs);
}

function joinedRange(specs: readonly KeySpec[]): LegacyRange {
  let isMovable = false;
  let first = 0;
  let last = 0;
  for (const { flags, begin, find } of specs) {
    if (flags.includes("incomplete")) isMovable = true;
    const follows = begin.kind === "index" && find.kind === "range" &&
      find.step === 1 && (last === 0 || last === begin.index - 1);
    if (!follows) {
      isMovable = true;
      continue;
    }
    if (first === 0) first = begin.index;
    last = find.last >= 0 ? begin.index + find.last : find.last;
  }
  if (first === 0) return { keys: NO_KEYS, isMovable };
  return { keys: { first, last, step: 1 }, isMovable };
}

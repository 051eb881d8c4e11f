/**
 * Finds the keys among the words of a request: COMMAND GETKEYS.
 *
 * Source: https://redis.io/docs/reference/key-specs/
 *
 * @module
 */

import type { CommandRow, KeyBegin, KeyFind, KeySpec } from "../table/mod.ts";

/** One key of a request. */
export interface FoundKey {
  /** Its place among the words. */
  readonly index: number;
  /** What the command does to it: flags of its spec. */
  readonly flags: readonly string[];
}

/** Whether `row` ever has keys. */
export function hasKeys(row: CommandRow): boolean {
  return row.keySpecs.some(isOfKeys);
}

function isOfKeys({ flags }: KeySpec): boolean {
  return !flags.includes("not_key");
}

/**
 * Keys of a request, in the order of the command's specs.
 *
 * @param words The whole request, one character a byte.
 * @returns `undefined` when the words do not tell where the keys are.
 */
export function findKeys(
  row: CommandRow,
  words: readonly string[],
): readonly FoundKey[] | undefined {
  const found: FoundKey[] = [];
  for (const spec of row.keySpecs.filter(isOfKeys)) {
    const first = beginOf(spec.begin, words);
    if (first === undefined) return undefined;
    const indices = indicesOf(spec.find, first, words);
    if (indices === undefined) return undefined;
    const flags = spec.flags.includes("variable_flags")
      ? VARIABLE_FLAGS.get(row.name)?.(words) ?? spec.flags
      : spec.flags;
    for (const index of indices) found.push({ index, flags });
    if (spec.flags.includes("incomplete")) return undefined;
  }
  return found;
}

function beginOf(
  begin: KeyBegin,
  words: readonly string[],
): number | undefined {
  if (begin.kind === "unknown") return undefined;
  if (begin.kind === "index") return begin.index;
  const isKeyword = (word: string | undefined) =>
    word?.toLowerCase() === begin.keyword.toLowerCase();
  // The last word is never the keyword: its keys would be missing.
  if (begin.from > 0) {
    for (let at = begin.from; at < words.length - 1; at++) {
      if (isKeyword(words[at])) return at + 1;
    }
  } else {
    for (let at = words.length + begin.from; at > 1; at--) {
      if (isKeyword(words[at])) return at + 1;
    }
  }
  return undefined;
}

function indicesOf(
  find: KeyFind,
  begin: number,
  words: readonly string[],
): number[] | undefined {
  let first = begin;
  let last: number;
  switch (find.kind) {
    case "unknown":
      return undefined;
    case "range":
      last = lastOfRange(find, begin, words.length);
      break;
    case "count": {
      const count = words[begin + find.countAt] ?? "";
      if (!/^\d{1,9}$/.test(count)) return undefined;
      first = begin + find.firstAt;
      last = first + (Number(count) - 1) * find.step;
      break;
    }
  }
  if (first >= words.length || last >= words.length || last < first) {
    return undefined;
  }
  const indices: number[] = [];
  for (let at = first; at <= last; at += find.step) indices.push(at);
  return indices;
}

function lastOfRange(
  { last, limit }: KeyFind & { kind: "range" },
  first: number,
  words: number,
): number {
  if (last >= 0) return first + last;
  if (limit === 0) return words + last;
  return first + Math.floor((words - first) / limit) + last;
}

// -- Commands whose options change what they do to their key --

const READS = ["RO", "access"];
const READS_AND_WRITES = ["RW", "access", "update"];
const OVERWRITES = ["OW", "update"];

function flagsOfSet(words: readonly string[]): readonly string[] {
  const gets = words.slice(3).some((word) => word.toLowerCase() === "get");
  return gets ? READS_AND_WRITES : OVERWRITES;
}

/** Words behind each operation of BITFIELD that reads or says how to write. */
const BITFIELD_READS: Readonly<Record<string, number>> = {
  get: 2,
  overflow: 1,
};

function flagsOfBitfield(words: readonly string[]): readonly string[] {
  for (let at = 2; at < words.length; at++) {
    const behind = BITFIELD_READS[words[at]!.toLowerCase()];
    if (behind === undefined || at + behind >= words.length) {
      return READS_AND_WRITES;
    }
    at += behind;
  }
  return READS;
}

const VARIABLE_FLAGS: ReadonlyMap<
  string,
  (words: readonly string[]) => readonly string[]
> = new Map([["bitfield", flagsOfBitfield], ["set", flagsOfSet]]);

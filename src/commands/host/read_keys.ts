/**
 * Which keys a request names: those that a client with CLIENT TRACKING may keep copies
 * of, and those that say which node it is for.
 *
 * @module
 */

import { byteText } from "../../base/mod.ts";
import { type CommandRow, COMMANDS, findRow } from "../table/mod.ts";
import { findKeys } from "./command_keys.ts";

/** The row of the command of id `id`, or of the subcommand that the request names. */
function rowOf(id: number, words: readonly string[]): CommandRow | undefined {
  const row = COMMANDS[id];
  if (row === undefined || row.subcommands.length === 0) return row;
  return findRow(`${row.name}|${(words[1] ?? "").toLowerCase()}`);
}

/** Keys that the words of a request tell, as text of one character a byte. */
function keysTold(
  row: CommandRow,
  words: readonly string[],
): readonly string[] {
  // Where the words do not tell all keys, as in SORT_RO, the first ones are told.
  const sound = row.keySpecs.filter(({ begin, find, flags }) =>
    begin.kind !== "unknown" && find.kind !== "unknown" &&
    !flags.includes("incomplete")
  );
  const found = findKeys({ ...row, keySpecs: sound }, words) ?? [];
  return found.map(({ index }) => words[index]!);
}

/**
 * Keys of a request that has run and only reads, as text of one character a byte.
 *
 * @param command The id of its command, whose name may be another one here.
 */
export function keysRead(
  command: number,
  words: readonly Uint8Array[],
): readonly string[] {
  const texts = words.map(byteText);
  const row = rowOf(command, texts);
  return row?.flags.includes("readonly") ? keysTold(row, texts) : [];
}

/** The first key that a request names, if any; `command` as in {@linkcode keysRead}. */
export function firstKey(
  command: number,
  words: readonly Uint8Array[],
): string | undefined {
  const texts = words.map(byteText);
  const row = rowOf(command, texts);
  return row === undefined ? undefined : keysTold(row, texts)[0];
}

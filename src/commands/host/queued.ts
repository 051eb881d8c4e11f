/**
 * What MULTI refuses to queue although the core knows the command: subcommands that
 * are none, or have a wrong number of words, and what a transaction cannot run.
 *
 * Source: https://redis.io/docs/latest/develop/using-commands/transactions/
 *
 * @module
 */

import {
  NO_MULTI,
  type Reply,
  unknownSubcommand,
  wrongArity,
} from "../../resp/mod.ts";
import { type CommandRow, findRow, isServed } from "../table/mod.ts";
import { meetsArity } from "./container.ts";

/** A request's full name, and the error that it is answered if it may not be queued. */
export interface QueuedVerdict {
  /** `command`, or `container|subcommand`. */
  readonly name: string;
  /** The error. */
  readonly reply: Reply | undefined;
}

/** Calls of DEBUG whose replies come later: a transaction does not wait. */
const DEBUG_WAITS: readonly string[] = ["loadaof", "populate", "reload"];

function judgeSubcommand(
  container: CommandRow,
  words: readonly string[],
): QueuedVerdict {
  const given = words[1]!;
  const row = findRow(`${container.name}|${given.toLowerCase()}`);
  if (row === undefined || !isServed(row)) {
    const reply = unknownSubcommand(given, container.name);
    return { name: container.name, reply };
  }
  const { name } = row;
  if (!meetsArity(row.arity, words.length)) {
    return { name, reply: wrongArity(name) };
  }
  return {
    name,
    reply: row.flags.includes("no_multi") ? NO_MULTI : undefined,
  };
}

/** Judges a request between MULTI and EXEC; its first word names a served command. */
export function judgeQueued(words: readonly string[]): QueuedVerdict {
  const name = words[0]!.toLowerCase();
  const row = findRow(name);
  if (row !== undefined && row.subcommands.length > 0 && words.length > 1) {
    return judgeSubcommand(row, words);
  }
  const waits = name === "debug" &&
    DEBUG_WAITS.includes(words[1]?.toLowerCase() ?? "");
  return { name, reply: waits ? NO_MULTI : undefined };
}

/**
 * Requests as access control sees them: which command of the catalog they run, and
 * what they touch.
 *
 * @module
 */

import {
  type AccessRequest,
  type ChannelUse,
  CommandCatalog,
  type CommandEntry,
  type KeyUse,
  type KnownCommand,
} from "../../acl/mod.ts";
import { assert, byteText } from "../../base/mod.ts";
import {
  CATEGORIES,
  categoriesOf,
  type CommandRow,
  COMMANDS,
  findRow,
} from "../table/mod.ts";
import { channelUses, hasKnownKeys, keyUses } from "./access_keys.ts";
import { meetsArity } from "./container.ts";

function entryOf(row: CommandRow): CommandEntry {
  return {
    name: row.name,
    categories: categoriesOf(row),
    isOpen: row.flags.includes("no_auth"),
    subcommands: row.subcommands.map(entryOf),
  };
}

/** All commands of the table, those that are not served among them. */
export const CATALOG = new CommandCatalog(COMMANDS.map(entryOf), CATEGORIES);

assert(
  COMMANDS.flatMap((row) => [row, ...row.subcommands]).every(hasKnownKeys),
  "no command has keys that access control does not see",
);

/** A word that is longer is no keyword and no count. */
const KEYWORD_BYTES = 32;

/** A request's words, some of which are long and need no reading. */
class WordsRequest implements AccessRequest {
  readonly command: KnownCommand;
  readonly #row: CommandRow;
  readonly #words: readonly Uint8Array[];
  #keys: readonly KeyUse[] | undefined;

  constructor(
    command: KnownCommand,
    row: CommandRow,
    words: readonly Uint8Array[],
  ) {
    this.command = command;
    this.#row = row;
    this.#words = words;
  }

  get length(): number {
    return this.#words.length;
  }

  word(at: number): string {
    return byteText(this.#words[at]!);
  }

  keys(): readonly KeyUse[] {
    const beginnings = () =>
      this.#words.map((word) => byteText(word.subarray(0, KEYWORD_BYTES)));
    return this.#keys ??= keyUses(this.#row, beginnings());
  }

  channels(): readonly ChannelUse[] {
    return channelUses(this.#row, this.length);
  }
}

/** The command that `words` name, if there is one. */
export function findCommand(
  words: readonly Uint8Array[],
): KnownCommand | undefined {
  return CATALOG.find(words.slice(0, 2).map(byteText));
}

/** Whether a request of `length` words has enough for `command`. */
export function hasArity(command: KnownCommand, length: number): boolean {
  const row = findRow(command.name);
  assert(row !== undefined, "the catalog is made of the table");
  return meetsArity(row.arity, length);
}

/** The request that runs `command` with `words`. */
export function requestOf(
  command: KnownCommand,
  words: readonly Uint8Array[],
): AccessRequest {
  const row = findRow(command.name);
  assert(row !== undefined, "the catalog is made of the table");
  return new WordsRequest(command, row, words);
}

/**
 * The notation of the command table: builders of rows and key specs.
 *
 * @module
 */

import type {
  CommandClass,
  CommandGroup,
  CommandHome,
  CommandRow,
  Deprecation,
} from "./command_row.ts";
import {
  type KeyBegin,
  type KeyFind,
  type KeyPositions,
  type KeySpec,
  legacyRange,
  NO_KEYS,
} from "./key_spec.ts";

/** What a row says of its command; lists are words with spaces between. */
export interface CommandFacts {
  /** Version of Redis that has it first. */
  readonly since: string;
  /** Words of a request; negative = at least. */
  readonly arity: number;
  /** Redis's flags. */
  readonly flags?: string;
  /** ACL categories beyond those that the flags imply. */
  readonly categories?: string;
  /** Where its keys are. */
  readonly keys?: readonly KeySpec[];
  /** Words that name elements of the value at its key. @default {none} */
  readonly fields?: KeyPositions;
  /** One sentence, without its stop. */
  readonly summary: string;
  /** Cost by the size of what it touches. */
  readonly complexity: string;
  /** Hints for clients and proxies of clusters. */
  readonly tips?: string;
  /** Its arguments in the notation of `arguments.ts`. */
  readonly arguments?: string;
  /** Set when a newer command does the same. */
  readonly deprecated?: Deprecation;
  /** Whether only servers and tests send it. @default {false} */
  readonly isInternal?: boolean;
  /** Whether the core answers it though it is about the connection. @default {false} */
  readonly fastPath?: boolean;
  /** Rows of a container's subcommands. */
  readonly subcommands?: readonly CommandRow[];
}

/** The words of a list; none for an empty text. */
function wordsOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(" ");
}

/** A container is of the strongest class among its subcommands in the core. */
function classOf(
  home: CommandHome,
  flags: readonly string[],
  subcommands: readonly CommandRow[],
): CommandClass {
  if (home === "host") return "host";
  const holds = (wanted: CommandClass) =>
    subcommands.some((row) => row.home === home && row.class === wanted);
  if (flags.includes("write") || holds("write")) return "write";
  return flags.includes("readonly") || holds("read") ? "read" : "control";
}

/** One row; `name` is `container|subcommand` for a subcommand. */
export function command(
  name: string,
  group: CommandGroup,
  home: CommandHome,
  facts: CommandFacts,
): CommandRow {
  const keySpecs = facts.keys ?? [];
  const { keys, isMovable } = legacyRange(keySpecs);
  const flags = wordsOf(facts.flags);
  const subcommands = facts.subcommands ?? [];
  return {
    name,
    group,
    home,
    class: classOf(home, flags, subcommands),
    since: facts.since,
    arity: facts.arity,
    flags: isMovable ? [...flags, "movablekeys"] : flags,
    categories: wordsOf(facts.categories),
    keySpecs,
    keys,
    fields: facts.fields ?? NO_KEYS,
    summary: facts.summary,
    complexity: facts.complexity,
    tips: wordsOf(facts.tips),
    syntax: facts.arguments ?? "",
    ...(facts.deprecated === undefined ? {} : { deprecated: facts.deprecated }),
    isInternal: facts.isInternal ?? false,
    fastPath: facts.fastPath ?? false,
    subcommands,
  };
}

// -- Key specs --

/** Begins at word `index`. */
export function at(index: number): KeyBegin {
  return { kind: "index", index };
}

/** Begins behind `keyword`, looked for from word `from` on. */
export function after(keyword: string, from: number): KeyBegin {
  return { kind: "keyword", keyword, from };
}

/** Every `step`-th word up to `last`; see {@linkcode KeyFind}. */
export function range(last: number, step: number, limit: number): KeyFind {
  return { kind: "range", last, step, limit };
}

/** As many as the word at `countAt` says. */
export function counted(
  countAt: number,
  firstAt: number,
  step: number,
): KeyFind {
  return { kind: "count", countAt, firstAt, step };
}

/** Keys anywhere; `flags` are words with spaces between. */
export function keys(
  flags: string,
  begin: KeyBegin,
  find: KeyFind,
  notes?: string,
): KeySpec {
  return {
    flags: flags.split(" "),
    begin,
    find,
    ...(notes === undefined ? {} : { notes }),
  };
}

/** What {@linkcode oneKey} may be told beyond the flags. */
export interface OneKeyOptions {
  /** The key's word. @default {1} */
  readonly at?: number;
  /** What the flags cannot say. */
  readonly notes?: string;
}

/** A single key. */
export function oneKey(flags: string, options: OneKeyOptions = {}): KeySpec {
  return keys(flags, at(options.at ?? 1), range(0, 1, 0), options.notes);
}

/** The word behind the key names an element. */
export const ONE_FIELD: KeyPositions = { first: 2, last: 2, step: 1 };

/** Every `step`-th word behind the key names an element. */
export function fieldsBy(step: number): KeyPositions {
  return { first: 2, last: -1, step };
}

/** All words from `first` on. */
export function keysFrom(
  first: number,
  flags: string,
  notes?: string,
): KeySpec {
  return keys(flags, at(first), range(-1, 1, 0), notes);
}

/** Keys that only the command itself can tell. */
export function hiddenKeys(flags: string, notes?: string): KeySpec {
  return keys(flags, { kind: "unknown" }, { kind: "unknown" }, notes);
}

/**
 * What is known of a command.
 *
 * @module
 */

import type { KeyPositions, KeySpec } from "./key_spec.ts";

/** Groups of Redis's documentation. */
export type CommandGroup =
  | "bitmap"
  | "cluster"
  | "connection"
  | "generic"
  | "geo"
  | "hash"
  | "hyperloglog"
  | "list"
  | "pubsub"
  | "scripting"
  | "server"
  | "set"
  | "sorted-set"
  | "stream"
  | "string"
  | "transactions";

/** Where a command runs. */
export type CommandHome =
  /** In the core. */
  | "core"
  /** In TypeScript. */
  | "host"
  /** Not served: answered as an unknown command. */
  | "none";

/** What a command does to data. */
export type CommandClass =
  /** Reads keys, and may run on a read view. */
  | "read"
  /** May change keys: goes through the log. */
  | "write"
  /** Runs in TypeScript. */
  | "host"
  /** Runs in the core and touches no key. */
  | "control";

/** Since when a command has a better one. */
export interface Deprecation {
  /** Version of Redis. */
  readonly since: string;
  /** What to use instead, with names in backquotes. */
  readonly replacedBy: string;
}

/** One command, or one subcommand of a container. */
export interface CommandRow {
  /** Lower-case name; `container|subcommand` for subcommands. */
  readonly name: string;
  /** Group of the documentation. */
  readonly group: CommandGroup;
  /** Where it runs. A container's subcommands may differ from it. */
  readonly home: CommandHome;
  /** What it does to data, from `home` and `flags`. */
  readonly class: CommandClass;
  /** Version of Redis that has it first. */
  readonly since: string;
  /** Words of a request, the name (of both parts) included; negative = at least. */
  readonly arity: number;
  /** Redis's flags, in Redis's order. */
  readonly flags: readonly string[];
  /** ACL categories beyond those that the flags imply. */
  readonly categories: readonly string[];
  /** Where its keys are, exactly. */
  readonly keySpecs: readonly KeySpec[];
  /** The range of `keySpecs` that older clients understand. */
  readonly keys: KeyPositions;
  /** Words that name elements of the value at its key, such as fields of a hash. */
  readonly fields: KeyPositions;
  /** One sentence, without its stop. */
  readonly summary: string;
  /** Cost by the size of what it touches. */
  readonly complexity: string;
  /** Hints for clients and proxies of clusters. */
  readonly tips: readonly string[];
  /** Its arguments in the notation of `arguments.ts`; empty = none. */
  readonly syntax: string;
  /** Set when a newer command does the same. */
  readonly deprecated?: Deprecation;
  /** Whether only servers and tests send it. */
  readonly isInternal: boolean;
  /** Whether the core answers it though it is about the connection. */
  readonly fastPath: boolean;
  /** Rows of a container's subcommands, sorted by name. */
  readonly subcommands: readonly CommandRow[];
}

/**
 * Subcommands of OBJECT.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, oneKey } from "./row_builder.ts";

/** Rows of OBJECT's subcommands, sorted by name. */
export const OBJECT_SUBCOMMANDS: readonly CommandRow[] = [
  command("object|encoding", "generic", "core", {
    since: "2.2.3",
    arity: 3,
    flags: "readonly",
    categories: "keyspace",
    keys: [oneKey("RO", { at: 2 })],
    summary: "Names the encoding of a value",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("object|freq", "generic", "none", {
    since: "4.0.0",
    arity: 3,
    flags: "readonly",
    categories: "keyspace",
    keys: [oneKey("RO", { at: 2 })],
    summary: "Shows how often a key is used",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("object|help", "generic", "core", {
    since: "6.2.0",
    arity: 2,
    flags: "loading stale",
    categories: "keyspace",
    summary: "Prints what OBJECT can do",
    complexity: "O(1)",
  }),
  command("object|idletime", "generic", "core", {
    since: "2.2.3",
    arity: 3,
    flags: "readonly",
    categories: "keyspace",
    keys: [oneKey("RO", { at: 2 })],
    summary: "Shows how long a key was not used",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("object|refcount", "generic", "core", {
    since: "2.2.3",
    arity: 3,
    flags: "readonly",
    categories: "keyspace",
    keys: [oneKey("RO", { at: 2 })],
    summary: "Shows the references to a value",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
];

/**
 * Commands of the transactions group.
 *
 * Source: https://redis.io/commands/?group=transactions
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, keysFrom } from "./row_builder.ts";

/** Rows of the transactions group, sorted by name. */
export const TRANSACTIONS_COMMANDS: readonly CommandRow[] = [
  command("discard", "transactions", "core", {
    since: "2.0.0",
    arity: 1,
    flags: "noscript loading stale fast allow_busy",
    categories: "transaction",
    summary: "Drops the commands of a transaction",
    complexity: "O(N), N = queued commands",
  }),
  command("exec", "transactions", "core", {
    since: "1.2.0",
    arity: 1,
    flags: "noscript loading stale skip_slowlog",
    categories: "transaction",
    summary: "Runs the commands of a transaction",
    complexity: "Depends on the commands",
  }),
  command("multi", "transactions", "core", {
    since: "1.2.0",
    arity: 1,
    flags: "noscript loading stale fast allow_busy",
    categories: "transaction",
    summary: "Starts a transaction",
    complexity: "O(1)",
  }),
  command("unwatch", "transactions", "core", {
    since: "2.2.0",
    arity: 1,
    flags: "noscript loading stale fast allow_busy",
    categories: "transaction",
    summary: "Forgets all watched keys",
    complexity: "O(1)",
  }),
  command("watch", "transactions", "core", {
    since: "2.2.0",
    arity: -2,
    flags: "noscript loading stale fast allow_busy",
    categories: "transaction",
    keys: [keysFrom(1, "RO")],
    summary: "Makes the next transaction depend on keys",
    complexity: "O(1) for each key",
    arguments: "key*@0",
  }),
];

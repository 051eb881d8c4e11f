/**
 * Commands of the hyperloglog group.
 *
 * Source: https://redis.io/commands/?group=hyperloglog
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, keysFrom, oneKey } from "./row_builder.ts";

/** Rows of the hyperloglog group, sorted by name. */
export const HYPERLOGLOG_COMMANDS: readonly CommandRow[] = [
  command("pfadd", "hyperloglog", "core", {
    since: "2.8.9",
    arity: -2,
    flags: "write denyoom fast",
    categories: "hyperloglog",
    keys: [oneKey("RW insert")],
    summary: "Adds elements to a HyperLogLog",
    complexity: "O(1) for each element",
    arguments: "key@0 element?*:string",
  }),
  command("pfcount", "hyperloglog", "core", {
    since: "2.8.9",
    arity: -2,
    flags: "readonly may_replicate",
    categories: "hyperloglog",
    keys: [
      keysFrom(
        1,
        "RW access",
        "RW because it may change the internal representation of the key, and propagate to replicas",
      ),
    ],
    summary: "Estimates how many different elements were added",
    complexity: "O(1) for one key, O(N) for N keys",
    arguments: "key*@0",
  }),
  command("pfdebug", "hyperloglog", "core", {
    since: "2.8.9",
    arity: 3,
    flags: "write denyoom admin",
    categories: "hyperloglog",
    keys: [oneKey("RW access", { at: 2 })],
    summary: "Looks inside a HyperLogLog",
    complexity: "O(1)",
    arguments: "subcommand:string key@0",
    isInternal: true,
  }),
  command("pfmerge", "hyperloglog", "core", {
    since: "2.8.9",
    arity: -2,
    flags: "write denyoom",
    categories: "hyperloglog",
    keys: [oneKey("RW access insert"), keysFrom(2, "RO access")],
    summary: "Merges HyperLogLogs",
    complexity: "O(N), N = keys",
    arguments: "destkey@0 sourcekey*@1",
  }),
  command("pfselftest", "hyperloglog", "core", {
    since: "2.8.9",
    arity: 1,
    flags: "admin",
    categories: "hyperloglog",
    summary: "Tests the HyperLogLog code",
    complexity: "O(1)",
    isInternal: true,
  }),
];

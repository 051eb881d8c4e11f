/**
 * Commands of the cluster group.
 *
 * Source: https://redis.io/commands/?group=cluster
 *
 * @module
 */

import { CLUSTER_SUBCOMMANDS } from "./cluster_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of the cluster group, sorted by name. */
export const CLUSTER_COMMANDS: readonly CommandRow[] = [
  command("asking", "cluster", "host", {
    since: "3.0.0",
    arity: 1,
    flags: "fast",
    categories: "connection",
    summary: "Lets the next command use a slot that is being imported",
    complexity: "O(1)",
  }),
  command("cluster", "cluster", "host", {
    since: "3.0.0",
    arity: -2,
    summary: "Nodes and slots of a cluster",
    complexity: "Depends on the subcommand",
    subcommands: CLUSTER_SUBCOMMANDS,
  }),
  command("readonly", "cluster", "host", {
    since: "3.0.0",
    arity: 1,
    flags: "loading stale fast",
    categories: "connection",
    summary: "Allows reads from a replica of the cluster",
    complexity: "O(1)",
  }),
  command("readwrite", "cluster", "host", {
    since: "3.0.0",
    arity: 1,
    flags: "loading stale fast",
    categories: "connection",
    summary: "Ends READONLY",
    complexity: "O(1)",
  }),
];

/**
 * Subcommands of PUBSUB.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of PUBSUB's subcommands, sorted by name. */
export const PUBSUB_SUBCOMMANDS: readonly CommandRow[] = [
  command("pubsub|channels", "pubsub", "host", {
    since: "2.8.0",
    arity: -2,
    flags: "pubsub loading stale",
    summary: "Lists the channels in use",
    complexity: "O(N), N = channels",
    arguments: "pattern?:pattern",
  }),
  command("pubsub|help", "pubsub", "host", {
    since: "6.2.0",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what PUBSUB can do",
    complexity: "O(1)",
  }),
  command("pubsub|numpat", "pubsub", "host", {
    since: "2.8.0",
    arity: 2,
    flags: "pubsub loading stale",
    summary: "Counts the patterns subscribed to",
    complexity: "O(1)",
  }),
  command("pubsub|numsub", "pubsub", "host", {
    since: "2.8.0",
    arity: -2,
    flags: "pubsub loading stale",
    summary: "Counts the subscribers of channels",
    complexity: "O(N), N = channels asked for",
    arguments: "channel?*:string",
  }),
  command("pubsub|shardchannels", "pubsub", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "pubsub loading stale",
    summary: "Lists the shard channels in use",
    complexity: "O(N), N = shard channels",
    arguments: "pattern?:pattern",
  }),
  command("pubsub|shardnumsub", "pubsub", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "pubsub loading stale",
    summary: "Counts the subscribers of shard channels",
    complexity: "O(N), N = shard channels asked for",
    arguments: "shardchannel?*:string",
  }),
];

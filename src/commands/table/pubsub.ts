/**
 * Commands of the pubsub group.
 *
 * Source: https://redis.io/commands/?group=pubsub
 *
 * @module
 */

import { PUBSUB_SUBCOMMANDS } from "./pubsub_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { command, keysFrom, oneKey } from "./row_builder.ts";

/** Rows of the pubsub group, sorted by name. */
export const PUBSUB_COMMANDS: readonly CommandRow[] = [
  command("psubscribe", "pubsub", "host", {
    since: "2.0.0",
    arity: -2,
    flags: "pubsub noscript loading stale sentinel",
    summary: "Listens to channels that match patterns",
    complexity: "O(N), N = patterns of this connection",
    arguments: "pattern*{pattern:pattern}",
  }),
  command("publish", "pubsub", "host", {
    since: "2.0.0",
    arity: 3,
    flags: "pubsub loading stale fast may_replicate sentinel",
    summary: "Sends a message to a channel",
    complexity: "O(N+M), N = subscribers of the channel, M = patterns of all",
    arguments: "channel:string message:string",
  }),
  command("pubsub", "pubsub", "host", {
    since: "2.8.0",
    arity: -2,
    summary: "Channels and their subscribers",
    complexity: "Depends on the subcommand",
    subcommands: PUBSUB_SUBCOMMANDS,
  }),
  command("punsubscribe", "pubsub", "host", {
    since: "2.0.0",
    arity: -1,
    flags: "pubsub noscript loading stale sentinel",
    summary: "Stops listening to patterns",
    complexity: "O(N+M), N = patterns of this connection, M = patterns of all",
    arguments: "pattern?*:pattern",
  }),
  command("spublish", "pubsub", "host", {
    since: "7.0.0",
    arity: 3,
    flags: "pubsub loading stale fast may_replicate",
    keys: [oneKey("not_key")],
    summary: "Sends a message to a shard channel",
    complexity: "O(N), N = subscribers of the channel",
    arguments: "shardchannel:string message:string",
  }),
  command("ssubscribe", "pubsub", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "pubsub noscript loading stale",
    keys: [keysFrom(1, "not_key")],
    summary: "Listens to shard channels",
    complexity: "O(N), N = shard channels named",
    arguments: "shardchannel*:string",
  }),
  command("subscribe", "pubsub", "host", {
    since: "2.0.0",
    arity: -2,
    flags: "pubsub noscript loading stale sentinel",
    summary: "Listens to channels",
    complexity: "O(N), N = channels named",
    arguments: "channel*:string",
  }),
  command("sunsubscribe", "pubsub", "host", {
    since: "7.0.0",
    arity: -1,
    flags: "pubsub noscript loading stale",
    keys: [keysFrom(1, "not_key")],
    summary: "Stops listening to shard channels",
    complexity: "O(N), N = subscribers of the channels",
    arguments: "shardchannel?*:string",
  }),
  command("unsubscribe", "pubsub", "host", {
    since: "2.0.0",
    arity: -1,
    flags: "pubsub noscript loading stale sentinel",
    summary: "Stops listening to channels",
    complexity: "O(N), N = subscribers of the channels",
    arguments: "channel?*:string",
  }),
];

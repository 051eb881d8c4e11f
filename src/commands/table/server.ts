/**
 * Commands of the server group.
 *
 * Source: https://redis.io/commands/?group=server
 *
 * @module
 */

import { ACL_SUBCOMMANDS } from "./acl_subcommands.ts";
import {
  COMMAND_SUBCOMMANDS,
  CONFIG_SUBCOMMANDS,
  LATENCY_SUBCOMMANDS,
  MEMORY_SUBCOMMANDS,
  MODULE_SUBCOMMANDS,
  SLOWLOG_SUBCOMMANDS,
} from "./server_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { command, oneKey } from "./row_builder.ts";

/** Rows of the server group, sorted by name. */
export const SERVER_COMMANDS: readonly CommandRow[] = [
  command("acl", "server", "host", {
    since: "6.0.0",
    arity: -2,
    flags: "sentinel",
    summary: "Users and what they may run",
    complexity: "Depends on the subcommand",
    subcommands: ACL_SUBCOMMANDS,
  }),
  command("bgrewriteaof", "server", "host", {
    since: "1.0.0",
    arity: 1,
    flags: "admin noscript no_async_loading",
    summary: "Compacts the log in the background",
    complexity: "O(1)",
  }),
  command("bgsave", "server", "host", {
    since: "1.0.0",
    arity: -1,
    flags: "admin noscript no_async_loading",
    summary: "Saves all databases in the background",
    complexity: "O(1)",
    arguments: "schedule?=SCHEDULE^3.2.2",
  }),
  command("command", "server", "host", {
    since: "2.8.13",
    arity: -1,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Describes every command",
    complexity: "O(N), N = commands",
    tips: "nondeterministic_output_order",
    subcommands: COMMAND_SUBCOMMANDS,
  }),
  command("config", "server", "host", {
    since: "2.0.0",
    arity: -2,
    summary: "Parameters of the server",
    complexity: "Depends on the subcommand",
    subcommands: CONFIG_SUBCOMMANDS,
  }),
  command("dbsize", "server", "core", {
    since: "1.0.0",
    arity: 1,
    flags: "readonly fast",
    categories: "keyspace",
    summary: "Counts the keys of the database",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:agg_sum",
  }),
  command("debug", "server", "host", {
    since: "1.0.0",
    arity: -2,
    flags: "admin noscript loading stale protected",
    summary: "Looks inside the server",
    complexity: "Depends on the subcommand",
    isInternal: true,
  }),
  command("failover", "server", "none", {
    since: "6.2.0",
    arity: -1,
    flags: "admin noscript stale",
    summary: "Hands the master's role to a replica",
    complexity: "O(1)",
    arguments:
      "target?{host:string port:integer force?=FORCE}=TO abort?=ABORT " +
      "milliseconds?:integer=TIMEOUT",
  }),
  command("flushall", "server", "core", {
    since: "1.0.0",
    arity: -1,
    flags: "write",
    categories: "keyspace dangerous",
    summary: "Removes all keys of all databases",
    complexity: "O(N), N = keys of all databases",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "async?<async=ASYNC^4.0.0|sync=SYNC^6.2.0>",
  }),
  command("flushdb", "server", "core", {
    since: "1.0.0",
    arity: -1,
    flags: "write",
    categories: "keyspace dangerous",
    summary: "Removes all keys of the database",
    complexity: "O(N), N = keys of the database",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "async?<async=ASYNC^4.0.0|sync=SYNC^6.2.0>",
  }),
  command("info", "server", "host", {
    since: "1.0.0",
    arity: -1,
    flags: "loading stale sentinel",
    categories: "dangerous",
    summary: "Describes the server and counts what it did",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_shards response_policy:special",
    arguments: "section?*:string",
  }),
  command("lastsave", "server", "host", {
    since: "1.0.0",
    arity: 1,
    flags: "loading stale fast",
    categories: "admin dangerous",
    summary: "Shows when the databases were last saved",
    complexity: "O(1)",
    tips: "nondeterministic_output",
  }),
  command("latency", "server", "host", {
    since: "2.8.13",
    arity: -2,
    summary: "Events that took too long",
    complexity: "Depends on the subcommand",
    subcommands: LATENCY_SUBCOMMANDS,
  }),
  command("lolwut", "server", "host", {
    since: "5.0.0",
    arity: -1,
    flags: "readonly fast",
    summary: "Draws something and shows the version",
    complexity: "O(1)",
    arguments: "version?:integer=VERSION",
  }),
  command("memory", "server", "core", {
    since: "4.0.0",
    arity: -2,
    summary: "Use of memory",
    complexity: "Depends on the subcommand",
    subcommands: MEMORY_SUBCOMMANDS,
  }),
  command("module", "server", "none", {
    since: "4.0.0",
    arity: -2,
    summary: "Modules of the server",
    complexity: "Depends on the subcommand",
    subcommands: MODULE_SUBCOMMANDS,
  }),
  command("monitor", "server", "host", {
    since: "1.0.0",
    arity: 1,
    flags: "admin noscript loading stale",
    summary: "Shows every command that the server runs",
    complexity: "O(1) for each command shown",
  }),
  command("psync", "server", "none", {
    since: "2.8.0",
    arity: -3,
    flags: "admin noscript no_async_loading no_multi",
    summary: "Starts replication (internal)",
    complexity: "O(1)",
    arguments: "replicationid:string offset:integer",
  }),
  command("replconf", "server", "none", {
    since: "3.0.0",
    arity: -1,
    flags: "admin noscript loading stale allow_busy",
    summary: "Settings of a replication link (internal)",
    complexity: "O(1)",
    isInternal: true,
  }),
  command("replicaof", "server", "none", {
    since: "5.0.0",
    arity: 3,
    flags: "admin noscript stale no_async_loading",
    summary: "Makes this server a replica or a master",
    complexity: "O(1)",
    arguments:
      "args<host-port{host:string port:integer}|no-one{no=NO one=ONE}>",
  }),
  command("restore-asking", "server", "none", {
    since: "3.0.0",
    arity: -4,
    flags: "write denyoom asking",
    categories: "keyspace dangerous",
    keys: [oneKey("OW update")],
    summary: "Restores a key while its slot moves (internal)",
    complexity:
      "O(N*M), N = elements, M = their size; sorted sets O(N*M*log(N))",
    arguments:
      "key@0 ttl:integer serialized-value:string replace?=REPLACE^3.0.0 " +
      "absttl?=ABSTTL^5.0.0 seconds?:integer=IDLETIME^5.0.0 " +
      "frequency?:integer=FREQ^5.0.0",
    isInternal: true,
  }),
  command("role", "server", "host", {
    since: "2.8.12",
    arity: 1,
    flags: "noscript loading stale fast sentinel",
    categories: "admin dangerous",
    summary: "Shows the role in replication",
    complexity: "O(1)",
  }),
  command("save", "server", "host", {
    since: "1.0.0",
    arity: 1,
    flags: "admin noscript no_async_loading no_multi",
    summary: "Saves all databases before it answers",
    complexity: "O(N), N = keys of all databases",
  }),
  command("shutdown", "server", "host", {
    since: "1.0.0",
    arity: -1,
    flags: "admin noscript loading stale sentinel no_multi allow_busy",
    summary: "Stops the server",
    complexity: "O(N) when it saves, N = keys of all databases; else O(1)",
    arguments: "nosave_save?<nosave=NOSAVE|save=SAVE> now?=NOW^7.0.0 " +
      "force?=FORCE^7.0.0 abort?=ABORT^7.0.0",
  }),
  command("slaveof", "server", "none", {
    since: "1.0.0",
    arity: 3,
    flags: "admin noscript stale no_async_loading",
    summary: "Makes this server a replica or a master",
    complexity: "O(1)",
    arguments:
      "args<host-port{host:string port:integer}|no-one{no=NO one=ONE}>",
    deprecated: { since: "5.0.0", replacedBy: "`REPLICAOF`" },
  }),
  command("slowlog", "server", "host", {
    since: "2.2.12",
    arity: -2,
    summary: "Commands that took long",
    complexity: "Depends on the subcommand",
    subcommands: SLOWLOG_SUBCOMMANDS,
  }),
  command("swapdb", "server", "core", {
    since: "4.0.0",
    arity: 3,
    flags: "write fast",
    categories: "keyspace dangerous",
    summary: "Exchanges two databases",
    complexity: "O(N), N = clients that watch or wait in them",
    arguments: "index1:integer index2:integer",
  }),
  command("sync", "server", "none", {
    since: "1.0.0",
    arity: 1,
    flags: "admin noscript no_async_loading no_multi",
    summary: "Starts replication (internal)",
    complexity: "O(N), N = keys of all databases",
  }),
  command("time", "server", "core", {
    since: "2.6.0",
    arity: 1,
    flags: "loading stale fast",
    summary: "Shows the server's clock",
    complexity: "O(1)",
    tips: "nondeterministic_output",
  }),
];

/**
 * Subcommands of COMMAND, CONFIG, LATENCY, MEMORY, MODULE and SLOWLOG.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, oneKey } from "./row_builder.ts";

/** Rows of COMMAND's subcommands, sorted by name. */
export const COMMAND_SUBCOMMANDS: readonly CommandRow[] = [
  command("command|count", "server", "host", {
    since: "2.8.13",
    arity: 2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Counts the commands",
    complexity: "O(1)",
  }),
  command("command|docs", "server", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Documents commands",
    complexity: "O(N), N = commands asked for",
    tips: "nondeterministic_output_order",
    arguments: "command-name?*:string",
  }),
  command("command|getkeys", "server", "host", {
    since: "2.8.13",
    arity: -3,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Finds the keys in a command",
    complexity: "O(N), N = words of the command",
  }),
  command("command|getkeysandflags", "server", "host", {
    since: "7.0.0",
    arity: -3,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Finds the keys in a command and how each is used",
    complexity: "O(N), N = words of the command",
  }),
  command("command|help", "server", "host", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Prints what COMMAND can do",
    complexity: "O(1)",
  }),
  command("command|info", "server", "host", {
    since: "2.8.13",
    arity: -2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Describes some commands",
    complexity: "O(N), N = commands asked for",
    tips: "nondeterministic_output_order",
    arguments: "command-name?*:string",
  }),
  command("command|list", "server", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Lists the names of commands",
    complexity: "O(N), N = commands",
    tips: "nondeterministic_output_order",
    arguments: "filterby?<module-name:string=MODULE|category:string=ACLCAT|" +
      "pattern:pattern=PATTERN>=FILTERBY",
  }),
];

/** Rows of CONFIG's subcommands, sorted by name. */
export const CONFIG_SUBCOMMANDS: readonly CommandRow[] = [
  command("config|get", "server", "host", {
    since: "2.0.0",
    arity: -3,
    flags: "admin noscript loading stale",
    summary: "Shows parameters",
    complexity: "O(N), N = parameters shown",
    arguments: "parameter*{parameter:string}",
  }),
  command("config|help", "server", "host", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what CONFIG can do",
    complexity: "O(1)",
  }),
  command("config|resetstat", "server", "host", {
    since: "2.0.0",
    arity: 2,
    flags: "admin noscript loading stale",
    summary: "Zeroes the counters of INFO",
    complexity: "O(1)",
  }),
  command("config|rewrite", "server", "host", {
    since: "2.8.0",
    arity: 2,
    flags: "admin noscript loading stale",
    summary: "Writes the parameters to the configuration file",
    complexity: "O(1)",
  }),
  command("config|set", "server", "host", {
    since: "2.0.0",
    arity: -4,
    flags: "admin noscript loading stale",
    summary: "Sets parameters, all or none",
    complexity: "O(N), N = parameters set",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    arguments: "parameter_value*{parameter:string value:string}",
  }),
];

/** Rows of LATENCY's subcommands, sorted by name. */
export const LATENCY_SUBCOMMANDS: readonly CommandRow[] = [
  command("latency|doctor", "server", "host", {
    since: "2.8.13",
    arity: 2,
    flags: "admin noscript loading stale",
    summary: "Explains the recorded events",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_nodes response_policy:special",
  }),
  command("latency|graph", "server", "host", {
    since: "2.8.13",
    arity: 3,
    flags: "admin noscript loading stale",
    summary: "Draws the recorded events of one kind",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_nodes response_policy:special",
    arguments: "event:string",
  }),
  command("latency|help", "server", "host", {
    since: "2.8.13",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what LATENCY can do",
    complexity: "O(1)",
  }),
  command("latency|histogram", "server", "host", {
    since: "7.0.0",
    arity: -2,
    flags: "admin noscript loading stale",
    summary: "Shows how long commands take",
    complexity: "O(N), N = commands shown",
    tips:
      "nondeterministic_output request_policy:all_nodes response_policy:special",
    arguments: "command?*:string",
  }),
  command("latency|history", "server", "host", {
    since: "2.8.13",
    arity: 3,
    flags: "admin noscript loading stale",
    summary: "Lists the recorded events of one kind",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_nodes response_policy:special",
    arguments: "event:string",
  }),
  command("latency|latest", "server", "host", {
    since: "2.8.13",
    arity: 2,
    flags: "admin noscript loading stale",
    summary: "Lists the last event of each kind",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_nodes response_policy:special",
  }),
  command("latency|reset", "server", "host", {
    since: "2.8.13",
    arity: -2,
    flags: "admin noscript loading stale",
    summary: "Forgets recorded events",
    complexity: "O(1)",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    arguments: "event?*:string",
  }),
];

/** Rows of MEMORY's subcommands, sorted by name. */
export const MEMORY_SUBCOMMANDS: readonly CommandRow[] = [
  command("memory|doctor", "server", "core", {
    since: "4.0.0",
    arity: 2,
    summary: "Looks for trouble with memory",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_shards response_policy:special",
  }),
  command("memory|help", "server", "core", {
    since: "4.0.0",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what MEMORY can do",
    complexity: "O(1)",
  }),
  command("memory|malloc-stats", "server", "core", {
    since: "4.0.0",
    arity: 2,
    summary: "Shows the allocator's own report",
    complexity: "Depends on the memory in use",
    tips:
      "nondeterministic_output request_policy:all_shards response_policy:special",
  }),
  command("memory|purge", "server", "core", {
    since: "4.0.0",
    arity: 2,
    summary: "Gives free memory back",
    complexity: "Depends on the memory in use",
    tips: "request_policy:all_shards response_policy:all_succeeded",
  }),
  command("memory|stats", "server", "core", {
    since: "4.0.0",
    arity: 2,
    summary: "Shows what memory is used for",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_shards response_policy:special",
  }),
  command("memory|usage", "server", "core", {
    since: "4.0.0",
    arity: -3,
    flags: "readonly",
    keys: [oneKey("RO", { at: 2 })],
    summary: "Estimates the bytes of a key",
    complexity: "O(N), N = samples",
    arguments: "key@0 count?:integer=SAMPLES",
  }),
];

/** Rows of MODULE's subcommands, sorted by name. */
export const MODULE_SUBCOMMANDS: readonly CommandRow[] = [
  command("module|help", "server", "none", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what MODULE can do",
    complexity: "O(1)",
  }),
  command("module|list", "server", "none", {
    since: "4.0.0",
    arity: 2,
    flags: "admin noscript",
    summary: "Lists the loaded modules",
    complexity: "O(N), N = modules",
    tips: "nondeterministic_output_order",
  }),
  command("module|load", "server", "none", {
    since: "4.0.0",
    arity: -3,
    flags: "admin noscript protected no_async_loading",
    summary: "Loads a module",
    complexity: "O(1)",
    arguments: "path:string arg?*:string",
  }),
  command("module|loadex", "server", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "admin noscript protected no_async_loading",
    summary: "Loads a module with parameters",
    complexity: "O(1)",
    arguments: "path:string configs?*+{name:string value:string}=CONFIG " +
      "args?*{arg:string}=ARGS",
  }),
  command("module|unload", "server", "none", {
    since: "4.0.0",
    arity: 3,
    flags: "admin noscript protected no_async_loading",
    summary: "Unloads a module",
    complexity: "O(1)",
    arguments: "name:string",
  }),
];

/** Rows of SLOWLOG's subcommands, sorted by name. */
export const SLOWLOG_SUBCOMMANDS: readonly CommandRow[] = [
  command("slowlog|get", "server", "host", {
    since: "2.2.12",
    arity: -2,
    flags: "admin loading stale",
    summary: "Shows recent slow commands",
    complexity: "O(N), N = entries shown",
    tips: "request_policy:all_nodes nondeterministic_output",
    arguments: "count?:integer",
  }),
  command("slowlog|help", "server", "host", {
    since: "6.2.0",
    arity: 2,
    flags: "loading stale",
    summary: "Prints what SLOWLOG can do",
    complexity: "O(1)",
  }),
  command("slowlog|len", "server", "host", {
    since: "2.2.12",
    arity: 2,
    flags: "admin loading stale",
    summary: "Counts the entries kept",
    complexity: "O(1)",
    tips:
      "request_policy:all_nodes response_policy:agg_sum nondeterministic_output",
  }),
  command("slowlog|reset", "server", "host", {
    since: "2.2.12",
    arity: 2,
    flags: "admin loading stale",
    summary: "Forgets all entries",
    complexity: "O(N), N = entries",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
  }),
];

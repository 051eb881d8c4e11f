/**
 * Commands of the connection group.
 *
 * Source: https://redis.io/commands/?group=connection
 *
 * @module
 */

import { CLIENT_SUBCOMMANDS } from "./client_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of the connection group, sorted by name. */
export const CONNECTION_COMMANDS: readonly CommandRow[] = [
  command("auth", "connection", "host", {
    since: "1.0.0",
    arity: -2,
    flags: "noscript loading stale fast no_auth sentinel allow_busy",
    categories: "connection",
    summary: "Proves who this connection is",
    complexity: "O(N), N = passwords of the user",
    arguments: "username?:string^6.0.0 password:string",
  }),
  command("client", "connection", "host", {
    since: "2.4.0",
    arity: -2,
    flags: "sentinel",
    summary: "Connections of clients",
    complexity: "Depends on the subcommand",
    subcommands: CLIENT_SUBCOMMANDS,
  }),
  command("echo", "connection", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "loading stale fast",
    categories: "connection",
    summary: "Sends its argument back",
    complexity: "O(1)",
    arguments: "message:string",
    fastPath: true,
  }),
  command("hello", "connection", "host", {
    since: "6.0.0",
    arity: -1,
    flags: "noscript loading stale fast no_auth sentinel allow_busy",
    categories: "connection",
    summary: "Agrees on the protocol and describes the server",
    complexity: "O(1)",
    arguments:
      "arguments?{protover:integer username_password?{username:string " +
      "password:string}=AUTH clientname?:string=SETNAME}",
  }),
  command("ping", "connection", "core", {
    since: "1.0.0",
    arity: -1,
    flags: "fast sentinel",
    categories: "connection",
    summary: "Answers, to show that the server is alive",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "message?:string",
    fastPath: true,
  }),
  command("quit", "connection", "host", {
    since: "1.0.0",
    arity: -1,
    flags: "noscript loading stale fast no_auth allow_busy",
    categories: "connection",
    summary: "Closes the connection",
    complexity: "O(1)",
    deprecated: { since: "7.2.0", replacedBy: "just closing the connection" },
  }),
  command("reset", "connection", "host", {
    since: "6.2.0",
    arity: 1,
    flags: "noscript loading stale fast no_auth allow_busy",
    categories: "connection",
    summary: "Puts the connection into its first state",
    complexity: "O(1)",
  }),
  command("select", "connection", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "loading stale fast",
    categories: "connection",
    summary: "Changes the database of this connection",
    complexity: "O(1)",
    arguments: "index:integer",
    fastPath: true,
  }),
];

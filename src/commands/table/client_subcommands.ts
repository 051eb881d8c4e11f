/**
 * Subcommands of CLIENT.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of CLIENT's subcommands, sorted by name. */
export const CLIENT_SUBCOMMANDS: readonly CommandRow[] = [
  command("client|caching", "connection", "host", {
    since: "6.0.0",
    arity: 3,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Says whether the keys of the next command are tracked",
    complexity: "O(1)",
    arguments: "mode<yes=YES|no=NO>",
  }),
  command("client|getname", "connection", "host", {
    since: "2.6.9",
    arity: 2,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Shows the name of this connection",
    complexity: "O(1)",
  }),
  command("client|getredir", "connection", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Shows where this connection's invalidations go",
    complexity: "O(1)",
  }),
  command("client|help", "connection", "host", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale sentinel",
    categories: "connection",
    summary: "Prints what CLIENT can do",
    complexity: "O(1)",
  }),
  command("client|id", "connection", "host", {
    since: "5.0.0",
    arity: 2,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Shows the number of this connection",
    complexity: "O(1)",
  }),
  command("client|info", "connection", "host", {
    since: "6.2.0",
    arity: 2,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Describes this connection",
    complexity: "O(1)",
    tips: "nondeterministic_output",
  }),
  command("client|kill", "connection", "host", {
    since: "2.4.0",
    arity: -3,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Closes connections",
    complexity: "O(N), N = connections",
    arguments:
      "filter<ip~port:string!2.8.12|new-format*<client-id?:integer=ID^2.8" +
      ".12|normal_master_slave_pubsub?<normal=NORMAL|master=MASTER^3.2.0|" +
      "slave=SLAVE|replica=REPLICA^5.0.0|pubsub=PUBSUB>=TYPE^2.8.12|" +
      "username?:string=USER|ip~port?:string=ADDR|" +
      "ip~port?:string=LADDR^6.2.0|yes/no?:string=SKIPME>>",
  }),
  command("client|list", "connection", "host", {
    since: "2.4.0",
    arity: -2,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Describes all connections",
    complexity: "O(N), N = connections",
    tips: "nondeterministic_output",
    arguments: "normal_master_replica_pubsub?<normal=NORMAL|master=MASTER|" +
      "replica=REPLICA|pubsub=PUBSUB>=TYPE^5.0.0 " +
      "id?{client-id*:integer}=ID^6.2.0",
  }),
  command("client|no-evict", "connection", "host", {
    since: "7.0.0",
    arity: 3,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Keeps this connection from being closed to free memory",
    complexity: "O(1)",
    arguments: "enabled<on=ON|off=OFF>",
  }),
  command("client|no-touch", "connection", "host", {
    since: "7.2.0",
    arity: 3,
    flags: "noscript loading stale",
    categories: "connection",
    summary: "Keeps this connection's reads from refreshing the age of keys",
    complexity: "O(1)",
    arguments: "enabled<on=ON|off=OFF>",
  }),
  command("client|pause", "connection", "host", {
    since: "3.0.0",
    arity: -3,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Makes clients wait for a time",
    complexity: "O(1)",
    arguments: "timeout:integer mode?<write=WRITE|all=ALL>^6.2.0",
  }),
  command("client|reply", "connection", "host", {
    since: "3.2.0",
    arity: 3,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Turns replies to this connection on or off",
    complexity: "O(1)",
    arguments: "on_off_skip<on=ON|off=OFF|skip=SKIP>",
  }),
  command("client|setinfo", "connection", "host", {
    since: "7.2.0",
    arity: 4,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Names the library behind this connection",
    complexity: "O(1)",
    arguments: "attr<libname:string=LIB-NAME|libver:string=LIB-VER>",
  }),
  command("client|setname", "connection", "host", {
    since: "2.6.9",
    arity: 3,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Names this connection",
    complexity: "O(1)",
    arguments: "connection-name:string",
  }),
  command("client|tracking", "connection", "host", {
    since: "6.0.0",
    arity: -3,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Turns invalidation messages for client-side caches on or off",
    complexity: "O(1)",
    arguments: "status<on=ON|off=OFF> client-id?:integer=REDIRECT " +
      "prefix?*+:string=PREFIX bcast?=BCAST optin?=OPTIN optout?=OPTOUT " +
      "noloop?=NOLOOP",
  }),
  command("client|trackinginfo", "connection", "host", {
    since: "6.2.0",
    arity: 2,
    flags: "noscript loading stale sentinel",
    categories: "connection",
    summary: "Describes the tracking of this connection",
    complexity: "O(1)",
  }),
  command("client|unblock", "connection", "host", {
    since: "5.0.0",
    arity: -3,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Ends the wait of another connection",
    complexity: "O(log N), N = connections",
    arguments: "client-id:integer timeout_error?<timeout=TIMEOUT|error=ERROR>",
  }),
  command("client|unpause", "connection", "host", {
    since: "6.2.0",
    arity: 2,
    flags: "admin noscript loading stale sentinel",
    categories: "connection",
    summary: "Ends CLIENT PAUSE",
    complexity: "O(N), N = waiting connections",
  }),
];

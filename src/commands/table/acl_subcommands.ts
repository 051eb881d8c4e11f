/**
 * Subcommands of ACL.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of ACL's subcommands, sorted by name. */
export const ACL_SUBCOMMANDS: readonly CommandRow[] = [
  command("acl|cat", "server", "host", {
    since: "6.0.0",
    arity: -2,
    flags: "noscript loading stale sentinel",
    summary: "Lists the categories, or the commands of one",
    complexity: "O(1)",
    arguments: "categoryname?:string",
  }),
  command("acl|deluser", "server", "host", {
    since: "6.0.0",
    arity: -3,
    flags: "admin noscript loading stale sentinel",
    summary: "Removes users and ends their connections",
    complexity: "O(N), N = users named",
    arguments: "username*:string",
  }),
  command("acl|dryrun", "server", "host", {
    since: "7.0.0",
    arity: -4,
    flags: "admin noscript loading stale sentinel",
    summary: "Tells whether a user may run a command, without running it",
    complexity: "O(1)",
    arguments: "username:string command:string arg?*:string",
  }),
  command("acl|genpass", "server", "host", {
    since: "6.0.0",
    arity: -2,
    flags: "noscript loading stale sentinel",
    summary: "Makes a random password of hexadecimal digits",
    complexity: "O(1)",
    arguments: "bits?:integer",
  }),
  command("acl|getuser", "server", "host", {
    since: "6.0.0",
    arity: 3,
    flags: "admin noscript loading stale sentinel",
    summary: "Describes one user",
    complexity: "O(N), N = rules of the user",
    arguments: "username:string",
  }),
  command("acl|help", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "loading stale sentinel",
    summary: "Prints what ACL can do",
    complexity: "O(1)",
  }),
  command("acl|list", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "admin noscript loading stale sentinel",
    summary: "Shows every user as a line of rules",
    complexity: "O(N), N = users",
  }),
  command("acl|load", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "admin noscript loading stale sentinel",
    summary: "Reads the users' file again",
    complexity: "O(N), N = users",
  }),
  command("acl|log", "server", "host", {
    since: "6.0.0",
    arity: -2,
    flags: "admin noscript loading stale sentinel",
    summary: "Shows or clears recent denials",
    complexity: "O(N), N = entries shown",
    arguments: "operation?<count:integer|reset=RESET>",
  }),
  command("acl|save", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "admin noscript loading stale sentinel",
    summary: "Writes the users to their file",
    complexity: "O(N), N = users",
  }),
  command("acl|setuser", "server", "host", {
    since: "6.0.0",
    arity: -3,
    flags: "admin noscript loading stale sentinel",
    summary: "Makes a user or changes one",
    complexity: "O(N), N = rules given",
    arguments: "username:string rule?*:string",
  }),
  command("acl|users", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "admin noscript loading stale sentinel",
    summary: "Lists the names of users",
    complexity: "O(N), N = users",
  }),
  command("acl|whoami", "server", "host", {
    since: "6.0.0",
    arity: 2,
    flags: "noscript loading stale sentinel",
    summary: "Names the user of this connection",
    complexity: "O(1)",
  }),
];

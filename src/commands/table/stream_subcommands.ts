/**
 * Subcommands of XGROUP and XINFO.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, oneKey } from "./row_builder.ts";

/** Rows of XGROUP's subcommands, sorted by name. */
export const XGROUP_SUBCOMMANDS: readonly CommandRow[] = [
  command("xgroup|create", "stream", "core", {
    since: "5.0.0",
    arity: -5,
    flags: "write denyoom",
    categories: "stream",
    keys: [oneKey("RW insert", { at: 2 })],
    summary: "Makes a group",
    complexity: "O(1)",
    arguments:
      "key@0 groupname:string id<id:string|new_id=$> mkstream?=MKSTREAM " +
      "entries_read?:integer=ENTRIESREAD",
  }),
  command("xgroup|createconsumer", "stream", "core", {
    since: "6.2.0",
    arity: 5,
    flags: "write denyoom",
    categories: "stream",
    keys: [oneKey("RW insert", { at: 2 })],
    summary: "Makes a consumer in a group",
    complexity: "O(1)",
    arguments: "key@0 groupname:string consumername:string",
  }),
  command("xgroup|delconsumer", "stream", "core", {
    since: "5.0.0",
    arity: 5,
    flags: "write",
    categories: "stream",
    keys: [oneKey("RW delete", { at: 2 })],
    summary: "Removes a consumer from a group",
    complexity: "O(1)",
    arguments: "key@0 groupname:string consumername:string",
  }),
  command("xgroup|destroy", "stream", "core", {
    since: "5.0.0",
    arity: 4,
    flags: "write",
    categories: "stream",
    keys: [oneKey("RW delete", { at: 2 })],
    summary: "Removes a group",
    complexity: "O(N), N = pending entries",
    arguments: "key@0 groupname:string",
  }),
  command("xgroup|help", "stream", "core", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale",
    categories: "stream",
    summary: "Prints what XGROUP can do",
    complexity: "O(1)",
  }),
  command("xgroup|setid", "stream", "core", {
    since: "5.0.0",
    arity: -5,
    flags: "write",
    categories: "stream",
    keys: [oneKey("RW update", { at: 2 })],
    summary: "Sets the last entry delivered to a group",
    complexity: "O(1)",
    arguments: "key@0 groupname:string id<id:string|new_id=$> " +
      "entries_read?:integer=ENTRIESREAD",
  }),
];

/** Rows of XINFO's subcommands, sorted by name. */
export const XINFO_SUBCOMMANDS: readonly CommandRow[] = [
  command("xinfo|consumers", "stream", "core", {
    since: "5.0.0",
    arity: 4,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access", { at: 2 })],
    summary: "Describes the consumers of a group",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0 groupname:string",
  }),
  command("xinfo|groups", "stream", "core", {
    since: "5.0.0",
    arity: 3,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access", { at: 2 })],
    summary: "Describes the groups of a stream",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("xinfo|help", "stream", "core", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale",
    categories: "stream",
    summary: "Prints what XINFO can do",
    complexity: "O(1)",
  }),
  command("xinfo|stream", "stream", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access", { at: 2 })],
    summary: "Describes a stream",
    complexity: "O(1)",
    arguments: "key@0 full?{count?:integer=COUNT}=FULL",
  }),
];

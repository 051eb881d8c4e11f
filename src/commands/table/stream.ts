/**
 * Commands of the stream group.
 *
 * Source: https://redis.io/commands/?group=stream
 *
 * @module
 */

import { XGROUP_SUBCOMMANDS, XINFO_SUBCOMMANDS } from "./stream_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { after, command, keys, oneKey, range } from "./row_builder.ts";

/** Rows of the stream group, sorted by name. */
export const STREAM_COMMANDS: readonly CommandRow[] = [
  command("xack", "stream", "core", {
    since: "5.0.0",
    arity: -4,
    flags: "write fast",
    categories: "stream",
    keys: [oneKey("RW update")],
    summary: "Acknowledges entries delivered to a group",
    complexity: "O(1) for each entry",
    arguments: "key@0 group:string id*:string",
  }),
  command("xadd", "stream", "core", {
    since: "5.0.0",
    arity: -5,
    flags: "write denyoom fast",
    categories: "stream",
    keys: [
      oneKey("RW update", {
        notes:
          "UPDATE instead of INSERT because of the optional trimming feature",
      }),
    ],
    summary: "Adds an entry to a stream",
    complexity: "O(1); O(N) when it trims, N = entries removed",
    tips: "nondeterministic_output",
    arguments:
      "key@0 nomkstream?=NOMKSTREAM^6.2.0 trim?{strategy<maxlen=MAXLEN|" +
      "minid=MINID^6.2.0> operator?<equal==|approximately=~> " +
      "threshold:string count?:integer=LIMIT^6.2.0} id_or_auto<auto_id=*|" +
      "id:string> field_value*{field:string value:string}",
  }),
  command("xautoclaim", "stream", "core", {
    since: "6.2.0",
    arity: -6,
    flags: "write fast",
    categories: "stream",
    keys: [oneKey("RW delete")],
    summary: "Takes over idle entries of a group's other consumers",
    complexity: "O(1) for a small COUNT",
    tips: "nondeterministic_output",
    arguments: "key@0 group:string consumer:string min-idle-time:string " +
      "start:string count?:integer=COUNT justid?=JUSTID",
  }),
  command("xclaim", "stream", "core", {
    since: "5.0.0",
    arity: -6,
    flags: "write fast",
    categories: "stream",
    keys: [oneKey("RW update")],
    summary: "Takes over given entries of a group's other consumers",
    complexity: "O(log N), N = pending entries",
    tips: "nondeterministic_output",
    arguments:
      "key@0 group:string consumer:string min-idle-time:string id*:string " +
      "ms?:integer=IDLE unix-time-milliseconds?:unix-time=TIME " +
      "count?:integer=RETRYCOUNT force?=FORCE justid?=JUSTID " +
      "id?:string=LASTID",
  }),
  command("xdel", "stream", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "write fast",
    categories: "stream",
    keys: [oneKey("RW delete")],
    summary: "Removes entries by their ids",
    complexity: "O(1) for each entry",
    arguments: "key@0 id*:string",
  }),
  command("xgroup", "stream", "core", {
    since: "5.0.0",
    arity: -2,
    summary: "Consumer groups of a stream",
    complexity: "Depends on the subcommand",
    subcommands: XGROUP_SUBCOMMANDS,
  }),
  command("xinfo", "stream", "core", {
    since: "5.0.0",
    arity: -2,
    summary: "Facts about streams, groups and consumers",
    complexity: "Depends on the subcommand",
    subcommands: XINFO_SUBCOMMANDS,
  }),
  command("xlen", "stream", "core", {
    since: "5.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "stream",
    keys: [oneKey("RO")],
    summary: "Counts the entries of a stream",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("xpending", "stream", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access")],
    summary: "Shows entries delivered and not acknowledged",
    complexity:
      "O(N), N = entries shown; O(M) with IDLE, M = entries looked at",
    tips: "nondeterministic_output",
    arguments:
      "key@0 group:string filters?{min-idle-time?:integer=IDLE^6.2.0 " +
      "start:string end:string count:integer consumer?:string}",
  }),
  command("xrange", "stream", "core", {
    since: "5.0.0",
    arity: -4,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access")],
    summary: "Reads entries between two ids",
    complexity: "O(N), N = entries read",
    arguments: "key@0 start:string end:string count?:integer=COUNT",
  }),
  command("xread", "stream", "core", {
    since: "5.0.0",
    arity: -4,
    flags: "readonly blocking",
    categories: "stream",
    keys: [keys("RO access", after("STREAMS", 1), range(-1, 1, 2))],
    summary: "Reads entries after given ids, and may wait for them",
    complexity: "O(N) for each stream, N = entries read",
    arguments:
      "count?:integer=COUNT milliseconds?:integer=BLOCK streams{key*@0 " +
      "id*:string}=STREAMS",
  }),
  command("xreadgroup", "stream", "core", {
    since: "5.0.0",
    arity: -7,
    flags: "write blocking",
    categories: "stream",
    keys: [keys("RO access", after("STREAMS", 4), range(-1, 1, 2))],
    summary:
      "Reads new entries for a consumer of a group, and may wait for them",
    complexity: "O(M) for each stream, M = entries read",
    arguments: "group_consumer{group:string consumer:string}=GROUP " +
      "count?:integer=COUNT milliseconds?:integer=BLOCK noack?=NOACK " +
      "streams{key*@0 id*:string}=STREAMS",
  }),
  command("xrevrange", "stream", "core", {
    since: "5.0.0",
    arity: -4,
    flags: "readonly",
    categories: "stream",
    keys: [oneKey("RO access")],
    summary: "Reads entries between two ids, the last first",
    complexity: "O(N), N = entries read",
    arguments: "key@0 end:string start:string count?:integer=COUNT",
  }),
  command("xsetid", "stream", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "write denyoom fast",
    categories: "stream",
    keys: [oneKey("RW update")],
    summary: "Sets the last id of a stream (internal)",
    complexity: "O(1)",
    arguments:
      "key@0 last-id:string entries_added?:integer=ENTRIESADDED^7.0.0 " +
      "max_deleted_entry_id?:string=MAXDELETEDID^7.0.0",
  }),
  command("xtrim", "stream", "core", {
    since: "5.0.0",
    arity: -4,
    flags: "write",
    categories: "stream",
    keys: [oneKey("RW delete")],
    summary: "Removes the oldest entries of a stream",
    complexity: "O(N), N = entries removed",
    tips: "nondeterministic_output",
    arguments: "key@0 trim{strategy<maxlen=MAXLEN|minid=MINID^6.2.0> " +
      "operator?<equal==|approximately=~> threshold:string " +
      "count?:integer=LIMIT^6.2.0}",
  }),
];

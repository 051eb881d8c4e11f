/**
 * Commands of the list group.
 *
 * Source: https://redis.io/commands/?group=list
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { at, command, counted, keys, oneKey, range } from "./row_builder.ts";

/** Rows of the list group, sorted by name. */
export const LIST_COMMANDS: readonly CommandRow[] = [
  command("blmove", "list", "core", {
    since: "6.2.0",
    arity: 6,
    flags: "write denyoom blocking",
    categories: "list",
    keys: [oneKey("RW access delete"), oneKey("RW insert", { at: 2 })],
    summary: "Moves an item between lists, waiting for one",
    complexity: "O(1)",
    arguments: "source@0 destination@1 wherefrom<left=LEFT|right=RIGHT> " +
      "whereto<left=LEFT|right=RIGHT> timeout:double",
  }),
  command("blmpop", "list", "core", {
    since: "7.0.0",
    arity: -5,
    flags: "write blocking",
    categories: "list",
    keys: [keys("RW access delete", at(2), counted(0, 1, 1))],
    summary: "Takes items from the first list that has some, waiting for them",
    complexity: "O(N+M), N = keys, M = items taken",
    arguments:
      "timeout:double numkeys:integer key*@0 where<left=LEFT|right=RIGHT> " +
      "count?:integer=COUNT",
  }),
  command("blpop", "list", "core", {
    since: "2.0.0",
    arity: -3,
    flags: "write blocking",
    categories: "list",
    keys: [keys("RW access delete", at(1), range(-2, 1, 0))],
    summary:
      "Takes the first item of the first list that has one, waiting for " +
      "it",
    complexity: "O(N), N = keys",
    arguments: "key*@0 timeout:double",
  }),
  command("brpop", "list", "core", {
    since: "2.0.0",
    arity: -3,
    flags: "write blocking",
    categories: "list",
    keys: [keys("RW access delete", at(1), range(-2, 1, 0))],
    summary:
      "Takes the last item of the first list that has one, waiting for it",
    complexity: "O(N), N = keys",
    arguments: "key*@0 timeout:double",
  }),
  command("brpoplpush", "list", "core", {
    since: "2.2.0",
    arity: 4,
    flags: "write denyoom blocking",
    categories: "list",
    keys: [oneKey("RW access delete"), oneKey("RW insert", { at: 2 })],
    summary:
      "Moves the last item of a list to the head of another, waiting for " +
      "it",
    complexity: "O(1)",
    arguments: "source@0 destination@1 timeout:double",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
    },
  }),
  command("lindex", "list", "core", {
    since: "1.0.0",
    arity: 3,
    flags: "readonly",
    categories: "list",
    keys: [oneKey("RO access")],
    summary: "Reads an item by its position",
    complexity: "O(N), N = items on the way",
    arguments: "key@0 index:integer",
  }),
  command("linsert", "list", "core", {
    since: "2.2.0",
    arity: 5,
    flags: "write denyoom",
    categories: "list",
    keys: [oneKey("RW insert")],
    summary: "Inserts an item before or after another",
    complexity: "O(N), N = items on the way",
    arguments:
      "key@0 where<before=BEFORE|after=AFTER> pivot:string element:string",
  }),
  command("llen", "list", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "list",
    keys: [oneKey("RO")],
    summary: "Counts the items of a list",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("lmove", "list", "core", {
    since: "6.2.0",
    arity: 5,
    flags: "write denyoom",
    categories: "list",
    keys: [oneKey("RW access delete"), oneKey("RW insert", { at: 2 })],
    summary: "Moves an item between lists",
    complexity: "O(1)",
    arguments: "source@0 destination@1 wherefrom<left=LEFT|right=RIGHT> " +
      "whereto<left=LEFT|right=RIGHT>",
  }),
  command("lmpop", "list", "core", {
    since: "7.0.0",
    arity: -4,
    flags: "write",
    categories: "list",
    keys: [keys("RW access delete", at(1), counted(0, 1, 1))],
    summary: "Takes items from the first list that has some",
    complexity: "O(N+M), N = keys, M = items taken",
    arguments: "numkeys:integer key*@0 where<left=LEFT|right=RIGHT> " +
      "count?:integer=COUNT",
  }),
  command("lpop", "list", "core", {
    since: "1.0.0",
    arity: -2,
    flags: "write fast",
    categories: "list",
    keys: [oneKey("RW access delete")],
    summary: "Takes the first items of a list",
    complexity: "O(N), N = items taken",
    arguments: "key@0 count?:integer^6.2.0",
  }),
  command("lpos", "list", "core", {
    since: "6.0.6",
    arity: -3,
    flags: "readonly",
    categories: "list",
    keys: [oneKey("RO access")],
    summary: "Finds the positions of an item",
    complexity: "O(N), N = items",
    arguments:
      "key@0 element:string rank?:integer=RANK num-matches?:integer=COUNT " +
      "len?:integer=MAXLEN",
  }),
  command("lpush", "list", "core", {
    since: "1.0.0",
    arity: -3,
    flags: "write denyoom fast",
    categories: "list",
    keys: [oneKey("RW insert")],
    summary: "Adds items to the head of a list",
    complexity: "O(N), N = items added",
    arguments: "key@0 element*:string",
  }),
  command("lpushx", "list", "core", {
    since: "2.2.0",
    arity: -3,
    flags: "write denyoom fast",
    categories: "list",
    keys: [oneKey("RW insert")],
    summary: "Adds items to the head of a list that exists",
    complexity: "O(N), N = items added",
    arguments: "key@0 element*:string",
  }),
  command("lrange", "list", "core", {
    since: "1.0.0",
    arity: 4,
    flags: "readonly",
    categories: "list",
    keys: [oneKey("RO access")],
    summary: "Reads a range of items",
    complexity: "O(S+N), S = distance of the first from an end, N = items read",
    arguments: "key@0 start:integer stop:integer",
  }),
  command("lrem", "list", "core", {
    since: "1.0.0",
    arity: 4,
    flags: "write",
    categories: "list",
    keys: [oneKey("RW delete")],
    summary: "Removes items equal to a value",
    complexity: "O(N+M), N = items, M = items removed",
    arguments: "key@0 count:integer element:string",
  }),
  command("lset", "list", "core", {
    since: "1.0.0",
    arity: 4,
    flags: "write denyoom",
    categories: "list",
    keys: [oneKey("RW update")],
    summary: "Replaces an item by its position",
    complexity: "O(N), N = items on the way",
    arguments: "key@0 index:integer element:string",
  }),
  command("ltrim", "list", "core", {
    since: "1.0.0",
    arity: 4,
    flags: "write",
    categories: "list",
    keys: [oneKey("RW delete")],
    summary: "Keeps a range of items and removes the rest",
    complexity: "O(N), N = items removed",
    arguments: "key@0 start:integer stop:integer",
  }),
  command("rpop", "list", "core", {
    since: "1.0.0",
    arity: -2,
    flags: "write fast",
    categories: "list",
    keys: [oneKey("RW access delete")],
    summary: "Takes the last items of a list",
    complexity: "O(N), N = items taken",
    arguments: "key@0 count?:integer^6.2.0",
  }),
  command("rpoplpush", "list", "core", {
    since: "1.2.0",
    arity: 3,
    flags: "write denyoom",
    categories: "list",
    keys: [oneKey("RW access delete"), oneKey("RW insert", { at: 2 })],
    summary: "Moves the last item of a list to the head of another",
    complexity: "O(1)",
    arguments: "source@0 destination@1",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
    },
  }),
  command("rpush", "list", "core", {
    since: "1.0.0",
    arity: -3,
    flags: "write denyoom fast",
    categories: "list",
    keys: [oneKey("RW insert")],
    summary: "Adds items to the tail of a list",
    complexity: "O(N), N = items added",
    arguments: "key@0 element*:string",
  }),
  command("rpushx", "list", "core", {
    since: "2.2.0",
    arity: -3,
    flags: "write denyoom fast",
    categories: "list",
    keys: [oneKey("RW insert")],
    summary: "Adds items to the tail of a list that exists",
    complexity: "O(N), N = items added",
    arguments: "key@0 element*:string",
  }),
];

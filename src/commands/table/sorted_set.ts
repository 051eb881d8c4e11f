/**
 * Commands of the sorted set group.
 *
 * Source: https://redis.io/commands/?group=sorted-set
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { at, command, counted, keys, oneKey, range } from "./row_builder.ts";

/** Rows of the sorted set group, sorted by name. */
export const SORTED_SET_COMMANDS: readonly CommandRow[] = [
  command("bzmpop", "sorted-set", "core", {
    since: "7.0.0",
    arity: -5,
    flags: "write blocking",
    categories: "sortedset",
    keys: [keys("RW access delete", at(2), counted(0, 1, 1))],
    summary:
      "Takes members from the first sorted set that has some, waiting for " +
      "them",
    complexity: "O(K) + O(M*log(N)), K = keys, N = members, M = taken",
    arguments: "timeout:double numkeys:integer key*@0 where<min=MIN|max=MAX> " +
      "count?:integer=COUNT",
  }),
  command("bzpopmax", "sorted-set", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "write blocking fast",
    categories: "sortedset",
    keys: [keys("RW access delete", at(1), range(-2, 1, 0))],
    summary: "Takes the member of the highest score, waiting for one",
    complexity: "O(log(N)), N = members",
    arguments: "key*@0 timeout:double",
  }),
  command("bzpopmin", "sorted-set", "core", {
    since: "5.0.0",
    arity: -3,
    flags: "write blocking fast",
    categories: "sortedset",
    keys: [keys("RW access delete", at(1), range(-2, 1, 0))],
    summary: "Takes the member of the lowest score, waiting for one",
    complexity: "O(log(N)), N = members",
    arguments: "key*@0 timeout:double",
  }),
  command("zadd", "sorted-set", "core", {
    since: "1.2.0",
    arity: -4,
    flags: "write denyoom fast",
    categories: "sortedset",
    keys: [oneKey("RW update")],
    summary: "Adds members or changes their scores",
    complexity: "O(log(N)) for each member, N = members",
    arguments:
      "key@0 condition?<nx=NX|xx=XX>^3.0.2 comparison?<gt=GT|lt=LT>^6.2.0 " +
      "change?=CH^3.0.2 increment?=INCR^3.0.2 score_member*{score:double " +
      "member:string}",
  }),
  command("zcard", "sorted-set", "core", {
    since: "1.2.0",
    arity: 2,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO")],
    summary: "Counts the members of a sorted set",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("zcount", "sorted-set", "core", {
    since: "2.0.0",
    arity: 4,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Counts the members of a range of scores",
    complexity: "O(log(N)), N = members",
    arguments: "key@0 min:double max:double",
  }),
  command("zdiff", "sorted-set", "core", {
    since: "6.2.0",
    arity: -3,
    flags: "readonly",
    categories: "sortedset",
    keys: [keys("RO access", at(1), counted(0, 1, 1))],
    summary: "Members of the first sorted set that no other has",
    complexity:
      "O(L + (N-K)log(N)), L = members of all, N = of the first, K = of " +
      "the result",
    arguments: "numkeys:integer key*@0 withscores?=WITHSCORES",
  }),
  command("zdiffstore", "sorted-set", "core", {
    since: "6.2.0",
    arity: -4,
    flags: "write denyoom",
    categories: "sortedset",
    keys: [oneKey("OW update"), keys("RO access", at(2), counted(0, 1, 1))],
    summary: "Stores the members of the first sorted set that no other has",
    complexity:
      "O(L + (N-K)log(N)), L = members of all, N = of the first, K = of " +
      "the result",
    arguments: "destination@0 numkeys:integer key*@1",
  }),
  command("zincrby", "sorted-set", "core", {
    since: "1.2.0",
    arity: 4,
    flags: "write denyoom fast",
    categories: "sortedset",
    keys: [oneKey("RW access update")],
    summary: "Adds to a member's score",
    complexity: "O(log(N)), N = members",
    arguments: "key@0 increment:integer member:string",
  }),
  command("zinter", "sorted-set", "core", {
    since: "6.2.0",
    arity: -3,
    flags: "readonly",
    categories: "sortedset",
    keys: [keys("RO access", at(1), counted(0, 1, 1))],
    summary: "Members that all sorted sets have",
    complexity:
      "O(N*K)+O(M*log(M)), N = members of the smallest, K = sets, M = of " +
      "the result",
    arguments:
      "numkeys:integer key*@0 weight?*:integer=WEIGHTS aggregate?<sum=SUM|" +
      "min=MIN|max=MAX>=AGGREGATE withscores?=WITHSCORES",
  }),
  command("zintercard", "sorted-set", "core", {
    since: "7.0.0",
    arity: -3,
    flags: "readonly",
    categories: "sortedset",
    keys: [keys("RO access", at(1), counted(0, 1, 1))],
    summary: "Counts the members that all sorted sets have",
    complexity: "O(N*K), N = members of the smallest, K = sets",
    arguments: "numkeys:integer key*@0 limit?:integer=LIMIT",
  }),
  command("zinterstore", "sorted-set", "core", {
    since: "2.0.0",
    arity: -4,
    flags: "write denyoom",
    categories: "sortedset",
    keys: [oneKey("OW update"), keys("RO access", at(2), counted(0, 1, 1))],
    summary: "Stores the members that all sorted sets have",
    complexity:
      "O(N*K)+O(M*log(M)), N = members of the smallest, K = sets, M = of " +
      "the result",
    arguments:
      "destination@0 numkeys:integer key*@1 weight?*:integer=WEIGHTS " +
      "aggregate?<sum=SUM|min=MIN|max=MAX>=AGGREGATE",
  }),
  command("zlexcount", "sorted-set", "core", {
    since: "2.8.9",
    arity: 4,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Counts the members between two names",
    complexity: "O(log(N)), N = members",
    arguments: "key@0 min:string max:string",
  }),
  command("zmpop", "sorted-set", "core", {
    since: "7.0.0",
    arity: -4,
    flags: "write",
    categories: "sortedset",
    keys: [keys("RW access delete", at(1), counted(0, 1, 1))],
    summary: "Takes members from the first sorted set that has some",
    complexity: "O(K) + O(M*log(N)), K = keys, N = members, M = taken",
    arguments:
      "numkeys:integer key*@0 where<min=MIN|max=MAX> count?:integer=COUNT",
  }),
  command("zmscore", "sorted-set", "core", {
    since: "6.2.0",
    arity: -3,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Shows the scores of several members",
    complexity: "O(N), N = members named",
    arguments: "key@0 member*:string",
  }),
  command("zpopmax", "sorted-set", "core", {
    since: "5.0.0",
    arity: -2,
    flags: "write fast",
    categories: "sortedset",
    keys: [oneKey("RW access delete")],
    summary: "Takes the members of the highest scores",
    complexity: "O(log(N)*M), N = members, M = taken",
    arguments: "key@0 count?:integer",
  }),
  command("zpopmin", "sorted-set", "core", {
    since: "5.0.0",
    arity: -2,
    flags: "write fast",
    categories: "sortedset",
    keys: [oneKey("RW access delete")],
    summary: "Takes the members of the lowest scores",
    complexity: "O(log(N)*M), N = members, M = taken",
    arguments: "key@0 count?:integer",
  }),
  command("zrandmember", "sorted-set", "core", {
    since: "6.2.0",
    arity: -2,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Picks members of a sorted set at random",
    complexity: "O(N), N = members picked",
    tips: "nondeterministic_output",
    arguments: "key@0 options?{count:integer withscores?=WITHSCORES}",
  }),
  command("zrange", "sorted-set", "core", {
    since: "1.2.0",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads a range of members",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 start:string stop:string sortby?<byscore=BYSCORE|" +
      "bylex=BYLEX>^6.2.0 rev?=REV^6.2.0 offset_count?{offset:integer " +
      "count:integer}=LIMIT^6.2.0 withscores?=WITHSCORES",
  }),
  command("zrangebylex", "sorted-set", "core", {
    since: "2.8.9",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads the members between two names",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 min:string max:string offset_count?{offset:integer " +
      "count:integer}=LIMIT",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`ZRANGE` with the `BYLEX` argument",
    },
  }),
  command("zrangebyscore", "sorted-set", "core", {
    since: "1.0.5",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads the members of a range of scores",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 min:double max:double withscores?=WITHSCORES^2.0.0 " +
      "offset_count?{offset:integer count:integer}=LIMIT",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`ZRANGE` with the `BYSCORE` argument",
    },
  }),
  command("zrangestore", "sorted-set", "core", {
    since: "6.2.0",
    arity: -5,
    flags: "write denyoom",
    categories: "sortedset",
    keys: [oneKey("OW update"), oneKey("RO access", { at: 2 })],
    summary: "Stores a range of members",
    complexity: "O(log(N)+M), N = members, M = stored",
    arguments: "dst@0 src@1 min:string max:string sortby?<byscore=BYSCORE|" +
      "bylex=BYLEX> rev?=REV offset_count?{offset:integer " +
      "count:integer}=LIMIT",
  }),
  command("zrank", "sorted-set", "core", {
    since: "2.0.0",
    arity: -3,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Shows the position of a member, the lowest score first",
    complexity: "O(log(N)), N = members",
    arguments: "key@0 member:string withscore?=WITHSCORE^7.2.0",
  }),
  command("zrem", "sorted-set", "core", {
    since: "1.2.0",
    arity: -3,
    flags: "write fast",
    categories: "sortedset",
    keys: [oneKey("RW delete")],
    summary: "Removes members of a sorted set",
    complexity: "O(M*log(N)), N = members, M = removed",
    arguments: "key@0 member*:string",
  }),
  command("zremrangebylex", "sorted-set", "core", {
    since: "2.8.9",
    arity: 4,
    flags: "write",
    categories: "sortedset",
    keys: [oneKey("RW delete")],
    summary: "Removes the members between two names",
    complexity: "O(log(N)+M), N = members, M = removed",
    arguments: "key@0 min:string max:string",
  }),
  command("zremrangebyrank", "sorted-set", "core", {
    since: "2.0.0",
    arity: 4,
    flags: "write",
    categories: "sortedset",
    keys: [oneKey("RW delete")],
    summary: "Removes the members of a range of positions",
    complexity: "O(log(N)+M), N = members, M = removed",
    arguments: "key@0 start:integer stop:integer",
  }),
  command("zremrangebyscore", "sorted-set", "core", {
    since: "1.2.0",
    arity: 4,
    flags: "write",
    categories: "sortedset",
    keys: [oneKey("RW delete")],
    summary: "Removes the members of a range of scores",
    complexity: "O(log(N)+M), N = members, M = removed",
    arguments: "key@0 min:double max:double",
  }),
  command("zrevrange", "sorted-set", "core", {
    since: "1.2.0",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads a range of members, the highest score first",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 start:integer stop:integer withscores?=WITHSCORES",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`ZRANGE` with the `REV` argument",
    },
  }),
  command("zrevrangebylex", "sorted-set", "core", {
    since: "2.8.9",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads the members between two names, the last first",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 max:string min:string offset_count?{offset:integer " +
      "count:integer}=LIMIT",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments",
    },
  }),
  command("zrevrangebyscore", "sorted-set", "core", {
    since: "2.2.0",
    arity: -4,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Reads the members of a range of scores, the highest first",
    complexity: "O(log(N)+M), N = members, M = read",
    arguments: "key@0 max:double min:double withscores?=WITHSCORES " +
      "offset_count?{offset:integer count:integer}=LIMIT",
    deprecated: {
      since: "6.2.0",
      replacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments",
    },
  }),
  command("zrevrank", "sorted-set", "core", {
    since: "2.0.0",
    arity: -3,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Shows the position of a member, the highest score first",
    complexity: "O(log(N)), N = members",
    arguments: "key@0 member:string withscore?=WITHSCORE^7.2.0",
  }),
  command("zscan", "sorted-set", "core", {
    since: "2.8.0",
    arity: -3,
    flags: "readonly",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Walks through the members of a sorted set",
    complexity: "O(1) a call, O(N) for the whole sorted set, N = members",
    tips: "nondeterministic_output",
    arguments:
      "key@0 cursor:integer pattern?:pattern=MATCH count?:integer=COUNT",
  }),
  command("zscore", "sorted-set", "core", {
    since: "1.2.0",
    arity: 3,
    flags: "readonly fast",
    categories: "sortedset",
    keys: [oneKey("RO access")],
    summary: "Shows the score of a member",
    complexity: "O(1)",
    arguments: "key@0 member:string",
  }),
  command("zunion", "sorted-set", "core", {
    since: "6.2.0",
    arity: -3,
    flags: "readonly",
    categories: "sortedset",
    keys: [keys("RO access", at(1), counted(0, 1, 1))],
    summary: "Members that any of the sorted sets has",
    complexity: "O(N)+O(M*log(M)), N = members of all, M = of the result",
    arguments:
      "numkeys:integer key*@0 weight?*:integer=WEIGHTS aggregate?<sum=SUM|" +
      "min=MIN|max=MAX>=AGGREGATE withscores?=WITHSCORES",
  }),
  command("zunionstore", "sorted-set", "core", {
    since: "2.0.0",
    arity: -4,
    flags: "write denyoom",
    categories: "sortedset",
    keys: [oneKey("OW update"), keys("RO access", at(2), counted(0, 1, 1))],
    summary: "Stores the members that any of the sorted sets has",
    complexity: "O(N)+O(M*log(M)), N = members of all, M = of the result",
    arguments:
      "destination@0 numkeys:integer key*@1 weight?*:integer=WEIGHTS " +
      "aggregate?<sum=SUM|min=MIN|max=MAX>=AGGREGATE",
  }),
];

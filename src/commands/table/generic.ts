/**
 * Commands of the generic group.
 *
 * Source: https://redis.io/commands/?group=generic
 *
 * @module
 */

import { OBJECT_SUBCOMMANDS } from "./object_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import {
  after,
  command,
  hiddenKeys,
  keys,
  keysFrom,
  oneKey,
  range,
} from "./row_builder.ts";

/** Rows of the generic group, sorted by name. */
export const GENERIC_COMMANDS: readonly CommandRow[] = [
  command("copy", "generic", "core", {
    since: "6.2.0",
    arity: -3,
    flags: "write denyoom",
    categories: "keyspace",
    keys: [oneKey("RO access"), oneKey("OW update", { at: 2 })],
    summary: "Copies a key",
    complexity: "O(N), N = elements; O(1) for strings",
    arguments:
      "source@0 destination@1 destination-db?:integer=DB replace?=REPLACE",
  }),
  command("del", "generic", "core", {
    since: "1.0.0",
    arity: -2,
    flags: "write",
    categories: "keyspace",
    keys: [keysFrom(1, "RM delete")],
    summary: "Removes keys",
    complexity: "O(N), N = keys; the elements of collections come on top",
    tips: "request_policy:multi_shard response_policy:agg_sum",
    arguments: "key*@0",
  }),
  command("dump", "generic", "core", {
    since: "2.6.0",
    arity: 2,
    flags: "readonly",
    categories: "keyspace",
    keys: [oneKey("RO access")],
    summary: "Serializes the value of a key",
    complexity: "O(N*M), N = elements, M = their size",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("exists", "generic", "core", {
    since: "1.0.0",
    arity: -2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [keysFrom(1, "RO")],
    summary: "Counts how many of the keys exist",
    complexity: "O(N), N = keys",
    tips: "request_policy:multi_shard response_policy:agg_sum",
    arguments: "key*@0",
  }),
  command("expire", "generic", "core", {
    since: "1.0.0",
    arity: -3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW update")],
    summary: "Gives a key a time to live in seconds",
    complexity: "O(1)",
    arguments:
      "key@0 seconds:integer condition?<nx=NX|xx=XX|gt=GT|lt=LT>^7.0.0",
  }),
  command("expireat", "generic", "core", {
    since: "1.2.0",
    arity: -3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW update")],
    summary: "Gives a key the second of its expiry",
    complexity: "O(1)",
    arguments:
      "key@0 unix-time-seconds:unix-time condition?<nx=NX|xx=XX|gt=GT|" +
      "lt=LT>^7.0.0",
  }),
  command("expiretime", "generic", "core", {
    since: "7.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [oneKey("RO access")],
    summary: "Shows the second at which a key expires",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("keys", "generic", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "readonly",
    categories: "keyspace dangerous",
    summary: "Lists the keys that match a pattern",
    complexity: "O(N), N = keys of the database",
    tips: "request_policy:all_shards nondeterministic_output_order",
    arguments: "pattern:pattern",
  }),
  command("migrate", "generic", "none", {
    since: "2.6.0",
    arity: -6,
    flags: "write",
    categories: "keyspace dangerous",
    keys: [
      oneKey("RW access delete", { at: 3 }),
      keys("RW access delete incomplete", after("KEYS", -2), range(-1, 1, 0)),
    ],
    summary: "Moves keys to another server",
    complexity: "DUMP here, RESTORE there, and the transfer of the bytes",
    tips: "nondeterministic_output",
    arguments:
      "host:string port:integer key_or_empty_string<key@0|empty_string=> " +
      "destination-db:integer timeout:integer copy?=COPY^3.0.0 " +
      "replace?=REPLACE^3.0.0 authentication?<password?:string=AUTH^4.0.7|" +
      "username_password?{username:string password:string}=AUTH2^6.0.0> " +
      "key?*@1=KEYS^3.0.6",
  }),
  command("move", "generic", "core", {
    since: "1.0.0",
    arity: 3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW access update")],
    summary: "Moves a key to another database",
    complexity: "O(1)",
    arguments: "key@0 db:integer",
  }),
  command("object", "generic", "core", {
    since: "2.2.3",
    arity: -2,
    summary: "Facts about how a value is kept",
    complexity: "Depends on the subcommand",
    subcommands: OBJECT_SUBCOMMANDS,
  }),
  command("persist", "generic", "core", {
    since: "2.2.0",
    arity: 2,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW update")],
    summary: "Takes a key's expiry away",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("pexpire", "generic", "core", {
    since: "2.6.0",
    arity: -3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW update")],
    summary: "Gives a key a time to live in milliseconds",
    complexity: "O(1)",
    arguments: "key@0 milliseconds:integer condition?<nx=NX|xx=XX|gt=GT|" +
      "lt=LT>^7.0.0",
  }),
  command("pexpireat", "generic", "core", {
    since: "2.6.0",
    arity: -3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW update")],
    summary: "Gives a key the millisecond of its expiry",
    complexity: "O(1)",
    arguments:
      "key@0 unix-time-milliseconds:unix-time condition?<nx=NX|xx=XX|" +
      "gt=GT|lt=LT>^7.0.0",
  }),
  command("pexpiretime", "generic", "core", {
    since: "7.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [oneKey("RO access")],
    summary: "Shows the millisecond at which a key expires",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("pttl", "generic", "core", {
    since: "2.6.0",
    arity: 2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [oneKey("RO access")],
    summary: "Shows the milliseconds a key has left",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("randomkey", "generic", "core", {
    since: "1.0.0",
    arity: 1,
    flags: "readonly touches_arbitrary_keys",
    categories: "keyspace",
    summary: "Names a key at random",
    complexity: "O(1)",
    tips: "request_policy:all_shards nondeterministic_output",
  }),
  command("rename", "generic", "core", {
    since: "1.0.0",
    arity: 3,
    flags: "write",
    categories: "keyspace",
    keys: [oneKey("RW access delete"), oneKey("OW update", { at: 2 })],
    summary: "Renames a key over any other",
    complexity: "O(1)",
    arguments: "key@0 newkey@1",
  }),
  command("renamenx", "generic", "core", {
    since: "1.0.0",
    arity: 3,
    flags: "write fast",
    categories: "keyspace",
    keys: [oneKey("RW access delete"), oneKey("OW insert", { at: 2 })],
    summary: "Renames a key if the new name is free",
    complexity: "O(1)",
    arguments: "key@0 newkey@1",
  }),
  command("restore", "generic", "core", {
    since: "2.6.0",
    arity: -4,
    flags: "write denyoom",
    categories: "keyspace dangerous",
    keys: [oneKey("OW update")],
    summary: "Makes a key from a serialized value",
    complexity:
      "O(N*M), N = elements, M = their size; sorted sets O(N*M*log(N))",
    arguments:
      "key@0 ttl:integer serialized-value:string replace?=REPLACE^3.0.0 " +
      "absttl?=ABSTTL^5.0.0 seconds?:integer=IDLETIME^5.0.0 " +
      "frequency?:integer=FREQ^5.0.0",
  }),
  command("scan", "generic", "core", {
    since: "2.8.0",
    arity: -2,
    flags: "readonly touches_arbitrary_keys",
    categories: "keyspace",
    summary: "Walks through the keys of the database",
    complexity: "O(1) a call, O(N) for the whole database, N = keys",
    tips: "nondeterministic_output request_policy:special",
    arguments: "cursor:integer pattern?:pattern=MATCH count?:integer=COUNT " +
      "type?:string=TYPE^6.0.0",
  }),
  command("sort", "generic", "core", {
    since: "1.0.0",
    arity: -2,
    flags: "write denyoom",
    categories: "set sortedset list dangerous",
    keys: [
      oneKey("RO access"),
      hiddenKeys(
        "RO access",
        "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
      ),
      hiddenKeys(
        "OW update",
        "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
      ),
    ],
    summary: "Sorts the elements of a collection, and may store them",
    complexity: "O(N+M*log(M)), N = elements, M = elements returned",
    arguments: "key@0 pattern?:pattern@1=BY offset_count?{offset:integer " +
      "count:integer}=LIMIT pattern?*+:pattern@1=GET order?<asc=ASC|" +
      "desc=DESC> sorting?=ALPHA destination?@2=STORE",
  }),
  command("sort_ro", "generic", "core", {
    since: "7.0.0",
    arity: -2,
    flags: "readonly",
    categories: "set sortedset list dangerous",
    keys: [
      oneKey("RO access"),
      hiddenKeys(
        "RO access",
        "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
      ),
    ],
    summary: "Sorts the elements of a collection",
    complexity: "O(N+M*log(M)), N = elements, M = elements returned",
    arguments: "key@0 pattern?:pattern@1=BY offset_count?{offset:integer " +
      "count:integer}=LIMIT pattern?*+:pattern@1=GET order?<asc=ASC|" +
      "desc=DESC> sorting?=ALPHA",
  }),
  command("touch", "generic", "core", {
    since: "3.2.1",
    arity: -2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [keysFrom(1, "RO")],
    summary: "Refreshes the age of keys and counts those that exist",
    complexity: "O(N), N = keys",
    tips: "request_policy:multi_shard response_policy:agg_sum",
    arguments: "key*@0",
  }),
  command("ttl", "generic", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [oneKey("RO access")],
    summary: "Shows the seconds a key has left",
    complexity: "O(1)",
    tips: "nondeterministic_output",
    arguments: "key@0",
  }),
  command("type", "generic", "core", {
    since: "1.0.0",
    arity: 2,
    flags: "readonly fast",
    categories: "keyspace",
    keys: [oneKey("RO")],
    summary: "Names the type of a value",
    complexity: "O(1)",
    arguments: "key@0",
  }),
  command("unlink", "generic", "core", {
    since: "4.0.0",
    arity: -2,
    flags: "write fast",
    categories: "keyspace",
    keys: [keysFrom(1, "RM delete")],
    summary: "Removes keys and frees them later",
    complexity: "O(1) for each key; O(N) later, N = elements",
    tips: "request_policy:multi_shard response_policy:agg_sum",
    arguments: "key*@0",
  }),
  command("wait", "generic", "host", {
    since: "3.0.0",
    arity: 3,
    flags: "blocking",
    categories: "connection",
    summary: "Waits until replicas have this connection's writes",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:agg_min",
    arguments: "numreplicas:integer timeout:integer",
  }),
  command("waitaof", "generic", "host", {
    since: "7.2.0",
    arity: 4,
    flags: "blocking",
    categories: "connection",
    summary: "Waits until this connection's writes are on disk here and on " +
      "replicas",
    complexity: "O(1)",
    arguments: "numlocal:integer numreplicas:integer timeout:integer",
  }),
];

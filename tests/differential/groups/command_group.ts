/**
 * COMMAND and its subcommands.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Requests whose keys are asked for. */
const REQUESTS: readonly (readonly string[])[] = [
  ["GET", "a"],
  ["get", ""],
  ["SET", "a", "1"],
  ["SET", "a", "1", "GET"],
  ["SET", "a", "1", "EX", "10", "get"],
  ["mset", "a", "1", "b", "2"],
  ["MSET", "a", "1", "b"],
  ["MSETNX", "a", "1", "b", "2"],
  ["XREAD", "COUNT", "1", "STREAMS", "a", "b", "0", "0"],
  ["XREAD", "COUNT", "1", "STREAMS", "a", "b", "0"],
  ["XREAD", "STREAMS", "streams", "0"],
  ["XREAD", "COUNT", "1"],
  ["XREAD", "COUNT", "1", "STREAMS"],
  ["XADD", "s", "*", "f", "v"],
  ["BITOP", "AND", "d", "a", "b"],
  ["BITOP", "AND", "d"],
  ["BITFIELD", "k", "GET", "u8", "0"],
  ["BITFIELD", "k", "GET", "u8", "0", "SET", "u8", "0", "1"],
  ["BITFIELD", "k", "OVERFLOW", "SAT", "GET", "u8", "0"],
  ["BITFIELD", "k", "junk", "u8", "0"],
  ["BITFIELD_RO", "k", "GET", "u8", "0"],
  ["COPY", "a", "b", "DB", "1"],
  ["RENAME", "a", "b"],
  ["OBJECT", "ENCODING", "a"],
  ["OBJECT", "HELP"],
  ["OBJECT", "nosuch", "a"],
  ["OBJECT"],
  ["HSET", "h", "f", "v"],
  ["HGETALL", "h"],
  ["LCS", "a", "b", "LEN"],
  ["DEL", "a", "b", "c"],
  ["DEL", "\x00\xff", "a\r\nb"],
  ["MEMORY", "USAGE", "a"],
  ["MEMORY", "USAGE"],
  ["SWAPDB", "0", "1"],
  ["SCAN", "0", "TYPE", "string"],
  ["PING"],
  ["GET"],
  ["GET", "a", "b"],
  ["NOSUCH", "a"],
  ["CONFIG", "GET", "x"],
  ["CONFIG", "NOSUCH"],
  ["CLIENT", "ID"],
  ["COMMAND"],
];

function getKeys(p: Pools): Unit {
  const subcommand = p.random.pick([
    "GETKEYS",
    "getkeys",
    "GETKEYSANDFLAGS",
  ]);
  return unit(["COMMAND", subcommand, ...p.random.pick(REQUESTS)]);
}

/** Commands of every kind of row: keys, tips, subcommands, categories. */
const NAMES: readonly string[] = [
  "get",
  "SET",
  "mset",
  "msetnx",
  "del",
  "copy",
  "bitop",
  "bitfield",
  "bitfield_ro",
  "xread",
  "xadd",
  "object",
  "object|encoding",
  "OBJECT|HELP",
  "config",
  "config|set",
  "client",
  "client|list",
  "client|kill",
  "command",
  "command|docs",
  "memory|usage",
  "info",
  "shutdown",
  "debug",
  "ping",
  "hello",
  "auth",
  "flushall",
  "swapdb",
  "lolwut",
  "nosuch",
  "get|nosuch",
  "config|nosuch",
  "config get",
  "",
  "\x00\xff",
];

/** Patterns of names that only commands of both servers match, or none. */
const LISTS: readonly (readonly string[])[] = [
  ["FILTERBY", "PATTERN", "get*"],
  ["filterby", "pattern", "*"],
  ["FILTERBY", "PATTERN", "[gs]et"],
  ["FILTERBY", "PATTERN", "config|*"],
  ["FILTERBY", "ACLCAT", "string"],
  ["FILTERBY", "aclcat", "Connection"],
  ["FILTERBY", "ACLCAT", "nosuch"],
  ["FILTERBY", "MODULE", "nosuch"],
  [],
];

function command(p: Pools): Unit {
  const names = p.many(4, () => p.random.pick(NAMES));
  return p.random.pick<Unit>([
    unit(["COMMAND"], "command-rows"),
    unit(["COMMAND", "COUNT"], "kind"),
    unit(["COMMAND", "COUNT", "x"]),
    unit(["COMMAND", "LIST", ...p.random.pick(LISTS)], "command-names"),
    unit(["COMMAND", "LIST", "FILTERBY", "JUNK", "x"]),
    unit(["COMMAND", "LIST", "FILTERBY", "PATTERN"]),
    unit(["COMMAND", "LIST", "FILTERBY", "PATTERN", "get", "x"]),
    unit(["COMMAND", "DOCS", ...names], "command-documents"),
    unit(["COMMAND", "DOCS"], "command-documents"),
    unit(["COMMAND", "DOCS", "nosuch"]),
    unit(["COMMAND", "INFO", ...names], "command-rows"),
    unit(["COMMAND", "INFO"], "command-rows"),
    unit(["COMMAND", "HELP"], "kind"),
    unit(["COMMAND", "HELP", "x"]),
    unit(["COMMAND", "NOSUCH"]),
    unit(["COMMAND", "GETKEYS"]),
  ]);
}

/** All of COMMAND. */
export const COMMAND_GROUP: readonly Generator[] = [
  { name: "COMMAND GETKEYS", weight: 4, make: getKeys },
  { name: "COMMAND", weight: 3, make: command },
];

/**
 * Commands of the connection and server groups that both servers answer from
 * the same state, and names that no server knows.
 *
 * @module
 */

import { exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import { COMMAND_GROUP } from "./command_group.ts";
import type { Generator } from "./generator.ts";
import { MONITOR_GROUP } from "./monitor_group.ts";

/** CONFIG parameters both servers hold, with the values a round starts with. */
export const SHARED_PARAMETERS: Readonly<Record<string, string>> = {
  "hash-max-listpack-entries": "128",
  "hash-max-listpack-value": "64",
  "set-max-intset-entries": "512",
  "stream-node-max-entries": "1",
  "stream-node-max-bytes": "4096",
  "slowlog-log-slower-than": "10000",
  "slowlog-max-len": "128",
  "latency-monitor-threshold": "0",
  "maxmemory": "0",
  "maxmemory-policy": "noeviction",
  "lazyfree-lazy-user-del": "no",
  "timeout": "0",
};

const PARAMETER_VALUES: Readonly<Record<string, readonly string[]>> = {
  "hash-max-listpack-entries": ["128", "4", "0", "-1", "abc"],
  "hash-max-listpack-value": ["64", "8", "0", "64kb", ""],
  "set-max-intset-entries": ["512", "20", "0", "-1"],
  "slowlog-log-slower-than": ["10000", "-1", "99999999", "1.5"],
  "slowlog-max-len": ["128", "0", "-1"],
  "latency-monitor-threshold": ["0", "100", "x"],
  "maxmemory": ["0", "3gb", "4000000000", "2g", "-1", "abc", "1tb1"],
  "maxmemory-policy": ["noeviction", "bad-policy"],
  "lazyfree-lazy-user-del": ["yes", "no", "maybe"],
  "timeout": ["0", "10000", "-1"],
  "no-such-parameter": ["1"],
};

function configSet(p: Pools): Unit {
  const names = Object.keys(PARAMETER_VALUES);
  const words = p.many(p.random.chance(0.2) ? 3 : 1, () => {
    const name = p.random.pick(names);
    return [p.cased(name), p.random.pick(PARAMETER_VALUES[name]!)];
  }).flat();
  if (p.random.chance(0.04)) words.pop();
  return unit(["CONFIG", p.cased("SET"), ...words]);
}

function configGet(p: Pools): Unit {
  const names = p.many(p.random.chance(0.2) ? 3 : 1, () =>
    p.random.pick([
      ...Object.keys(SHARED_PARAMETERS),
      "hash-max-listpack-*",
      "SLOWLOG-*",
      "no-such-*",
      "",
    ]));
  return unit(["CONFIG", p.cased("GET"), ...names], "pairs");
}

function client(p: Pools): Unit {
  const name = p.random.pick(["", "tester", "with space", "a:b", "new\nline"]);
  return p.random.pick<Unit>([
    unit(["CLIENT", "ID"], "kind"),
    unit(["CLIENT", "INFO"], "kind"),
    unit(["CLIENT", "LIST"], "kind"),
    unit(["CLIENT", "LIST", "TYPE", "normal"], "kind"),
    unit(["CLIENT", "LIST", "TYPE", "bad"], "kind"),
    unit(["CLIENT", "LIST", "ID", "99999999"], "kind"),
    unit(["CLIENT", "LIST", "JUNK"]),
    unit(["CLIENT", p.cased("SETNAME"), name]),
    unit(["CLIENT", p.cased("GETNAME")]),
    unit(["CLIENT", "SETINFO", "LIB-NAME", p.random.pick(["lib", "a b", ""])]),
    unit(["CLIENT", "SETINFO", "lib-ver", "1.2"]),
    unit(["CLIENT", "SETINFO", "LIB-JUNK", "x"]),
    unit(["CLIENT", "NO-EVICT", p.random.pick(["ON", "off", "maybe"])]),
    unit(["CLIENT", "NO-TOUCH", p.random.pick(["ON", "off", "maybe"])]),
    unit(["CLIENT", "REPLY", "ON"]),
    unit(["CLIENT", "REPLY", "JUNK"]),
    unit(["CLIENT", "KILL", "127.0.0.1:1"]),
    unit(["CLIENT", "KILL", "ID", p.random.pick(["99999999", "0", "abc"])]),
    unit(["CLIENT", "KILL", "TYPE", "bad"]),
    unit(["CLIENT", "KILL", "ADDR", "127.0.0.1:1", "SKIPME", "yes"]),
    unit(["CLIENT", "KILL", "JUNK", "x"]),
    unit(["CLIENT", "MAINT_NOTIFICATIONS", "ON"]),
    unit(["CLIENT", "HELP"], "kind"),
    unit(["CLIENT"]),
  ]);
}

function hello(p: Pools): Unit {
  const version = p.random.pick(["2", "3", "2", "3", "1", "4", "abc", ""]);
  const options = p.random.chance(0.3)
    ? p.random.pick([
      ["SETNAME", "named"],
      ["AUTH", "nobody", "wrong"],
      [
        "AUTH",
        "default",
      ],
      ["JUNK"],
      ["SETNAME", "bad name"],
    ])
    : [];
  return p.random.chance(0.15)
    ? unit(["HELLO"])
    : unit(["HELLO", version, ...options]);
}

/** What redis-server answers for overdue keys as well, which its KEYS leaves out. */
function describeKey(...args: readonly string[]): Unit {
  return {
    commands: [
      { args: ["KEYS", "*"], comparison: "unordered" },
      { args, comparison: "kind-after-previous" },
    ],
  };
}

function debug(p: Pools): Unit {
  const key = p.anyKey();
  return p.random.pick<Unit>([
    unit(["DEBUG", "SET-ACTIVE-EXPIRE", p.random.pick(["0", "1"])]),
    unit(["DEBUG", "SLEEP", "0"]),
    describeKey("DEBUG", "OBJECT", key),
    unit(["DEBUG", "DIGEST"], "kind"),
    unit(["DEBUG", "DIGEST-VALUE", key, p.anyKey()], "kind"),
    unit(["DEBUG", "POPULATE", "3", "pop", String(p.random.below(20))]),
  ]);
}

const UNKNOWN: readonly (readonly string[])[] = [
  ["NOSUCH"],
  ["nosuch", "with", "arguments"],
  ["no\r\nsuch", "new\r\nline"],
  ["NOSUCH", "a".repeat(200), "b"],
  ["x".repeat(200), "y"],
  [""],
  ["\x00\xff", "\x00"],
  ["HGETDEL", "h0", "FIELDS", "1", "f0"],
  ["GETT", "'quoted'"],
  ["CONFIG", "NOSUCH"],
  ["CONFIG", "GET"],
  ["CONFIG"],
  ["OBJECT"],
  ["OBJECT", "ENCODING"],
  ["OBJECT", "nosuch\r\n", "x"],
  ["MEMORY", "NOSUCH"],
  ["DEBUG", "NOSUCH"],
  ["SLOWLOG", "NOSUCH"],
  ["LATENCY", "NOSUCH"],
  ["ECHO"],
  ["PING", "a", "b"],
  ["GET"],
  ["GET", "a", "b"],
  ["SELECT"],
  ["DBSIZE", "x"],
  ["FLUSHALL", "x"],
  ["FLUSHDB", "SYNC", "x"],
  ["SWAPDB", "0"],
  ["TIME", "x"],
  ["RESET", "x"],
  ["HELLO", "3", "AUTH"],
];

/** Neither server has replicas. */
function wait(p: Pools): Unit {
  const replicas = p.random.pick(["0", "0", "1", "-1", "x", "", "2.5"]);
  const timeout = p.random.pick(["1", "5", "-1", "x"]);
  return unit([p.cased("WAIT"), replicas, timeout]);
}

/** Neither server is told to serve a cluster. */
function disabled(p: Pools): Unit {
  return p.random.pick<Unit>([
    unit(["CLUSTER", p.cased("INFO")]),
    unit(["CLUSTER", "KEYSLOT", p.anyKey()]),
    unit(["CLUSTER", "KEYSLOT"]),
    unit(["CLUSTER", "COUNTKEYSINSLOT", "x"]),
    unit(["CLUSTER", "HELP"]),
    unit(["CLUSTER", "NOSUCH"]),
    unit(["CLUSTER"]),
    unit(["READONLY"]),
    unit(["readwrite"]),
    unit(["ASKING"]),
    unit(["ASKING", "x"]),
  ]);
}

function flush(p: Pools): Unit {
  const options = p.random.pick([[], [], ["SYNC"], ["async"], ["JUNK"]]);
  return unit([p.random.pick(["FLUSHDB", "FLUSHDB", "FLUSHALL"]), ...options]);
}

function auth(p: Pools): Unit {
  return unit(
    p.random.pick([
      ["AUTH", "secret"],
      ["AUTH", "default", "secret"],
      ["AUTH", "nobody", "secret"],
      ["AUTH", "a", "b", "c"],
    ]),
  );
}

/** All of both groups. */
export const SERVER_GROUP: readonly Generator[] = [
  {
    name: "PING",
    weight: 4,
    make: (p) => unit(p.random.chance(0.5) ? ["PING"] : ["PING", p.value()]),
  },
  { name: "ECHO", weight: 3, make: (p) => unit(["ECHO", p.value()]) },
  { name: "SELECT", weight: 5, make: (p) => unit(["SELECT", p.database()]) },
  {
    name: "SWAPDB",
    weight: 2,
    make: (p) => unit(["SWAPDB", p.database(), p.database()]),
  },
  { name: "DBSIZE", weight: 6, make: () => unit(["DBSIZE"]) },
  { name: "FLUSH", weight: 0.4, make: flush },
  { name: "CLIENT", weight: 10, make: client },
  { name: "HELLO", weight: 3, make: hello },
  { name: "AUTH", weight: 1, make: auth },
  {
    name: "RESET",
    weight: 0.5,
    make: () => ({ commands: [exact("RESET")] }),
  },
  { name: "CONFIG SET", weight: 5, make: configSet },
  { name: "CONFIG GET", weight: 4, make: configGet },
  {
    name: "CONFIG RESETSTAT",
    weight: 0.5,
    make: () => unit(["CONFIG", "RESETSTAT"]),
  },
  { name: "DEBUG", weight: 3, make: debug },
  { name: "CLUSTER disabled", weight: 1, make: disabled },
  { name: "WAIT", weight: 1, make: wait },
  ...COMMAND_GROUP,
  { name: "TIME", weight: 1, make: () => unit(["TIME"], "clock") },
  { name: "LASTSAVE", weight: 0.5, make: () => unit(["LASTSAVE"], "kind") },
  { name: "INFO", weight: 1, make: () => unit(["INFO"], "kind") },
  {
    name: "INFO sections",
    weight: 1,
    make: () => unit(["INFO", "server", "keyspace"], "kind"),
  },
  {
    name: "MEMORY",
    weight: 2,
    make: (p) => describeKey("MEMORY", "USAGE", p.anyKey()),
  },
  ...MONITOR_GROUP,
  { name: "LOLWUT", weight: 0.2, make: () => unit(["LOLWUT"], "kind") },
  {
    name: "unknown",
    weight: 8,
    make: (p) => unit([...p.random.pick(UNKNOWN)]),
  },
];

/**
 * Commands of the generic group, and keys that expire while both servers wait.
 *
 * @module
 */

import { type Command, exact, type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

/** Long enough that 2 ms of life are over on a busy machine. */
const EXPIRY_PAUSE_MS = 12;

const CONDITIONS = ["NX", "XX", "GT", "LT", "gt", "BAD", ""];

function conditions(p: Pools): string[] {
  if (p.random.chance(0.5)) return [];
  return p.many(p.random.chance(0.15) ? 3 : 1, () => p.random.pick(CONDITIONS));
}

function expire(p: Pools, name: string, far: string): Unit {
  const draw = p.random.below(20);
  let time = far;
  if (draw === 0) time = p.random.pick(["0", "-1", "-100"]);
  if (draw > 16) time = p.badTime();
  return unit([name, p.anyKey(), time, ...conditions(p)]);
}

function scan(p: Pools): Unit {
  const cursor = p.random.chance(0.06)
    ? p.random.pick(["abc", "", "1.5", "x1", "18446744073709551616"])
    : "0";
  const options = [["COUNT", "100000"]];
  if (p.random.chance(0.5)) options.push(["MATCH", p.pattern()]);
  if (p.random.chance(0.3)) {
    options.push(["TYPE", p.random.pick(["string", "hash", "stream", "HASH"])]);
  }
  if (p.random.chance(0.08)) {
    options.push(p.random.pick([["COUNT", "0"], ["COUNT", "x"], ["JUNK"], [
      "COUNT",
    ], ["TYPE"]]));
  }
  const words = p.random.shuffle(options).flat();
  return unit(["SCAN", cursor, ...words.map((word) => p.cased(word))], "scan");
}

function randomkey(_p: Pools): Unit {
  return {
    commands: [
      { args: ["KEYS", "*"], comparison: "unordered" },
      { args: ["RANDOMKEY"], comparison: "member-of-previous" },
    ],
  };
}

function copy(p: Pools): Unit {
  const options = p.random.chance(0.5) ? [["REPLACE"]] : [];
  if (p.random.chance(0.4)) options.push(["DB", p.database()]);
  if (p.random.chance(0.05)) options.push([p.junk()]);
  return unit([
    "COPY",
    p.anyKey(),
    p.anyKey(),
    ...p.random.shuffle(options).flat(),
  ]);
}

function payload(p: Pools): string {
  const whole = p.random.pick(p.payloads);
  const draw = p.random.below(25);
  if (draw === 0) return whole.slice(0, p.random.below(whole.length));
  if (draw > 1) return whole;
  const at = p.random.below(whole.length);
  const flipped = String.fromCharCode(whole.charCodeAt(at) ^ 0x10);
  return whole.slice(0, at) + flipped + whole.slice(at + 1);
}

function restore(p: Pools): Unit {
  const options = p.random.chance(0.6) ? [["REPLACE"]] : [];
  let time = p.random.chance(0.5) ? "0" : p.farMilliseconds();
  if (p.random.chance(0.2)) {
    options.push(["ABSTTL"]);
    time = p.random.pick(["0", "1", p.futureMilliseconds()]);
  }
  if (p.random.chance(0.1)) time = p.random.pick(["-1", "abc", ""]);
  if (p.random.chance(0.15)) {
    options.push(["IDLETIME", p.random.pick(["0", "100", "-1", "x"])]);
  }
  if (p.random.chance(0.1)) {
    options.push(["FREQ", p.random.pick(["0", "255", "256", "-1", "x"])]);
  }
  if (p.random.chance(0.04)) options.push([p.junk()]);
  const key = p.anyKey();
  const words = p.random.shuffle(options).flat();
  return {
    commands: [
      exact("RESTORE", key, time, payload(p), ...words),
      exact("TYPE", key),
    ],
  };
}

function idletime(key: string): Unit {
  return {
    commands: [
      // Tells whether redis-server shares the value with other keys.
      exact("OBJECT", "REFCOUNT", key),
      {
        args: ["OBJECT", "IDLETIME", key],
        comparison: "seconds-after-previous",
      },
    ],
  };
}

function object(p: Pools): Unit {
  const draw = p.random.below(10);
  if (draw < 6) return unit(["OBJECT", p.cased("ENCODING"), p.anyKey()]);
  if (draw < 7) return idletime(p.anyKey());
  if (draw < 8) {
    return unit(["OBJECT", p.random.pick(["REFCOUNT", "FREQ"]), p.anyKey()]);
  }
  if (draw < 9) return unit(["OBJECT", "HELP"]);
  return unit(["OBJECT", p.junk(), p.anyKey()]);
}

function firstTouch(p: Pools, key: string): Command {
  return p.random.pick([
    exact("GET", key),
    exact("TTL", key),
    exact("TYPE", key),
    exact("OBJECT", "ENCODING", key),
    exact("SETNX", key, "new"),
    exact("SET", key, "new", "XX"),
    exact("SET", key, "new", "KEEPTTL"),
    exact("SET", key, "new", "NX", "GET"),
    exact("APPEND", key, "new"),
    exact("INCR", key),
    exact("HSETNX", key, "f0", "new"),
    exact("HLEN", key),
    exact("XLEN", key),
    exact("SETBIT", key, "7", "1"),
    exact("BITOP", "OR", "b0", key, "b1"),
    exact("RENAME", key, p.anyKey()),
    exact("RENAMENX", p.anyKey(), key),
    exact("COPY", p.anyKey(), key),
    exact("MOVE", key, "1"),
    exact("PERSIST", key),
    exact("EXPIRE", key, "100000000"),
    exact("DEL", key),
    exact("TOUCH", key),
    exact("MGET", key, p.anyKey()),
    exact("MSETNX", key, "new", p.anyKey(), "new"),
    exact("GETEX", key, "PERSIST"),
    exact("GETDEL", key),
    exact("XADD", key, "NOMKSTREAM", "1-1", "f", "v"),
    { args: ["SCAN", "0", "COUNT", "100000"], comparison: "scan" },
    { args: ["KEYS", "*"], comparison: "unordered" },
  ]);
}

function expireSoon(p: Pools): Unit {
  const key = p.anyKey();
  const ttlMs = p.random.pick(["1", "2"]);
  const command = p.random.pick([
    exact("PEXPIRE", key, ttlMs),
    exact("SET", key, p.value(), "PX", ttlMs),
    exact("PSETEX", key, ttlMs, p.value()),
    exact("GETEX", key, "PX", ttlMs),
    exact("RESTORE", key, ttlMs, p.random.pick(p.payloads), "REPLACE"),
  ]);
  return {
    commands: [command],
    pauseMs: EXPIRY_PAUSE_MS,
    // The last command makes sure that no dead key is counted by DBSIZE.
    afterPause: [firstTouch(p, key), exact("EXISTS", key)],
  };
}

function keyOnly(name: string, weight: number): Generator {
  return { name, weight, make: (p) => unit([name, p.anyKey()]) };
}

function manyKeys(name: string, weight: number): Generator {
  return {
    name,
    weight,
    make: (p) => unit([name, ...p.many(4, () => p.anyKey())]),
  };
}

function twoKeys(name: string, weight: number): Generator {
  return {
    name,
    weight,
    make: (p) => {
      const key = p.anyKey();
      return unit([name, key, p.random.chance(0.05) ? key : p.anyKey()]);
    },
  };
}

/** All of the group. */
export const GENERIC_GROUP: readonly Generator[] = [
  manyKeys("DEL", 5),
  manyKeys("UNLINK", 3),
  manyKeys("EXISTS", 4),
  manyKeys("TOUCH", 2),
  {
    name: "EXPIRE",
    weight: 5,
    make: (p) => expire(p, "EXPIRE", p.farSeconds()),
  },
  {
    name: "PEXPIRE",
    weight: 4,
    make: (p) => expire(p, "PEXPIRE", p.farMilliseconds()),
  },
  {
    name: "EXPIREAT",
    weight: 4,
    make: (p) => expire(p, "EXPIREAT", p.futureSeconds()),
  },
  {
    name: "PEXPIREAT",
    weight: 4,
    make: (p) => expire(p, "PEXPIREAT", p.futureMilliseconds()),
  },
  { name: "TTL", weight: 4, make: (p) => unit(["TTL", p.anyKey()], "seconds") },
  {
    name: "PTTL",
    weight: 3,
    make: (p) => unit(["PTTL", p.anyKey()], "milliseconds"),
  },
  {
    name: "EXPIRETIME",
    weight: 3,
    make: (p) => unit(["EXPIRETIME", p.anyKey()], "seconds"),
  },
  {
    name: "PEXPIRETIME",
    weight: 3,
    make: (p) => unit(["PEXPIRETIME", p.anyKey()], "milliseconds"),
  },
  { name: "expiry during the run", weight: 0.35, make: expireSoon },
  keyOnly("PERSIST", 3),
  keyOnly("TYPE", 4),
  { name: "DUMP", weight: 2, make: (p) => unit(["DUMP", p.anyKey()], "kind") },
  { name: "RESTORE", weight: 5, make: restore },
  twoKeys("RENAME", 4),
  twoKeys("RENAMENX", 3),
  { name: "COPY", weight: 5, make: copy },
  {
    name: "MOVE",
    weight: 3,
    make: (p) => unit(["MOVE", p.anyKey(), p.database()]),
  },
  {
    name: "KEYS",
    weight: 3,
    make: (p) => unit(["KEYS", p.pattern()], "unordered"),
  },
  { name: "SCAN", weight: 4, make: scan },
  { name: "RANDOMKEY", weight: 2, make: randomkey },
  { name: "OBJECT", weight: 6, make: object },
];

/**
 * What connections do in the comparison of client-side caching: read, write, track.
 *
 * @module
 */

import type { Random } from "./random.ts";

/** Keys with two prefixes, and one of each collection. */
const STRINGS = ["a:1", "a:2", "b:1", "b", "", "\xff\0"];
const PREFIXES = ["a:", "a:1", "b", "", "zz", "\xff"];

function strings(random: Random): string[] {
  return Array.from(
    { length: random.between(1, 3) },
    () => random.pick(STRINGS),
  );
}

function read(random: Random): string[] {
  const key = random.pick(STRINGS);
  return random.pick([
    ["GET", key],
    ["get", key],
    ["GET", key],
    ["MGET", ...strings(random)],
    ["EXISTS", ...strings(random)],
    ["STRLEN", key],
    ["TTL", key],
    ["TYPE", key],
    ["OBJECT", "ENCODING", key],
    ["HGETALL", "hash"],
    ["SCARD", "set"],
    ["SINTERCARD", "2", "set", "set2"],
    ["ZRANGE", "zset", "0", "-1"],
    ["ZUNION", "2", "zset", "zset2"],
    ["LRANGE", "list", "0", "-1"],
    ["XRANGE", "stream", "-", "+"],
    ["XREAD", "COUNT", "1", "STREAMS", "stream", "stream2", "0", "0"],
    ["XINFO", "GROUPS", "stream"],
    ["DBSIZE"],
    ["LRANGE", key, "0", "1"],
    ["GET"],
  ]);
}

function write(random: Random): string[] {
  const key = random.pick(STRINGS);
  const value = `${random.below(100)}`;
  return random.pick([
    ["SET", key, value],
    ["SET", key, value],
    ["SET", key, value, "EX", "1000"],
    ["SET", key, value, "NX"],
    ["MSET", key, value, random.pick(STRINGS), value],
    ["INCR", key],
    ["APPEND", key, "1"],
    ["GETSET", key, value],
    ["GETDEL", key],
    ["DEL", ...strings(random)],
    ["EXPIRE", key, random.pick(["-1", "1000"])],
    ["PERSIST", key],
    ["RENAME", key, random.pick(STRINGS)],
    ["COPY", key, random.pick(STRINGS), "REPLACE"],
    ["HSET", "hash", "field", value],
    ["HDEL", "hash", "field"],
    ["SADD", random.pick(["set", "set2"]), value],
    ["SMOVE", "set", "set2", value],
    ["SINTERSTORE", "set", "set", "set2"],
    ["ZADD", random.pick(["zset", "zset2"]), value, "m"],
    ["ZREM", "zset", "m"],
    ["LPUSH", "list", value],
    ["LPOP", "list"],
    ["XADD", random.pick(["stream", "stream2"]), "*", "f", value],
    ["XTRIM", "stream", "MAXLEN", "1"],
    ["SET", key],
    ["FLUSHALL"],
    ["FLUSHDB"],
  ]);
}

/** `@n` stands for the id of connection `n`. */
function tracking(random: Random): string[] {
  const on = ["CLIENT", "TRACKING", "ON"];
  const prefixes = () =>
    Array.from({ length: random.below(3) }, () => [
      "PREFIX",
      random.pick(PREFIXES),
    ]).flat();
  const redirect = ["REDIRECT", `@${random.below(4)}`];
  return random.pick([
    on,
    on,
    [...on, "OPTIN"],
    [...on, "OPTOUT"],
    [...on, "NOLOOP"],
    [...on, "BCAST", ...prefixes()],
    [...on, "bcast", "noloop", ...prefixes()],
    [...on, ...prefixes()],
    [...on, ...redirect],
    [...on, ...redirect, "BCAST", ...prefixes()],
    [...on, ...redirect, "OPTIN", "NOLOOP"],
    [...on, ...redirect, ...redirect],
    [...on, "REDIRECT", random.pick(["0", "x", "99999999"])],
    [...on, "OPTIN", "OPTOUT"],
    [...on, "BCAST", "OPTIN"],
    [...on, "JUNK"],
    [...on, "PREFIX"],
    ["CLIENT", "TRACKING", "OFF"],
    ["CLIENT", "TRACKING", "OFF"],
    ["CLIENT", "TRACKING", "OFF", "REDIRECT", "x"],
    ["CLIENT", "TRACKING", "MAYBE"],
    ["CLIENT", "CACHING", "YES"],
    ["CLIENT", "CACHING", "NO"],
    ["CLIENT", "CACHING", "MAYBE"],
    ["CLIENT", "TRACKINGINFO"],
    ["CLIENT", "TRACKINGINFO"],
    ["CLIENT", "INFO"],
  ]);
}

function other(random: Random): string[] {
  return random.pick([
    ["HELLO", "3"],
    ["HELLO", "3"],
    ["HELLO", "3"],
    ["HELLO", "2"],
    ["SUBSCRIBE", "__redis__:invalidate"],
    ["UNSUBSCRIBE"],
    ["UNSUBSCRIBE", "__redis__:invalidate"],
    ["RESET"],
    ["RESET"],
    ["RESET"],
    ["INFO", random.pick(["clients", "stats"])],
  ]);
}

/** One request. */
function request(random: Random): string[] {
  const kind = random.below(20);
  if (kind < 8) return read(random);
  if (kind < 15) return write(random);
  return kind < 18 ? tracking(random) : other(random);
}

/** What one connection sends in its turn. */
export function makeStep(random: Random): string[][] {
  const count = random.pick([1, 1, 1, 1, 2, 3]);
  const requests = Array.from({ length: count }, () => request(random));
  switch (random.below(14)) {
    case 0:
      return [["MULTI"], read(random), write(random), ["EXEC"]];
    case 1:
      return [
        ["CLIENT", "CACHING", random.pick(["YES", "NO"])],
        random.pick([read, write])(random),
        read(random),
      ];
    case 2:
      return [
        ["CLIENT", "CACHING", "YES"],
        ["MULTI"],
        read(random),
        read(random),
        ["EXEC"],
        read(random),
      ];
    case 3:
      return random.below(4) === 0 ? [["QUIT"]] : requests;
    case 4:
      // Its reply is an id: alone, so that no other number is taken for one.
      return [["CLIENT", "GETREDIR"]];
    default:
      return requests;
  }
}

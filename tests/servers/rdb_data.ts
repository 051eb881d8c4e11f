/**
 * Data of every type and encoding that redis-server 7 writes to an RDB file.
 *
 * @module
 */

import {
  type Draw,
  randomType,
  valueCommands,
} from "../fuzz/payload_values.ts";
import type { RequestArgument, RespClient } from "./resp_client.ts";
import { fromLatin1, isErrorReply, textOf } from "./resp_values.ts";

type Request = readonly RequestArgument[];

async function run(client: RespClient, requests: readonly Request[]) {
  const replies = await client.pipeline(requests);
  const bad = replies.find(isErrorReply);
  if (bad !== undefined) throw new Error(`A reply is ${textOf(bad)}`);
}

function numbers(count: number, step = 1): string[] {
  return Array.from({ length: count }, (_, at) => String(at * step));
}

/** A text that packs well. */
function longText(bytes: number): string {
  return "the same again and ".repeat(Math.ceil(bytes / 19)).slice(0, bytes);
}

/** Values at the borders of the encodings. */
function borderRequests(): Request[] {
  const pairs = numbers(600).flatMap((n) => [`field:${n}`, longText(70)]);
  const scores = numbers(600).flatMap((n) => [`${Number(n) / 7}`, `m:${n}`]);
  return [
    ["SET", "int8", "-128"],
    ["SET", "int16", "32767"],
    ["SET", "int32", "-2147483648"],
    ["SET", "int64", "9223372036854775807"],
    ["SET", "number-like", "007"],
    ["SET", "empty", ""],
    ["SET", "lzf", longText(5000)],
    ["SET", "raw", "x".repeat(15000).replace(/x/g, () => "ab")],
    ["SET", longText(300), "a key that is packed"],
    ["SET", "12345", "a key that is a number"],
    ["SET", "", "a key without bytes"],
    ["SADD", "intset16", ...numbers(100)],
    ["SADD", "intset32", ...numbers(100, 100_000)],
    ["SADD", "intset64", "1", "9223372036854775807"],
    ["SADD", "hashtable", ...numbers(700), "text"],
    ["HSET", "hash-listpack", "a", "1", "b", longText(60)],
    ["HSET", "hash-table", ...pairs],
    ["ZADD", "zset-listpack", "-inf", "a", "1.5", "b", "inf", "c"],
    ["ZADD", "zset-skiplist", ...scores],
    ["RPUSH", "list-nodes", ...numbers(5000), longText(9000)],
  ];
}

/** Lists of nodes that hold one long item each, as 7.0 stores those. */
function plainNodeRequests(): Request[] {
  return [
    ["DEBUG", "QUICKLIST-PACKED-THRESHOLD", "1000b"],
    ["RPUSH", "list-plain", "a", longText(3000), "b", "y".repeat(2000)],
    ["DEBUG", "QUICKLIST-PACKED-THRESHOLD", "0"],
  ];
}

/** A stream of several nodes, with groups, consumers and what they owe. */
function streamRequests(key: string): Request[] {
  const requests: Request[] = numbers(300).map((n) => [
    ...["XADD", key, `${1000 + Number(n)}-1`, "field", n],
    ...["other", longText(40)],
  ]);
  requests.push(
    ["XDEL", key, "1005-1", "1007-1"],
    ["XGROUP", "CREATE", key, "all", "0"],
    ["XGROUP", "CREATE", key, "end", "$"],
    ["XGROUP", "CREATECONSUMER", key, "all", "idle one"],
    ["XREADGROUP", "GROUP", "all", "c1", "COUNT", 90, "STREAMS", key, ">"],
    ["XREADGROUP", "GROUP", "all", "c2", "COUNT", 9, "STREAMS", key, ">"],
    ["XACK", key, "all", "1000-1", "1001-1"],
    ["XCLAIM", key, "all", "c2", 0, "1010-1"],
    ["XADD", "stream-empty", "5-1", "a", "b"],
    ["XDEL", "stream-empty", "5-1"],
  );
  return requests;
}

/** Fills `client`'s server: borders of encodings, and `count` random values. */
export async function fillWithAllTypes(
  client: RespClient,
  draw: Draw,
  count: number,
): Promise<void> {
  await run(client, [
    ...borderRequests(),
    ...plainNodeRequests(),
    ...streamRequests("stream"),
    ["SELECT", 15],
    ...streamRequests("stream"),
  ]);
  for (let index = 0; index < count; index++) {
    const key = `random:${index}:${draw(1000)}`;
    const commands = valueCommands(draw, randomType(draw), key);
    await run(client, [
      ["SELECT", draw(4)],
      ...commands.map((words) => words.map(fromLatin1)),
    ]);
    if (draw(3) > 0) continue;
    // What is over by the time of the import is no part of it.
    const life = 100_000_000 + draw(1_000_000);
    await run(client, [["PEXPIRE", key, life]]);
  }
  await run(client, [["SELECT", 0]]);
}

/**
 * Transactions beside redis-server: whole streams cut at random, and several
 * connections that watch each other's keys, one request after another.
 */

import { assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  itemsOf,
  RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  textOf,
  toLatin1,
  withServers,
} from "../servers/mod.ts";
import { encodeCommands, exact } from "./commands.ts";
import { answerToPieces } from "./pieces.ts";
import { Random } from "./random.ts";

const STREAMS = Number(Deno.env.get("LANEKV_STREAMS") ?? 100);
const RACES = Number(Deno.env.get("LANEKV_RACES") ?? 60);
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const CONNECTIONS = 3;

type Server = Pick<ServerProcess, "port">;

/** What changes many keys. */
const SWEEPS: readonly string[][] = [
  ["SWAPDB", "0", "1"],
  ["FLUSHALL"],
  ["FLUSHDB"],
  ["PING"],
];

function dataWords(random: Random): string[] {
  const key = random.pick(["a", "b", "h"]);
  return random.pick([
    ["SET", key, `${random.below(100)}`],
    ["SETNX", key, "1"],
    ["GET", key],
    ["INCR", key],
    ["APPEND", key, "1"],
    ["HSET", "h", key, "1"],
    ["HLEN", "h"],
    ["STRLEN", key],
    ["EXPIRE", key, "1000"],
    ["PERSIST", key],
    ["SETRANGE", key, "2", "x"],
    ["GETBIT", key, "9"],
    ["RENAME", key, "b"],
    ["DEL", key],
    ["HDEL", "h", "a", "b"],
    ["MOVE", key, "1"],
    ["COPY", "a", key, "REPLACE"],
    ["OBJECT", "ENCODING", key],
    ["OBJECT", "NO", key],
    ["OBJECT", "ENCODING"],
    ["DBSIZE"],
    ["PING"],
    ["ECHO", "text"],
    ["SELECT", `${random.below(2)}`],
    random.pick(SWEEPS),
    ["SELECT", "99"],
    ["NOSUCH", key],
    ["GET"],
    ["SET", key],
  ]);
}

function hostWords(random: Random): string[] {
  return random.pick([
    ["CLIENT", "SETNAME", `name${random.below(3)}`],
    ["CLIENT", "GETNAME"],
    ["CLIENT", "GETNAME", "x"],
    ["CLIENT", "NO"],
    ["CONFIG", "GET", "maxmemory"],
    ["CONFIG", "SET", "timeout"],
    random.below(8) === 0 ? ["SAVE"] : ["LASTSAVE", "x"],
    ["AUTH", "x"],
    ["RESET"],
    ["CLIENT", "REPLY", random.pick(["ON", "off", "SKIP"])],
  ]);
}

function words(random: Random): string[] {
  const kind = random.below(10);
  if (kind < 4) {
    return random.pick([
      ["MULTI"],
      ["MULTI"],
      ["EXEC"],
      ["EXEC"],
      ["EXEC"],
      ["DISCARD"],
      ["UNWATCH"],
      ["WATCH", "a"],
      ["WATCH", "b", "h", "b"],
      ["EXEC", "x"],
      ["MULTI", "x"],
      ["WATCH"],
    ]);
  }
  return kind < 9 ? dataWords(random) : hostWords(random);
}

/** A stream that ends with an answer and the end of the connection. */
function makeStream(random: Random): Uint8Array<ArrayBuffer> {
  const parts = Array.from({ length: random.between(1, 40) }, () => {
    const made = words(random);
    if (random.below(4) === 0) return `${made.join(" ")}\r\n`;
    return toLatin1(encodeCommands([exact(...made)]));
  });
  parts.push(
    random.pick(["*1\r\n$x\r\n", "QUIT\r\nPING\r\n", "EXEC\r\nECHO end\r\n"]),
  );
  return fromLatin1(parts.join(""));
}

Deno.test({
  name: `${STREAMS} streams with transactions get redis-server's answers`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      const differences: string[] = [];
      for (let count = 0; count < STREAMS; count++) {
        const bytes = makeStream(random);
        const cuts = random.below(2) === 0
          ? []
          : Array.from({ length: 3 }, () => random.below(bytes.length))
            .sort((a, b) => a - b);
        const expected = await answerToPieces(oracle, bytes, cuts);
        const actual = await answerToPieces(subject, bytes, cuts);
        if (actual === expected) continue;
        const shown = [toLatin1(bytes), actual, expected];
        differences.push(shown.map((text) => JSON.stringify(text)).join("\n"));
      }
      differences.sort((a, b) => a.length - b.length);
      assertEquals(differences.slice(0, 3), [], `${differences.length} differ`);
    }),
});

/** Requests of several connections, each answered before the next is sent. */
function makeRace(random: Random): [connection: number, words: string[]][] {
  return Array.from({ length: 40 }, () => {
    let made = words(random);
    // One request, one answer: what is silent belongs to the streams.
    while (made[1] === "REPLY" || made[0] === "RESET") made = words(random);
    return [random.below(CONNECTIONS), made];
  });
}

async function race(
  server: Server,
  requests: readonly [number, string[]][],
): Promise<string[]> {
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => RespClient.connect(server.port)),
  );
  try {
    await clients[0]!.call("FLUSHALL");
    await clients[1]!.call("HELLO", "3");
    const replies: string[] = [];
    for (const [connection, words] of requests) {
      const bytes = encodeCommands([exact(...words)]);
      const [reply] = await clients[connection]!.exchange(bytes, 1);
      replies.push(`${connection} ${words.join(" ")} → ${toLatin1(reply!)}`);
    }
    return replies;
  } finally {
    for (const client of clients) client.close();
  }
}

/** The replies up to the first that differs. */
function firstDifference(expected: string[], actual: string[]): string[] {
  const at = expected.findIndex((reply, at) => reply !== actual[at]);
  return at < 0 ? [] : [...expected.slice(0, at + 1), `got ${actual[at]}`];
}

Deno.test({
  name: `${RACES} races of watched keys end as redis-server's`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      const random = new Random(SEED);
      for (let count = 0; count < RACES; count++) {
        const requests = makeRace(random);
        const expected = await race(oracle, requests);
        const actual = await race(subject, requests);
        assertEquals(firstDifference(expected, actual), [], `race ${count}`);
      }
    }),
});

/** Fields of CLIENT INFO that tell of transactions. */
function stateIn(line: string): string {
  const fields = line.split(" ");
  return fields.filter((field) => /^(flags|multi|db)=/.test(field)).join(" ");
}

async function state(client: RespClient): Promise<string> {
  return stateIn(textOf(await client.call("CLIENT", "INFO")));
}

/** How CLIENT LIST shows one connection while it goes through a transaction. */
async function states(server: Server): Promise<string[]> {
  using client = await RespClient.connect(server.port);
  const seen: string[] = [];
  for (
    const words of [
      ["SET", "k", "1"],
      ["WATCH", "k"],
      ["MULTI"],
      ["DISCARD"],
      ["WATCH", "k"],
      ["INCR", "k"],
      ["MULTI"],
      ["GET", "k"],
      ["EXEC"],
    ]
  ) {
    await client.call(...words);
    if (words[0] !== "MULTI" && words[0] !== "GET") {
      seen.push(await state(client));
    }
  }
  await client.pipeline([["MULTI"], ["SELECT", "1"], ["CLIENT", "INFO"]]);
  const [, info] = itemsOf(await client.call("EXEC"));
  seen.push(stateIn(textOf(info!)), await state(client));
  return seen;
}

/** How another connection sees one that has queued requests. */
async function queuedStates(server: Server): Promise<string[]> {
  using client = await RespClient.connect(server.port);
  using other = await RespClient.connect(server.port);
  const id = textOf(await client.call("CLIENT", "ID"));
  const seen: string[] = [];
  for (const words of [["MULTI"], ["GET", "k"], ["CLIENT", "GETNAME"]]) {
    await client.call(...words);
    seen.push(stateIn(textOf(await other.call("CLIENT", "LIST", "ID", id))));
  }
  await client.call("EXEC");
  return seen;
}

Deno.test({
  name: "CLIENT LIST shows transactions as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      assertEquals(await states(subject), await states(oracle));
      assertEquals(await queuedStates(subject), await queuedStates(oracle));
    }),
});

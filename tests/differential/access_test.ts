/**
 * OBJECT IDLETIME after every served command with a key: the commands that
 * count as a use of a key are redis-server's.
 */

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/commands/mod.ts";
import {
  formatReply,
  fromLatin1,
  hasRedis,
  type RespClient,
  type RespValue,
  type ServerProcess,
  startRedis,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";
import { ACCESS_REQUESTS, WITHOUT_REQUEST } from "./access_cases.ts";

/** How long the keys have not been used before each request. */
const IDLE_SECONDS = 1000;

/** Requests that make a value of each type; the number is none that redis-server shares. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  text: ["SET sample some-text"],
  number: ["SET sample 123456"],
  long: [`SET sample ${"x".repeat(500)}`],
  hash: ["HSET sample f0 v f1 12"],
  list: ["RPUSH sample e0 e1 12"],
  set: ["SADD sample m0 12"],
  sortedSet: ["ZADD sample 1 m0 2 m1"],
  hyperloglog: ["PFADD sample a b"],
  stream: ["XADD sample 1-1 f v"],
  group: [
    "XADD sample 1-1 f v",
    "XADD sample 2-1 f v",
    "XGROUP CREATE sample g 0",
    "XREADGROUP GROUP g c COUNT 1 STREAMS sample >",
  ],
};

/** Where keys are before a request: it runs in the first, MOVE finds one taken in the other. */
const DATABASES = ["0", "2"];

function ask(client: RespClient, requests: readonly (readonly string[])[]) {
  return client.pipeline(requests.map((words) => words.map(fromLatin1)));
}

async function makePayloads(client: RespClient): Promise<[string, string][]> {
  const payloads: [string, string][] = [];
  for (const [type, requests] of Object.entries(VALUES)) {
    const words = requests.map((request) => request.split(" "));
    await ask(client, [["DEL", "sample"], ...words]);
    payloads.push([type, textOf(await client.call("DUMP", "sample"))]);
  }
  return payloads;
}

/** Requests that leave the keys, made from `payload`, and nothing else. */
function makeKeys(payload: string, ttlMs: string): string[][] {
  const idle = `${IDLE_SECONDS}`;
  const keys = DATABASES.flatMap((database) => [
    ["SELECT", database],
    ["RESTORE", "K", ttlMs, payload, "IDLETIME", idle],
    ["RESTORE", "O", ttlMs, payload, "IDLETIME", idle],
  ]);
  return [["FLUSHALL"], ...keys, ["SELECT", DATABASES[0]!]];
}

const QUESTIONS: readonly (readonly string[])[] = [...DATABASES, "1"].flatMap(
  (database) => [
    ["SELECT", database],
    ...["K", "O", "N"].map((key) => ["OBJECT", "IDLETIME", key]),
  ],
);

function useOf(reply: RespValue): string {
  if (reply.tag !== ":") return formatReply(reply);
  return Number(textOf(reply)) < IDLE_SECONDS ? "used" : "idle";
}

/** What `client` says of each key after `request`, with `keys` made before. */
async function usesAfter(
  client: RespClient,
  keys: string[][],
  request: string,
): Promise<string> {
  const requests = [...keys, request.split(" "), ...QUESTIONS];
  const replies = (await ask(client, requests)).slice(-QUESTIONS.length);
  return QUESTIONS.map(([name, word, key], at) =>
    name === "SELECT" ? `db${word}` : `${key} ${useOf(replies[at]!)}`
  ).join(" ");
}

/** How many hits and misses `client` counts for `request`, with `keys` made before. */
async function lookupsOf(
  client: RespClient,
  keys: string[][],
  request: string,
): Promise<string> {
  const replies = await ask(client, [
    ...keys,
    ["CONFIG", "RESETSTAT"],
    request.split(" "),
    ["INFO", "stats"],
  ]);
  const counts = /keyspace_hits:\d+\r\nkeyspace_misses:\d+/;
  return counts.exec(textOf(replies.at(-1)!))![0].replace("\r\n", " ");
}

Deno.test("every served command with a key has a request here", () => {
  const names = new Set(
    ACCESS_REQUESTS.map((request) => request.split(" ")[0]!.toLowerCase()),
  );
  const missing = COMMANDS.filter(({ name, home, keySpecs, subcommands }) =>
    home !== "none" &&
    [keySpecs, ...subcommands.map((row) => row.keySpecs)].flat().length > 0 &&
    !names.has(name)
  );
  assertEquals(missing.map(({ name }) => name), WITHOUT_REQUEST);
});

/** Each request with each value, kept for ever or not: what `look` finds on both servers. */
async function differences(
  redis: ServerProcess,
  subject: ServerProcess,
  look: typeof usesAfter,
): Promise<string[]> {
  using oracle = await redis.connect();
  using client = await subject.connect();
  const found: string[] = [];
  for (const [type, payload] of await makePayloads(oracle)) {
    for (const request of ACCESS_REQUESTS) {
      for (const ttlMs of ["0", "5000000"]) {
        const keys = makeKeys(payload, ttlMs);
        const [wanted, given] = await Promise.all([
          look(oracle, keys, request),
          look(client, keys, request),
        ]);
        if (wanted === given) continue;
        found.push(`${request}, ${type}, ttl ${ttlMs}: ${given} for ${wanted}`);
      }
    }
  }
  return found;
}

Deno.test({
  name: "OBJECT IDLETIME tells the uses of keys that redis-server tells",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      assertEquals(await differences(redis, subject, usesAfter), []);
    }),
});

Deno.test({
  name: "INFO counts the hits and misses of lookups that redis-server counts",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      assertEquals(await differences(redis, subject, lookupsOf), []);
    }),
});

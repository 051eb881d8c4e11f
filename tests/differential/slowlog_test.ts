/** SLOWLOG and LATENCY after the same commands, against redis-server. */

import { assert, assertEquals } from "@std/assert";
import {
  fromLatin1,
  hasRedis,
  itemsOf,
  type RespClient,
  type ServerProcess,
  startRedis,
  startSubject,
  textOf,
  withServers,
} from "../servers/mod.ts";

interface Entry {
  readonly words: readonly string[];
  readonly name: string;
}

/** Entries of the slow log, oldest first; checks what cannot be compared. */
async function slowLog(client: RespClient): Promise<readonly Entry[]> {
  const entries = itemsOf(await client.call("SLOWLOG", "GET", "-1")).map(
    (entry) => {
      const [id, seconds, us, words, address, name] = itemsOf(entry);
      assert(Math.abs(+textOf(seconds!) - Date.now() / 1000) < 30);
      assert(+textOf(us!) >= 0 && /^127\.0\.0\.1:\d+$/.test(textOf(address!)));
      return {
        id: +textOf(id!),
        words: itemsOf(words!).map(textOf),
        name: textOf(name!),
      };
    },
  ).reverse();
  const first = entries[0]!.id;
  assertEquals(
    entries.map(({ id }) => id - first),
    entries.map((_, at) => at),
  );
  return entries.map(({ words, name }) => ({ words, name }));
}

const MANY = Array.from({ length: 40 }, (_, at) => `k${at}`);

const COMMANDS: readonly (readonly string[])[] = [
  ["SET", "a", "1"],
  ["get", "a"],
  ["SET", "a", "x".repeat(128)],
  ["SET", "a", "\xff\x00".repeat(100)],
  ["DEL", ...MANY],
  ["DEL", ...MANY.slice(0, 31)],
  ["HSET", "h", "f", "v"],
  ["PING"],
  ["ECHO", "y".repeat(129)],
  ["CLIENT", "SETNAME", "tester"],
  ["CLIENT", "GETNAME"],
  ["CONFIG", "SET", "timeout", "0", "requirepass", "secret"],
  ["AUTH", "secret"],
  ["AUTH", "default", "wrong"],
  ["HELLO", "2", "AUTH", "default", "secret", "SETNAME", "other"],
  ["CONFIG", "SET", "requirepass", ""],
  ["NOSUCH"],
  ["GET"],
  ["CONFIG", "GET"],
  ["CONFIG", "NOSUCH"],
  ["HGET", "a", "f"],
  ["INFO", "server"],
  ["SLOWLOG", "LEN"],
];

async function record(server: ServerProcess): Promise<readonly Entry[]> {
  using client = await server.connect();
  await client.call("CONFIG", "SET", "slowlog-max-len", "1000");
  await client.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
  await client.call("SLOWLOG", "RESET");
  for (const words of COMMANDS) await client.call(...words.map(fromLatin1));
  return await slowLog(client);
}

Deno.test({
  name: "SLOWLOG keeps the same commands as redis-server",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      const [wanted, given] = [await record(redis), await record(subject)];
      assert(wanted.length > 15, `${wanted.length}`);
      assertEquals(given, wanted);
    }),
});

async function latest(server: ServerProcess): Promise<readonly string[]> {
  using client = await server.connect();
  await client.call("CONFIG", "SET", "latency-monitor-threshold", "20");
  await client.call("DEBUG", "SLEEP", "0.05");
  const [event] = itemsOf(await client.call("LATENCY", "LATEST"));
  const [name, seconds, ms, most] = itemsOf(event!).map(textOf);
  assert(Math.abs(+seconds! - Date.now() / 1000) < 30);
  assert(+ms! >= 50 && +most! >= +ms!, `${ms} ${most}`);
  const reset = textOf(await client.call("LATENCY", "RESET"));
  return [name!, reset, textOf(await client.call("LATENCY", "RESET"))];
}

Deno.test({
  name: "LATENCY records slow commands as redis-server does",
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (redis, subject) => {
      assertEquals(await latest(subject), await latest(redis));
    }),
});

Deno.test("SLOWLOG and LATENCY notice a slow command of the core", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    await client.call("CONFIG", "SET", "latency-monitor-threshold", "1");
    await client.call("CONFIG", "SET", "slowlog-log-slower-than", "1000");
    await client.call("SETRANGE", "big", String(100_000_000), "x");
    await client.call("BITCOUNT", "big");
    const entries = await slowLog(client);
    assertEquals(
      entries.map(({ words }) => words[0]).filter((name) => name !== "CONFIG"),
      ["SETRANGE", "BITCOUNT"],
    );
    const events = itemsOf(await client.call("LATENCY", "LATEST"));
    // Other events are of the disk, if that was slow as well.
    const names = events.map((event) => textOf(itemsOf(event)[0]!));
    assert(names.includes("command"), names.join());
  }));

/** DEBUG RELOAD and LOADAOF: memory is emptied and comes back from the disk. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type RespClient,
  type ServerProcess,
  startLanekv,
  withServers,
} from "./mod.ts";

const RELOADS = [["RELOAD"], ["LOADAOF"], ["RELOAD", "NOSAVE"]] as const;

async function fill(client: RespClient): Promise<void> {
  await client.call("DEBUG", "POPULATE", "5000", "key", "40");
  await client.call("SELECT", "7");
  await client.call("SET", "big", "x".repeat(3_000_000));
  await client.call("SET", "due", "later", "PX", "1000000");
  for (let at = 0; at < 300; at++) {
    await client.call("HSET", `hash:${at % 3}`, `field${at}`, `value${at}`);
    await client.call("XADD", "stream", `1-${at + 1}`, "f", String(at));
  }
  await client.call("SELECT", "0");
}

async function facts(client: RespClient): Promise<readonly unknown[]> {
  return [
    await client.plain("DEBUG", "DIGEST"),
    await client.plain("DBSIZE"),
    // Times to live run down meanwhile.
    String(await client.plain("INFO", "keyspace")).replace(/avg_ttl=\d+/g, ""),
  ];
}

Deno.test("DEBUG RELOAD and LOADAOF change no data, nor does a restart", () =>
  withServers([startLanekv({ durability: "always" })], async (server) => {
    using client = await server.connect();
    await fill(client);
    await client.call("SAVE");
    await client.call("SET", "after", "the snapshot");
    const before = await facts(client);
    for (const words of RELOADS) {
      assertEquals(await client.plain("DEBUG", ...words), "OK");
      assertEquals(await facts(client), before, words.join(" "));
    }
    assertEquals(await client.plain("GET", "after"), "the snapshot");
    assertEquals(await client.plain("SET", "after", "reloads"), "OK");
    const last = await facts(client);
    assertEquals(await server.stop(), 0);
    await server.restart();
    using again = await server.connect();
    assertEquals(await facts(again), last);
  }));

/** Counts up until told to stop; every reply must be one more than the last. */
async function count(
  client: RespClient,
  isOver: () => boolean,
): Promise<number> {
  let expected = 0;
  while (!isOver()) {
    assertEquals(await client.plain("INCR", "count"), ++expected);
    assertEquals(await client.plain("GET", "count"), String(expected));
  }
  return expected;
}

Deno.test("DEBUG RELOAD and LOADAOF let other clients wait, not go wrong", () =>
  withServers([startLanekv()], async (server) => {
    using client = await server.connect({ timeoutMs: 60_000 });
    await client.call("DEBUG", "POPULATE", "20000");
    using other = await server.connect({ timeoutMs: 60_000 });
    let isOver = false;
    const counting = count(other, () => isOver);
    for (let round = 0; round < 3; round++) {
      for (const words of RELOADS) {
        assertEquals(await client.plain("DEBUG", ...words), "OK");
      }
    }
    isOver = true;
    const counted = await counting;
    assert(counted > 0);
    assertEquals(await client.plain("GET", "count"), String(counted));
    assertEquals(await client.plain("DBSIZE"), 20_001);
  }));

async function damage(server: ServerProcess): Promise<void> {
  for await (const { name } of Deno.readDir(server.dir)) {
    if (!name.endsWith(".snap")) continue;
    const path = `${server.dir}/${name}`;
    const bytes = await Deno.readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(path, bytes);
    return;
  }
  throw new Error("There is no snapshot to damage");
}

Deno.test("DEBUG LOADAOF of a damaged snapshot is an error and changes nothing", () =>
  withServers([startLanekv()], async (server) => {
    using client = await server.connect();
    await fill(client);
    await client.call("SAVE");
    const before = await facts(client);
    await damage(server);
    const [reply] = await client.exchange(
      new TextEncoder().encode("DEBUG LOADAOF\r\n"),
      1,
    );
    const text = new TextDecoder().decode(reply);
    assertStringIncludes(text, "-ERR Cannot load the snapshot: ");
    assertStringIncludes(text, ".snap");
    assertEquals(await facts(client), before);
    assertEquals(await client.plain("DEBUG", "RELOAD"), "OK");
    assertEquals(await facts(client), before);
  }));

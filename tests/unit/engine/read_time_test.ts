import { assertEquals } from "@std/assert";
import { EXPIRY_HURRY_MS } from "../../../src/config/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { Bench, turn } from "./harness.ts";

// -- A node alone --

Deno.test("reads take no key for due that an entry on its way may still find", async () => {
  const bench = new Bench();
  const [writer, other, reader] = [
    bench.connect(),
    bench.connect(),
    bench.connect(),
  ];
  const look = () => {
    bench.receive(reader, "GET k\r\n");
    return bench.take(reader);
  };
  bench.receive(writer, "SET k v PX 100\r\n");
  await bench.settle();
  bench.take(writer);
  bench.clock.advance(90);
  bench.receive(writer, "PEXPIRE k 1000\r\n");
  await turn();
  bench.clock.advance(90);
  bench.receive(other, "SET other 1\r\n");
  await turn();
  assertEquals(look(), "$1\r\nv\r\n", "the older of two entries decides");
  bench.commit();
  assertEquals(bench.take(writer), ":1\r\n");
  assertEquals(look(), "$1\r\nv\r\n");
  await bench.settle();
  bench.clock.advance(1000);
  assertEquals(look(), "$-1\r\n");
});

Deno.test("no entry is older than a read before it, though the clock falls", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET k v PX 100\r\n");
  await bench.settle();
  bench.take(client);
  bench.clock.advance(200);
  bench.receive(client, "GET k\r\n");
  bench.clock.advance(-150);
  bench.receive(client, "GET k\r\nPERSIST k\r\n");
  await bench.settle();
  assertEquals(bench.take(client), "$-1\r\n$-1\r\n:0\r\n");
});

// -- A node of a group --

/** A member that leads, and a client of it that has set the key `k` for 100 ms. */
async function member(): Promise<{ bench: Bench; client: Client }> {
  const reads = { permits: () => true, ask: () => true };
  const bench = new Bench({ reads });
  const client = bench.connect();
  bench.receive(client, "SET k v PX 100\r\n");
  await bench.settle();
  bench.take(client);
  return { bench, client };
}

function ask(bench: Bench, client: Client, request: string): string {
  bench.receive(client, `${request}\r\n`);
  return bench.take(client);
}

const THERE = "$1\r\nv\r\n";
const GONE = "$-1\r\n";

Deno.test("in a group a key is there until the log removes it, which reads hurry", async () => {
  const { bench, client } = await member();
  bench.clock.advance(200);
  assertEquals(ask(bench, client, "GET k"), THERE);
  await turn();
  assertEquals(bench.log.proposals.length, 2, "its removal is proposed");
  assertEquals(ask(bench, client, "GET k"), THERE);
  bench.commit();
  assertEquals(ask(bench, client, "GET k"), GONE);
});

Deno.test("in a group a key that is gone for an entry is gone for reads behind it", async () => {
  const { bench, client } = await member();
  bench.engine.setExpiring(false);
  bench.clock.advance(200);
  assertEquals(ask(bench, client, "GET k"), THERE);
  bench.receive(client, "SET other 1\r\n");
  await bench.settle();
  bench.take(client);
  assertEquals(ask(bench, client, "GET k"), GONE);
});

Deno.test("reads hurry the removal of keys only so often", async () => {
  const { bench, client } = await member();
  bench.receive(client, "SET l v PX 101\r\n");
  await bench.settle();
  bench.take(client);
  const proposed = () => bench.log.proposals.length;
  bench.clock.advance(100);
  ask(bench, client, "GET k");
  await bench.settle();
  assertEquals(proposed(), 3);
  bench.clock.advance(1);
  assertEquals(ask(bench, client, "GET l"), THERE);
  await turn();
  assertEquals(proposed(), 3);
  bench.clock.advance(EXPIRY_HURRY_MS);
  ask(bench, client, "GET l");
  await turn();
  assertEquals(proposed(), 4);
});

Deno.test("a node that does not lead goes by the log as well, and proposes nothing", async () => {
  const { bench, client } = await member();
  bench.engine.standing.stepDown();
  bench.take(client);
  bench.clock.advance(200);
  assertEquals(ask(bench, client, "GET k"), THERE);
  await turn();
  assertEquals(bench.log.proposals.length, 1);
});

Deno.test("in a group what is left of a key's time goes by the clock", async () => {
  const { bench, client } = await member();
  bench.clock.advance(60);
  assertEquals(ask(bench, client, "PTTL k"), ":40\r\n");
});

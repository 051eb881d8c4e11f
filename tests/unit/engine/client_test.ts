/** A client's life in the engine: held, killed, silent, gone. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type { HostOutcome } from "../../../src/engine/mod.ts";
import { Bench, encode, turn } from "./harness.ts";

const VALUE = "v".repeat(500);

/** A bench whose key `big` holds 500 bytes. */
async function benchWithValue(options = {}): Promise<Bench> {
  const bench = new Bench(options);
  const writer = bench.connect();
  bench.receive(writer, `SET big ${VALUE}\r\n`);
  await bench.settle();
  return bench;
}

// -- The bound of unread replies --

Deno.test("a client that does not read its replies is not read, chunk after chunk", async () => {
  const bench = await benchWithValue({ backlogBytesMax: 1024 });
  const client = bench.connect();
  const port = bench.port(client);
  port.isClogged = true;
  let chunks = 1;
  while (bench.receive(client, "GET big\r\n")) {
    assert(++chunks < 10, "it is held at the bound");
  }
  assertEquals([chunks, client.state], [3, "held"]);
  assert(port.isAwaited && port.backlogBytes < 2048);
  port.drain();
  assertEquals([client.state, port.resumes], ["reading", 1]);
});

Deno.test("a pipeline of large replies goes on only as they are read", async () => {
  const bench = await benchWithValue({ backlogBytesMax: 1024 });
  const client = bench.connect();
  const port = bench.port(client);
  port.isClogged = true;
  const count = 5000;
  bench.receive(client, "GET big\r\n".repeat(count));
  const replyBytes = VALUE.length + 8;
  let most = port.backlogBytes;
  let drains = 0;
  while (port.isAwaited) {
    assert(++drains <= count, "it ends");
    port.drain();
    most = Math.max(most, port.backlogBytes);
  }
  assertEquals(port.sent.length, count * replyBytes);
  assert(drains > 5, `${drains} drains`);
  assert(most < 512 * 1024, `${most} bytes waited`);
});

Deno.test("a pipeline of host commands goes on only as replies are read", () => {
  const bench = new Bench({ backlogBytesMax: 1024 });
  const client = bench.connect();
  const port = bench.port(client);
  port.isClogged = true;
  bench.host = () => ({ reply: encode(`$500\r\n${VALUE}\r\n`) });
  bench.receive(client, "CLIENT INFO\r\n".repeat(100));
  let most = port.backlogBytes;
  while (port.isAwaited) {
    port.drain();
    most = Math.max(most, port.backlogBytes);
  }
  assertEquals(port.sent.length, 100 * 508);
  assert(most <= 1024 + 508, `${most} bytes waited`);
});

Deno.test("a clogged client does not hold others back", async () => {
  const bench = await benchWithValue({ backlogBytesMax: 100 });
  const [slow, quick] = [bench.connect(), bench.connect()];
  bench.port(slow).isClogged = true;
  bench.receive(slow, "GET big\r\nSET a 1\r\n");
  bench.receive(quick, "SET b 1\r\nGET b\r\n");
  await bench.settle();
  assertEquals(bench.take(quick), "+OK\r\n$1\r\n1\r\n");
});

// -- Host commands --

Deno.test("a host command that takes time holds its client alone", async () => {
  const bench = new Bench();
  const [slow, quick] = [bench.connect(), bench.connect()];
  const later = Promise.withResolvers<Uint8Array>();
  bench.host = () => ({ reply: new Uint8Array(0), later: later.promise });
  assertEquals(bench.receive(slow, "DEBUG SLEEP 1\r\nPING\r\n"), false);
  assertEquals([slow.state, bench.take(slow)], ["held", ""]);
  bench.receive(quick, "PING\r\n");
  assertEquals(bench.take(quick), "+PONG\r\n");
  later.resolve(encode("+SLEPT\r\n"));
  await turn();
  assertEquals(bench.take(slow), "+SLEPT\r\n+PONG\r\n");
  assertEquals([slow.state, bench.port(slow).resumes], ["reading", 1]);
});

Deno.test("a host command's late answer finds its client gone", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const later = Promise.withResolvers<Uint8Array>();
  bench.host = () => ({ reply: new Uint8Array(0), later: later.promise });
  bench.receive(client, "DEBUG SLEEP 1\r\n");
  bench.engine.disconnected(client);
  later.resolve(encode("+SLEPT\r\n"));
  await turn();
  assertEquals(bench.take(client), "");
});

Deno.test("a client's last command ends it; what follows does not run", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = (): HostOutcome => ({ reply: encode("+OK\r\n"), isLast: true });
  assertEquals(bench.receive(client, "QUIT\r\nSET a 1\r\n"), false);
  await turn();
  assertEquals(bench.take(client), "+OK\r\n");
  assertEquals([client.state, bench.port(client).end], ["closing", "finished"]);
  assertEquals(bench.log.proposals.length, 0);
});

Deno.test("a host command may kill its own client", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = (self) => {
    bench.engine.disconnected(self);
    return { reply: encode("+OK\r\n") };
  };
  assertEquals(bench.receive(client, "CLIENT KILL x\r\nPING\r\n"), false);
  assertEquals([bench.take(client), bench.engine.clients.size], ["", 0]);
});

Deno.test("CLIENT REPLY silences data and host commands alike", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const { core } = bench;
  bench.host = (_, [, , mode]) => {
    const flags = core.flags(client.session) & ~12;
    if (mode === "OFF") core.setFlags(client.session, flags | 4);
    if (mode === "SKIP") core.setFlags(client.session, flags | 16);
    if (mode === "ON") core.setFlags(client.session, flags);
    const isSaid = mode === "ON" || mode === "TRACE";
    return { reply: encode(isSaid ? `+${mode}\r\n` : "") };
  };
  const say = async (...lines: string[]) => {
    bench.receive(client, lines.map((line) => `${line}\r\n`).join(""));
    await bench.settle();
    return bench.take(client);
  };
  assertEquals(
    await say("CLIENT REPLY SKIP", "PING", "SET a 1", "GET a"),
    "+OK\r\n$1\r\n1\r\n",
  );
  assertEquals(
    await say("CLIENT REPLY SKIP", "CLIENT REPLY TRACE", "PING"),
    "+PONG\r\n",
  );
  assertEquals(
    await say("CLIENT REPLY OFF", "PING", "SET a 2", "CLIENT REPLY TRACE"),
    "",
  );
  assertEquals(
    await say("GET a", "CLIENT REPLY ON", "GET a"),
    "+ON\r\n$1\r\n2\r\n",
  );
});

// -- Ends --

Deno.test("a client that goes while its write is on its way harms nobody", async () => {
  const bench = new Bench();
  const [gone, other] = [bench.connect(), bench.connect()];
  bench.receive(gone, "INCR n\r\nGET n\r\n");
  bench.receive(other, "INCR n\r\n");
  await turn();
  bench.engine.disconnected(gone);
  assertEquals([...bench.engine.clients.keys()], [other.id]);
  const next = bench.connect();
  assert(next.session !== gone.session, "its session is still in the batch");
  bench.commit();
  assertEquals([bench.take(gone), bench.take(other)], ["", ":2\r\n"]);
  bench.receive(other, "GET n\r\n");
  assertEquals(bench.take(other), "$1\r\n2\r\n");
  assertEquals(bench.core.check(), 0);
});

Deno.test("a client that goes while it waits for room in a batch is forgotten", async () => {
  const bench = new Bench({}, { batchesInFlightMax: 1 });
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "SET a 1\r\n");
  await turn();
  bench.receive(two, "SET a 2\r\n");
  bench.engine.disconnected(two);
  await bench.settle();
  bench.receive(one, "GET a\r\n");
  assertEquals(bench.take(one), "+OK\r\n$1\r\n2\r\n");
  assertEquals(bench.core.check(), 0);
});

Deno.test("Engine.disconnected() is called once a client", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.engine.disconnected(client);
  assertThrows(() => bench.engine.disconnected(client), AssertionError);
});

Deno.test("a protocol error is answered behind what came before, then it is over", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1\r\n*1\r\n$-9\r\nPING\r\n");
  await bench.settle();
  assertEquals(
    bench.take(client),
    "+OK\r\n-ERR Protocol error: invalid bulk length\r\n",
  );
  assertEquals([client.state, bench.port(client).end], ["closing", "finished"]);
});

Deno.test("Engine numbers clients and never uses a number twice", () => {
  const bench = new Bench();
  const clients = [bench.connect(), bench.connect()];
  bench.engine.disconnected(clients[0]!);
  clients.push(bench.connect());
  assertEquals(clients.map(({ id }) => id), [1, 2, 3]);
  assertEquals([...bench.engine.clients.keys()], [2, 3]);
});

Deno.test("Engine counts bytes and notes times of a client", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const createdMs = bench.clock.wallMs();
  bench.clock.advance(5000);
  bench.receive(client, "SET a 1\r\n");
  await bench.settle();
  assertEquals([client.bytesIn, client.bytesOut], [9, 5]);
  assertEquals([client.createdMs, client.usedMs], [
    createdMs,
    createdMs + 5000,
  ]);
});

Deno.test("Engine asks the log for news before it serves", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "PING\r\n");
  assertEquals(bench.log.polls, 1);
});

Deno.test("a write whose batch has no room waits for the next batch", async () => {
  const bench = new Bench({}, { batchesInFlightMax: 1 });
  const first = bench.connect();
  bench.receive(first, "SET first 1\r\n");
  await turn();
  // Batches are bounded: large values of many clients fill the gathering one.
  const value = "x".repeat(2_000_000);
  const clients = Array.from({ length: 20 }, () => bench.connect());
  for (const [at, client] of clients.entries()) {
    const key = `k${at}`;
    bench.receive(
      client,
      `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`,
    );
  }
  const held = clients.filter(({ state }) => state === "held").length;
  assert(held > 0, "the batch is full before all have written");
  await bench.settle();
  assertEquals(
    clients.map((client) => bench.take(client)),
    clients.map(() => "+OK\r\n"),
  );
  assert(bench.log.proposals.length > 2, "more than one batch was needed");
  assertEquals(bench.core.check(), 0);
});

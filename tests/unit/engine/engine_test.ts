import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Bench, encode, turn } from "./harness.ts";

// -- Order --

Deno.test("Engine answers reads within the turn and reads on", () => {
  const bench = new Bench();
  const client = bench.connect();
  assertEquals(bench.receive(client, "PING\r\nGET a\r\n"), true);
  assertEquals(bench.take(client), "+PONG\r\n$-1\r\n");
  assertEquals([client.state, bench.log.proposals.length], ["reading", 0]);
});

Deno.test("Engine holds a client with a write until it is committed", async () => {
  const bench = new Bench();
  const client = bench.connect();
  assertEquals(bench.receive(client, "SET a 1\r\nGET a\r\n"), false);
  await turn();
  assertEquals([client.state, bench.take(client)], ["committing", ""]);
  assertEquals(bench.log.proposals.length, 1);
  bench.commit();
  assertEquals(bench.take(client), "+OK\r\n$1\r\n1\r\n");
  assertEquals([client.state, bench.port(client).resumes], ["reading", 1]);
});

Deno.test("Engine keeps a pipeline's order over reads, writes and host commands", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = (_, words) => ({ reply: encode(`+${words.join(" ")}\r\n`) });
  bench.receive(
    client,
    "GET a\r\nSET a 1\r\nINCR a\r\nCLIENT ID\r\nGET a\r\nINCR a\r\nCONFIG GET x\r\nGET a\r\n",
  );
  assertEquals(bench.take(client), "$-1\r\n");
  await bench.settle();
  assertEquals(
    bench.take(client),
    "+OK\r\n:2\r\n+CLIENT ID\r\n$1\r\n2\r\n:3\r\n+CONFIG GET x\r\n$1\r\n3\r\n",
  );
  assertEquals(bench.log.proposals.length, 2, "one entry a run of writes");
});

Deno.test("Engine answers alike however a pipeline is cut into chunks", async () => {
  const lines = [
    ...["SET k 1", "INCR k", "GET k", "PING", "HSET h f v", "HGETALL h"],
    ...["CLIENT ID", "DEL k", "GET k", "APPEND b xyz", "STRLEN b"],
  ];
  const text = lines.map((line) => `${line}\r\n`).join("");
  const replies: string[] = [];
  for (const size of [text.length, 1, 2, 3, 7, 16, 50]) {
    const bench = new Bench();
    const client = bench.connect();
    for (let at = 0; at < text.length; at += size) {
      bench.receive(client, text.slice(at, at + size));
      await bench.settle();
    }
    replies.push(bench.take(client));
  }
  assertEquals(new Set(replies).size, 1, replies.join("\n---\n"));
  assert(replies[0]!.endsWith("$-1\r\n:3\r\n:3\r\n"), replies[0]);
});

Deno.test("Engine puts the writes of one turn into one entry", async () => {
  const bench = new Bench();
  const clients = [bench.connect(), bench.connect(), bench.connect()];
  for (const client of clients) bench.receive(client, "INCR n\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 1);
  bench.commit();
  assertEquals(clients.map((client) => bench.take(client)), [
    ":1\r\n",
    ":2\r\n",
    ":3\r\n",
  ]);
});

Deno.test("Engine answers each client its own writes, from many clients and turns", async () => {
  const bench = new Bench();
  const clients = Array.from({ length: 40 }, () => bench.connect());
  const counts = clients.map(() => 0);
  for (let round = 0; round < 30; round++) {
    for (const [at, client] of clients.entries()) {
      if ((at * 7 + round * 3) % 4 === 0) continue;
      if (client.state !== "reading") continue;
      bench.receive(client, `INCR own:${at}\r\nINCR all\r\n`);
      counts[at]!++;
    }
    await turn();
    if (round % 3 !== 0) await bench.settle();
  }
  await bench.settle();
  const totals: number[] = [];
  for (const [at, client] of clients.entries()) {
    const numbers = bench.take(client).match(/\d+/g)!.map(Number);
    const own = numbers.filter((_, index) => index % 2 === 0);
    assertEquals(own, own.map((_, index) => index + 1), `client ${at}`);
    assertEquals(own.length, counts[at]);
    totals.push(...numbers.filter((_, index) => index % 2 === 1));
  }
  totals.sort((a, b) => a - b);
  assertEquals(totals, totals.map((_, index) => index + 1));
});

// -- Proposing and applying --

Deno.test("Engine has no more batches in flight than it may; the next one gathers", async () => {
  const bench = new Bench({}, { batchesInFlightMax: 2 });
  const clients = Array.from({ length: 5 }, () => bench.connect());
  for (const client of clients) {
    bench.receive(client, "INCR n\r\n");
    await turn();
  }
  assertEquals([bench.log.proposals.length, bench.engine.batchesInFlight], [
    2,
    2,
  ]);
  bench.commit();
  assertEquals(bench.log.proposals.length, 3, "three clients share the third");
  bench.commit(2);
  assertEquals(clients.map((client) => bench.take(client)), [
    ":1\r\n",
    ":2\r\n",
    ":3\r\n",
    ":4\r\n",
    ":5\r\n",
  ]);
  assertEquals([bench.engine.isQuiet, bench.engine.appliedIndex], [true, 3]);
});

Deno.test("Engine applies several committed proposals at their own index", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "SET a 1\r\n");
  await turn();
  bench.receive(two, "SET b 2\r\n");
  await turn();
  bench.engine.committed(12, 2);
  assertEquals(bench.engine.appliedIndex, 12);
  assertEquals(bench.core.header.get("appliedIndex"), 12);
  assertEquals([bench.take(one), bench.take(two)], ["+OK\r\n", "+OK\r\n"]);
});

Deno.test("Engine keeps an entry that the log has no room for, and its order", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.log.room = 0;
  bench.receive(one, "APPEND a x\r\n");
  await turn();
  bench.receive(two, "APPEND a y\r\n");
  await turn();
  bench.engine.onLogRoom();
  assertEquals(bench.log.proposals.length, 0, "there still was none");
  bench.log.room = 1;
  bench.engine.onLogRoom();
  assertEquals(bench.log.proposals.map(({ id }) => id), [1]);
  bench.log.room = Infinity;
  bench.engine.onLogRoom();
  await bench.settle();
  assertEquals(bench.log.proposals.map(({ id }) => id), [1, 2]);
  assertEquals([bench.take(one), bench.take(two)], [":1\r\n", ":2\r\n"]);
});

Deno.test("Engine.onLogRoom() without a refused entry does nothing", () => {
  const bench = new Bench();
  bench.engine.onLogRoom();
  assertEquals(bench.log.proposals.length, 0);
});

Deno.test("Engine refuses commits of what it did not propose", () => {
  const bench = new Bench();
  assertThrows(() => bench.engine.committed(1, 1), AssertionError);
});

Deno.test("entries carry times that never fall, though the clock does", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1 PX 1000\r\n");
  await bench.settle();
  const appliedMs = bench.core.header.get("appliedTimeMs");
  bench.clock.advance(-60_000);
  bench.receive(client, "SET b 1\r\n");
  await bench.settle();
  assertEquals(bench.core.header.get("appliedTimeMs"), appliedMs);
});

Deno.test("Engine.replay() and restored() bring back what entries made", async () => {
  const bench = new Bench();
  const client = bench.connect();
  for (const line of ["SET a 1", "INCR a", "HSET h f v"]) {
    bench.receive(client, `${line}\r\n`);
    await bench.settle();
  }
  const again = new Bench();
  for (const [at, { entry }] of bench.log.proposals.entries()) {
    again.engine.replay(entry, at + 1);
  }
  again.engine.replay(new Uint8Array(0), 4);
  assertEquals(again.core.digest(1n, true), bench.core.digest(1n, true));
  assertEquals(again.engine.appliedIndex, 4);
});

// -- Expiry --

Deno.test("Engine.tick() proposes to remove due keys, when no write carries it", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1 PX 100\r\nSET b 1 PX 100\r\n");
  await bench.settle();
  bench.engine.tick(1);
  assertEquals(bench.log.proposals.length, 1, "nothing is due");
  bench.clock.advance(200);
  bench.engine.tick(1);
  bench.engine.tick(1);
  assertEquals(bench.log.proposals.length, 2, "one removal at a time");
  await bench.settle();
  assertEquals(bench.core.header.get("expiredKeys"), 1);
  bench.engine.setExpiring(false);
  bench.engine.tick(1);
  assertEquals(bench.log.proposals.length, 2);
  bench.engine.setExpiring(true);
  bench.engine.tick(1);
  await bench.settle();
  assertEquals(bench.core.header.get("expiredKeys"), 2);
});

Deno.test("a write carries the removal of due keys, up to the bound", async () => {
  const bench = new Bench({ expiriesPerEntry: 3 });
  const client = bench.connect();
  for (let at = 0; at < 5; at++) {
    bench.receive(client, `SET k${at} 1 PX 100\r\n`);
    await bench.settle();
  }
  bench.clock.advance(200);
  for (const wanted of [3, 5, 5]) {
    bench.receive(client, "SET other 1\r\n");
    await bench.settle();
    assertEquals(bench.core.header.get("expiredKeys"), wanted);
  }
});

// -- Pausing --

Deno.test("Engine pause() holds requests back until unpause()", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.engine.pause();
  assertEquals(bench.receive(client, "PING\r\nSET a 1\r\n"), false);
  await turn();
  assertEquals([bench.take(client), client.state], ["", "held"]);
  assertEquals(bench.log.proposals.length, 0);
  bench.engine.unpause();
  assertEquals([bench.take(client), client.state], ["+PONG\r\n", "committing"]);
  await bench.settle();
  assertEquals([bench.take(client), bench.port(client).resumes], [
    "+OK\r\n",
    1,
  ]);
});

Deno.test("Engine pause() lets writes on their way finish", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1\r\nCLIENT ID\r\nGET a\r\n");
  bench.engine.pause();
  assertEquals(bench.engine.isQuiet, false);
  await bench.settle();
  assertEquals(bench.engine.isQuiet, true);
  assertEquals([bench.take(client), client.state], ["+OK\r\n", "held"]);
  bench.engine.unpause();
  assertEquals(bench.take(client), "+HOST\r\n$1\r\n1\r\n");
});

Deno.test("Engine pause() forgets clients that leave meanwhile", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.engine.pause();
  bench.receive(client, "PING\r\n");
  bench.engine.disconnected(client);
  bench.engine.unpause();
  assertEquals([bench.take(client), bench.port(client).resumes], ["", 0]);
});

Deno.test("Engine pause() removes no due keys", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1 PX 10\r\n");
  await bench.settle();
  bench.clock.advance(100);
  bench.engine.pause();
  bench.engine.tick(100);
  assertEquals(bench.log.proposals.length, 1);
  bench.engine.unpause();
  bench.engine.tick(100);
  assertEquals(bench.log.proposals.length, 2);
});

Deno.test("Engine pause() and unpause() come in turn", () => {
  const { engine } = new Bench();
  assertThrows(() => engine.unpause(), AssertionError);
  engine.pause();
  assertThrows(() => engine.pause(), AssertionError);
});

Deno.test("Engine push() sends between replies, and nothing to who is gone", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "PING\r\n");
  bench.engine.push(client, new TextEncoder().encode(">0\r\n"));
  bench.receive(client, "PING\r\n");
  assertEquals(bench.take(client), "+PONG\r\n>0\r\n+PONG\r\n");
  assertEquals([client.bytesOut, bench.engine.meter.bytesOut], [18, 18]);
  bench.engine.disconnected(client);
  bench.engine.push(client, new TextEncoder().encode(">0\r\n"));
  assertEquals(bench.take(client), "");
});

Deno.test("Engine tells of clients that are being closed or gone", () => {
  const left: number[] = [];
  const bench = new Bench({ onLeaving: ({ id }) => left.push(id) });
  const [first, second] = [bench.connect(), bench.connect()];
  bench.host = () => ({ reply: new Uint8Array(0), isLast: true });
  bench.receive(first, "QUIT\r\n");
  bench.engine.disconnected(second);
  assertEquals(left, [first.id, second.id]);
});

Deno.test("Engine runs no host command in the transaction of who is gone", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const ran: string[] = [];
  bench.host = (_client, words) => {
    ran.push(words[0]!);
    return { reply: new Uint8Array(0) };
  };
  bench.receive(client, "MULTI\r\nSET a 1\r\nPUBLISH a b\r\nEXEC\r\n");
  bench.engine.disconnected(client);
  const other = bench.connect();
  await bench.settle();
  assertEquals(ran, []);
  bench.receive(other, "GET a\r\n");
  assertEquals(bench.take(other), "$1\r\n1\r\n");
});

Deno.test("Engine tells of clients that leave replies or messages unread", () => {
  const told: number[] = [];
  const unread = {
    leastBytes: 10,
    check: (client: { id: number }) => void told.push(client.id),
  };
  const bench = new Bench({ unread });
  const client = bench.connect();
  bench.receive(client, "PING\r\n");
  assertEquals(told, []);
  bench.ports.get(client)!.backlogBytes = 10;
  bench.receive(client, "PING\r\n");
  bench.engine.push(client, new Uint8Array(3));
  assertEquals(told, [client.id, client.id]);
});

/** Reads of a member of a group, over a real core. */

import { assertEquals, assertMatch } from "@std/assert";
import { READ_WAIT_MS_MAX } from "../../../src/config/mod.ts";
import { Bench, turn } from "./harness.ts";

/** A log that answers reads when it is told to. */
class Reads {
  /** Up to which index the lease permits reads; -1 = there is none. */
  leaseIndex = -1;
  /** Ids that were asked with. */
  readonly asked: number[] = [];
  hasRoom = true;

  permits(appliedIndex: number): boolean {
    return this.leaseIndex >= 0 && appliedIndex >= this.leaseIndex;
  }

  ask(id: number): boolean {
    if (this.hasRoom) this.asked.push(id);
    return this.hasRoom;
  }
}

function gated() {
  const reads = new Reads();
  const bench = new Bench({ reads });
  return { reads, bench, gate: bench.engine.readGate! };
}

Deno.test("reads under a lease are answered at once, and counted", () => {
  const { bench, gate, reads } = gated();
  reads.leaseIndex = 0;
  const client = bench.connect();
  bench.receive(client, "GET a\r\nGET b\r\n");
  assertEquals(bench.take(client), "$-1\r\n$-1\r\n");
  assertEquals(gate.counts, { hits: 1, misses: 0, rounds: 0, refusals: 0 });
});

Deno.test("all reads that are held in a turn share one question", async () => {
  const { bench, gate, reads } = gated();
  const clients = [bench.connect(), bench.connect(), bench.connect()];
  for (const client of clients) bench.receive(client, "GET a\r\n");
  await turn();
  assertEquals(reads.asked, [1]);
  assertEquals(clients.map((client) => bench.take(client)), ["", "", ""]);
  gate.readAt(1, 0);
  for (const client of clients) assertEquals(bench.take(client), "$-1\r\n");
  assertEquals(gate.counts, { hits: 0, misses: 3, rounds: 1, refusals: 0 });
});

Deno.test("an answer counts when the state has come so far", async () => {
  const { bench, gate } = gated();
  const client = bench.connect();
  bench.receive(client, "GET a\r\n");
  await turn();
  gate.readAt(1, 7);
  assertEquals(bench.take(client), "");
  bench.engine.restored(6);
  assertEquals(bench.take(client), "");
  bench.engine.restored(7);
  assertEquals(bench.take(client), "$-1\r\n");
});

Deno.test("a read that came behind the question waits for the next one", async () => {
  const { bench, gate, reads } = gated();
  const client = bench.connect();
  bench.receive(client, "GET a\r\n");
  await turn();
  bench.receive(client, "GET b\r\n");
  gate.readAt(1, 0);
  assertEquals(bench.take(client), "");
  await turn();
  assertEquals(reads.asked, [1, 2]);
  gate.readAt(2, 0);
  assertEquals(bench.take(client), "$-1\r\n$-1\r\n");
});

Deno.test("writes, and what is no data, do not wait", async () => {
  const { bench, reads } = gated();
  const client = bench.connect();
  bench.receive(client, "PING\r\nSET a 1\r\nGET a\r\nSET a 2\r\n");
  await turn();
  assertEquals(bench.take(client), "+PONG\r\n");
  assertEquals(reads.asked, []);
  bench.engine.committed(1, 1);
  // A read between writes belongs to the entry that was committed.
  assertEquals(bench.take(client), "+OK\r\n$1\r\n1\r\n+OK\r\n");
  await turn();
  assertEquals(reads.asked, []);
});

Deno.test("EXEC waits when what it runs only reads", async () => {
  const { bench, gate, reads } = gated();
  const client = bench.connect();
  bench.receive(client, "MULTI\r\nGET a\r\nEXEC\r\n");
  await turn();
  assertEquals(bench.take(client), "+OK\r\n+QUEUED\r\n");
  assertEquals(reads.asked, [1]);
  gate.readAt(1, 0);
  assertEquals(bench.take(client), "*1\r\n$-1\r\n");
});

Deno.test("a question that was refused, or found no room, is asked with the next tick", async () => {
  const { bench, gate, reads } = gated();
  const client = bench.connect();
  reads.hasRoom = false;
  bench.receive(client, "GET a\r\n");
  await turn();
  assertEquals(reads.asked, []);
  reads.hasRoom = true;
  bench.engine.tick(0);
  assertEquals(reads.asked, [1]);
  gate.refused(1);
  bench.engine.tick(0);
  assertEquals(reads.asked, [1, 2]);
  // A late answer to the first question says nothing.
  gate.readAt(1, 0);
  assertEquals(bench.take(client), "");
  gate.readAt(2, 0);
  assertEquals(bench.take(client), "$-1\r\n");
});

Deno.test("a read that waits too long is refused, and the client goes on", async () => {
  const { bench, gate, reads } = gated();
  const client = bench.connect();
  bench.receive(client, "GET a\r\n");
  await turn();
  bench.clock.advance(READ_WAIT_MS_MAX - 1);
  bench.engine.tick(0);
  assertEquals(bench.take(client), "");
  bench.clock.advance(1);
  bench.engine.tick(0);
  assertMatch(bench.take(client), /^-MASTERDOWN [^\r]*\r\n$/);
  assertEquals(gate.counts.refusals, 1);
  reads.leaseIndex = 0;
  bench.receive(client, "GET a\r\n");
  assertEquals(bench.take(client), "$-1\r\n");
});

Deno.test("a client that leaves is forgotten", async () => {
  const { bench, gate } = gated();
  const client = bench.connect();
  bench.receive(client, "GET a\r\n");
  await turn();
  bench.engine.disconnected(client);
  gate.readAt(1, 0);
  assertEquals(bench.take(client), "");
  assertEquals(bench.engine.clients.size, 0);
});

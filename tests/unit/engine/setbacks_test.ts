/** What an engine does with proposals that the log did not take. */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Bench, turn } from "./harness.ts";

const UNCERTAIN = /^-UNCERTAIN [^\r]*\r\n/;

Deno.test("abandoned() proposes the requests of refused batches once more, in order", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "RPUSH l 1\r\nGET a\r\n");
  await turn();
  bench.receive(two, "RPUSH l 2\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 2);
  bench.engine.abandoned(2, false);
  await turn();
  assertEquals(bench.log.proposals.map(({ id }) => id), [1, 2, 3]);
  bench.engine.committed(1, 3);
  assertEquals(bench.take(one), ":1\r\n$-1\r\n");
  assertEquals(bench.take(two), ":2\r\n");
  assertEquals([one.state, two.state], ["reading", "reading"]);
});

Deno.test("abandoned() tells clients of lost batches, and never writes them again", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "INCR n\r\nGET n\r\n");
  await turn();
  bench.receive(two, "INCR n\r\n");
  await turn();
  bench.engine.abandoned(1, true);
  const reply = bench.take(one);
  assertEquals(reply.replace(UNCERTAIN, ""), "$-1\r\n");
  assertEquals(one.state, "reading");
  bench.engine.committed(1, 2);
  assertEquals(bench.take(two), ":1\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 2);
  assertEquals(bench.engine.isQuiet, true);
});

Deno.test("abandoned() forgets clients that have left", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "INCR n\r\n");
  await turn();
  bench.engine.disconnected(client);
  bench.engine.abandoned(1, false);
  await turn();
  assertEquals(bench.log.proposals.length, 1);
  assertEquals(bench.engine.clients.size, 0);
});

Deno.test("abandoned() makes room for batches that waited", async () => {
  const bench = new Bench();
  const clients = [bench.connect(), bench.connect(), bench.connect()];
  for (const client of clients) {
    bench.receive(client, "INCR n\r\n");
    await turn();
  }
  assertEquals(bench.log.proposals.length, 2);
  bench.engine.abandoned(2, true);
  await turn();
  assertEquals(bench.log.proposals.length, 3);
  bench.engine.committed(1, 3);
  assertEquals(bench.take(clients[2]!), ":1\r\n");
});

Deno.test("abandoned() takes only proposals in flight", () => {
  const bench = new Bench();
  assertThrows(() => bench.engine.abandoned(1, true), AssertionError);
});

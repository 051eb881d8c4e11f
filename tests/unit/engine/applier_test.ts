import { assertEquals } from "@std/assert";
import { Bench, encode, turn } from "./harness.ts";

Deno.test("Applier answers all clients of an entry, each in the order of its requests", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "INCR n\r\nGET n\r\nINCR n\r\n");
  bench.receive(two, "INCR n\r\n");
  await turn();
  assertEquals([bench.take(one), bench.take(two)], ["", ""]);
  await bench.settle();
  assertEquals(bench.log.proposals.length, 1);
  assertEquals(bench.take(one), ":1\r\n$1\r\n1\r\n:2\r\n");
  assertEquals(bench.take(two), ":3\r\n");
  assertEquals([one.state, two.state], ["reading", "reading"]);
});

Deno.test("Applier applies the entries of one answer of the log in their order", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "APPEND k a\r\n");
  await turn();
  bench.receive(two, "APPEND k b\r\n");
  await turn();
  assertEquals(bench.log.proposals.length, 2);
  bench.commit(2);
  assertEquals([bench.take(one), bench.take(two)], [":1\r\n", ":2\r\n"]);
  assertEquals(bench.engine.appliedIndex, 2);
});

Deno.test("Applier applies what a client wrote that has gone, and forgets it", async () => {
  const bench = new Bench();
  const [gone, left] = [bench.connect(), bench.connect()];
  bench.receive(gone, "SET k v\r\n");
  await turn();
  bench.engine.disconnected(gone);
  bench.commit();
  assertEquals([bench.take(gone), bench.engine.clients.size], ["", 1]);
  bench.receive(left, "GET k\r\n");
  assertEquals(bench.take(left), "$1\r\nv\r\n");
});

Deno.test("Applier ends a client that asked for it behind the answer to its write", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = () => ({ reply: encode("+OK\r\n"), isLast: true });
  bench.receive(client, "SET k v\r\nQUIT\r\n");
  await bench.settle();
  assertEquals(bench.take(client), "+OK\r\n+OK\r\n");
  assertEquals(bench.port(client).end, "finished");
});

Deno.test("Applier goes on with no client that leaves too much unread", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const port = bench.port(client);
  bench.receive(client, `SET k ${"x".repeat(2000)}\r\nGET k\r\n`);
  port.isClogged = true;
  await bench.settle();
  bench.receive(client, "SET k v\r\nPING\r\n");
  await bench.settle();
  const before = bench.take(client);
  assertEquals([before.includes("PONG"), port.isAwaited], [false, true]);
  port.isClogged = false;
  port.drain();
  await bench.settle();
  assertEquals(bench.take(client).endsWith("+PONG\r\n"), true);
});

Deno.test("Applier leaves a client waiting whose command waits, and serves it with the entry that ends that", async () => {
  const bench = new Bench();
  const [waiter, pusher] = [bench.connect(), bench.connect()];
  bench.receive(waiter, "BLPOP l 0\r\nPING\r\n");
  await bench.settle();
  assertEquals([bench.take(waiter), bench.engine.waits.count], ["", 1]);
  bench.receive(pusher, "RPUSH l 1\r\n");
  await bench.settle();
  assertEquals(bench.take(pusher), ":1\r\n");
  assertEquals(bench.take(waiter), "*2\r\n$1\r\nl\r\n$1\r\n1\r\n+PONG\r\n");
});

Deno.test("Applier runs a transaction's request of the host in its place", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "MULTI\r\nSET k v\r\nINFO\r\nGET k\r\nEXEC\r\n");
  await bench.settle();
  const queued = "+QUEUED\r\n".repeat(3);
  assertEquals(
    bench.take(client),
    `+OK\r\n${queued}*3\r\n+OK\r\n+HOST\r\n$1\r\nv\r\n`,
  );
});

/** Clients whose requests wait, and the ends of their waits, in an engine. */

import { assertEquals } from "@std/assert";
import { Bench, turn } from "./harness.ts";

/** A bench whose timers a test fires. */
function makeBench() {
  const timers: { ms: number; then: () => void }[] = [];
  const bench = new Bench({
    after: (ms, then) => {
      const timer = { ms, then };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  return { bench, timers };
}

Deno.test("Waits time a wait and answer when the log has ended it", async () => {
  const { bench, timers } = makeBench();
  const client = bench.connect();
  bench.receive(client, "BLPOP a 1.5\r\nSET b 1\r\n");
  await bench.settle();
  assertEquals(bench.engine.waits.count, 1);
  assertEquals(timers.map(({ ms }) => ms), [1500]);
  bench.clock.advance(1500);
  timers[0]!.then();
  assertEquals(bench.take(client), "");
  await bench.settle();
  assertEquals(bench.take(client), "*-1\r\n+OK\r\n");
  assertEquals([bench.engine.waits.count, timers.length], [0, 0]);
});

Deno.test("Waits ask the clock again where a timer fires too early", async () => {
  const { bench, timers } = makeBench();
  const client = bench.connect();
  bench.receive(client, "XREAD BLOCK 4000000000 STREAMS s $\r\n");
  await turn();
  assertEquals(timers[0]!.ms, 2 ** 31 - 1);
  bench.clock.advance(2 ** 31 - 1);
  timers.shift()!.then();
  assertEquals(timers[0]!.ms, 4_000_000_000 - 2 ** 31 + 1);
  assertEquals(bench.engine.waits.count, 1);
});

Deno.test("a woken client gets its reply with the commit, and its timer ends", async () => {
  const { bench, timers } = makeBench();
  const [waiter, pusher] = [bench.connect(), bench.connect()];
  bench.receive(waiter, "BLPOP a 10\r\n");
  await bench.settle();
  bench.receive(pusher, "RPUSH a 1 2\r\nLRANGE a 0 -1\r\n");
  await bench.settle();
  assertEquals(bench.take(waiter), "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  assertEquals(bench.take(pusher), ":2\r\n*1\r\n$1\r\n2\r\n");
  assertEquals([bench.engine.waits.count, timers.length], [0, 0]);
});

Deno.test("a client that waits is read on, up to a bound", async () => {
  const { bench } = makeBench();
  const client = bench.connect();
  bench.receive(client, "BLPOP a 0\r\n");
  await bench.settle();
  const { resumes } = bench.port(client);
  assertEquals(resumes > 0, true);
  assertEquals(bench.receive(client, "PING\r\n"), true);
  assertEquals(
    bench.receive(
      client,
      `*2\r\n$4\r\nECHO\r\n$65536\r\n${"x".repeat(65536)}\r\n`,
    ),
    false,
  );
  assertEquals(bench.take(client), "");
  bench.engine.waits.end(client, "error");
  await bench.settle();
  const text = bench.take(client);
  assertEquals(
    text.slice(0, 60),
    "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n+PONG\r\n$6553",
  );
});

Deno.test("what a client that is gone waited for goes to the next one", async () => {
  const { bench } = makeBench();
  const [gone, next, pusher] = [
    bench.connect(),
    bench.connect(),
    bench.connect(),
  ];
  bench.receive(gone, "BLPOP a 0\r\n");
  await bench.settle();
  bench.receive(next, "BLPOP a 0\r\n");
  await bench.settle();
  bench.engine.disconnected(gone);
  bench.receive(pusher, "RPUSH a 1\r\n");
  await bench.settle();
  assertEquals(bench.take(gone), "");
  assertEquals(bench.take(next), "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  assertEquals([bench.engine.waits.count, bench.core.waits.kept()], [0, 0]);
});

Deno.test("a client that goes before its wait has begun waits for nothing", async () => {
  const { bench } = makeBench();
  const [gone, pusher] = [bench.connect(), bench.connect()];
  bench.receive(gone, "BLPOP a 0\r\n");
  bench.engine.disconnected(gone);
  await bench.settle();
  assertEquals([bench.engine.waits.count, bench.core.waits.kept()], [0, 0]);
  bench.receive(pusher, "RPUSH a 1\r\n");
  await bench.settle();
  assertEquals(bench.take(pusher), ":1\r\n");
});

Deno.test("Waits.end() ends a wait once", async () => {
  const { bench } = makeBench();
  const client = bench.connect();
  assertEquals(bench.engine.waits.end(client, "timeout"), false);
  bench.receive(client, "BLPOP a 0\r\n");
  await bench.settle();
  assertEquals(bench.engine.waits.end(client, "timeout"), true);
  assertEquals(bench.engine.waits.end(client, "error"), false);
  await bench.settle();
  assertEquals(bench.take(client), "*-1\r\n");
});

Deno.test("Waits end nothing while the engine is paused", async () => {
  const { bench } = makeBench();
  const client = bench.connect();
  bench.receive(client, "BLPOP a 0\r\n");
  await bench.settle();
  bench.engine.pause();
  bench.engine.waits.end(client, "timeout");
  await bench.settle();
  assertEquals([bench.take(client), bench.engine.isQuiet], ["", true]);
  bench.engine.unpause();
  await bench.settle();
  assertEquals(bench.take(client), "*-1\r\n");
});

Deno.test("Waits.resume() gives clients their waits back when all data was loaded anew", async () => {
  const { bench } = makeBench();
  const [early, late, pusher] = [
    bench.connect(),
    bench.connect(),
    bench.connect(),
  ];
  bench.receive(early, "BLPOP a 0\r\n");
  await bench.settle();
  bench.receive(late, "BLPOP a b 0\r\n");
  await bench.settle();
  bench.receive(pusher, "RPUSH a 1\r\n");
  await bench.settle();
  assertEquals(bench.take(early), "*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  bench.engine.pause();
  bench.core.beginImport();
  bench.log.proposals.forEach(({ entry }, at) =>
    bench.engine.replay(entry, at + 1)
  );
  bench.engine.unpause();
  bench.receive(pusher, "RPUSH b 2\r\nDBSIZE\r\n");
  await bench.settle();
  assertEquals(bench.take(late), "*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  assertEquals(bench.take(pusher), ":1\r\n:1\r\n:0\r\n");
  assertEquals([bench.take(early), bench.core.check()], ["", 0]);
});

Deno.test("abandonAll() ends waits in the log and outside of it, with their timers", async () => {
  const { bench, timers } = makeBench();
  const [list, stream] = [bench.connect(), bench.connect()];
  bench.receive(list, "BLPOP a 10\r\nPING\r\n");
  bench.receive(stream, "XREAD BLOCK 10000 STREAMS s $\r\n");
  await bench.settle();
  assertEquals([bench.engine.waits.count, timers.length], [2, 2]);
  bench.engine.waits.abandonAll();
  await turn();
  const unblocked =
    "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n";
  assertEquals(bench.take(list), `${unblocked}+PONG\r\n`);
  assertEquals(bench.take(stream), unblocked);
  assertEquals([bench.engine.waits.count, timers.length], [0, 0]);
  assertEquals(bench.core.check(), 0);
  bench.engine.waits.abandonAll();
});

import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { ClientPause } from "../../../src/engine/client_pause.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { Bench, encode } from "./harness.ts";

function makePause() {
  const clock = new ManualClock();
  const events: string[] = [];
  const pause = new ClientPause(
    { setPause: (mode) => void events.push(`mode ${mode}`) },
    clock,
    {
      release: ({ id }) => void events.push(`release ${id}`),
      still: (isStill) => void events.push(`still ${isStill}`),
    },
  );
  const client = (id: number) => ({ id }) as unknown as Client;
  /** What happened since the last call. */
  const take = async (): Promise<string[]> => {
    await Promise.resolve();
    return events.splice(0);
  };
  const passes = (ms: number): Promise<string[]> => {
    clock.advance(ms);
    pause.tick();
    return take();
  };
  return { client, pause, passes, take };
}

const OVER = ["mode 0", "still false"];

Deno.test("ClientPause pause() lets clients wait until its time is over, in order", async () => {
  const { client, passes, pause, take } = makePause();
  pause.pause("writes", 100);
  assertEquals(await take(), ["mode 1", "still true"]);
  const [one, two, three] = [client(1), client(2), client(3)];
  for (const held of [two, one, three]) pause.hold(held);
  assertEquals([pause.waiting, pause.holds(one)], [3, true]);
  pause.leave(three);
  assertEquals(await passes(99), []);
  assertEquals(await passes(1), [...OVER, "release 2", "release 1"]);
  assertEquals(pause.waiting, 0);
  assertEquals(await passes(1000), []);
});

Deno.test("ClientPause pause() keeps the longest and the strictest", async () => {
  const { passes, pause, take } = makePause();
  pause.pause("writes", 500);
  pause.pause("everything", 100);
  pause.pause("writes", 200);
  const stages = ["mode 1", "mode 2", "mode 2"];
  assertEquals(await take(), stages.flatMap((mode) => [mode, "still true"]));
  assertEquals(await passes(499), []);
  assertEquals(await passes(1), OVER);
  pause.pause("writes", 10);
  assertEquals(await take(), ["mode 1", "still true"]);
});

Deno.test("ClientPause pause() of no time is over at once, unless there is another", async () => {
  const { pause, take } = makePause();
  pause.pause("everything", 0);
  assertEquals(await take(), ["mode 2", "still true", ...OVER]);
  pause.pause("writes", 10);
  pause.pause("everything", 0);
  assertEquals((await take()).at(-2), "mode 2");
});

Deno.test("ClientPause unpause() ends all pauses, and does nothing without one", async () => {
  const { client, pause, take } = makePause();
  pause.unpause();
  assertEquals(await take(), []);
  pause.pause("everything", 1e12);
  pause.hold(client(4));
  await take();
  pause.unpause();
  assertEquals(await take(), [...OVER, "release 4"]);
});

Deno.test("Engine lets writes wait, and reads go on", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.engine.clientPause.pause("writes", 100);
  bench.receive(one, "GET a\r\nSET a 1\r\nGET a\r\n");
  bench.receive(two, "MULTI\r\nGET a\r\nEXEC\r\nPUBLISH a b\r\n");
  await bench.settle();
  assertEquals(bench.take(one), "$-1\r\n");
  assertEquals(bench.take(two), "+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
  assertEquals(bench.engine.clientPause.waiting, 2);
  bench.clock.advance(100);
  bench.engine.tick(0);
  await bench.settle();
  assertEquals(bench.take(one), "+OK\r\n$1\r\n1\r\n");
  assertEquals(bench.take(two), "+HOST\r\n");
});

Deno.test("Engine lets everything wait but what is refused anyway", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.engine.clientPause.pause("everything", 100);
  bench.receive(client, "GET\r\nPING\r\nPING\r\n");
  assertEquals(
    bench.take(client),
    "-ERR wrong number of arguments for 'get' command\r\n",
  );
  bench.engine.clientPause.unpause();
  await bench.settle();
  assertEquals(bench.take(client), "+PONG\r\n+PONG\r\n");
});

Deno.test("Engine removes nothing that is due while clients are paused", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.receive(client, "SET a 1 PX 10\r\n");
  await bench.settle();
  bench.engine.clientPause.pause("writes", 100);
  bench.clock.advance(50);
  bench.engine.tick(10);
  await bench.settle();
  assertEquals(bench.log.proposals.length, 1);
  bench.clock.advance(50);
  bench.engine.tick(10);
  await bench.settle();
  assertEquals(bench.log.proposals.length, 2);
});

Deno.test("Engine forgets paused clients that leave", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.engine.clientPause.pause("everything", 100);
  bench.receive(client, "PING\r\n");
  bench.engine.disconnected(client);
  assertEquals(bench.engine.clientPause.waiting, 0);
});

Deno.test("Engine evicts nothing while clients are paused", async () => {
  const bench = new Bench();
  const { header } = bench.core;
  const client = bench.connect();
  const keys = Array.from({ length: 5000 }, (_, key) => `SET key:${key} x\r\n`);
  bench.receive(client, keys.join(""));
  await bench.settle();
  header.setEviction("allkeys-random", 5);
  header.set("memoryLimit", Math.floor(header.get("bytesUsed") / 2));
  bench.engine.clientPause.pause("writes", 100);
  bench.engine.tick(0);
  await bench.settle();
  assertEquals(header.get("evictedKeys"), 0);
  bench.clock.advance(100);
  bench.engine.tick(0);
  await bench.settle();
  assertEquals(header.get("evictedKeys") > 0, true);
});

Deno.test("Engine answers misused containers at once, and EXEC fails for them", async () => {
  const bench = new Bench();
  bench.misuse = ([, word]) =>
    word === "bad" ? encode("-ERR bad\r\n") : undefined;
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(two, "MULTI\r\n");
  bench.engine.clientPause.pause("everything", 100);
  bench.receive(one, "CLIENT bad\r\nCLIENT good\r\n");
  bench.receive(two, "CLIENT bad\r\nEXEC\r\n");
  assertEquals(bench.take(one), "-ERR bad\r\n");
  assertEquals(bench.take(two), "+OK\r\n-ERR bad\r\n");
  bench.engine.clientPause.unpause();
  await bench.settle();
  assertEquals(bench.take(one), "+HOST\r\n");
  assertEquals(
    bench.take(two),
    "-EXECABORT Transaction discarded because of previous errors.\r\n",
  );
});

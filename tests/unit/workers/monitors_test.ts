import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { Monitors } from "../../../src/workers/monitors.ts";
import { Bench } from "../engine/harness.ts";

/** An engine whose monitors are told of what crosses. */
function makeBench() {
  const lines: string[] = [];
  const logger = new Logger("test", "warning", (line) => lines.push(line));
  const bench: Bench = new Bench({
    onCrossed: (client) => monitors.crossed(client),
  });
  const clock = new ManualClock(1_700_000_000_012);
  const monitors = new Monitors(() => bench.engine, clock, logger);
  return { bench, lines, monitors };
}

const TIME = "+1700000000.012000";

Deno.test("Monitors tell of reads and writes of all clients, their own replies first", async () => {
  const { bench, monitors } = makeBench();
  const [watcher, other] = [bench.connect(), bench.connect()];
  bench.receive(other, "PING\r\n");
  monitors.add(watcher);
  bench.receive(other, "SELECT 2\r\nSET a 1\r\nGET a\r\n");
  bench.receive(watcher, "PING\r\nGET a\r\n");
  await bench.settle();
  assertEquals(
    bench.take(watcher),
    `${TIME} [2 10.0.0.1:1001] "SELECT" "2"\r\n` +
      "+PONG\r\n-ERR Replica can't interact with the keyspace\r\n" +
      `${TIME} [0 10.0.0.1:1000] "PING"\r\n` +
      `${TIME} [2 10.0.0.1:1001] "SET" "a" "1"\r\n` +
      `${TIME} [2 10.0.0.1:1001] "GET" "a"\r\n`,
  );
});

Deno.test("Monitors remove() ends it, for the last one in the core too", () => {
  const { bench, monitors } = makeBench();
  const [watcher, other] = [bench.connect(), bench.connect()];
  monitors.add(watcher);
  monitors.add(other);
  assertEquals([monitors.has(watcher), monitors.has({ id: 99 })], [
    true,
    false,
  ]);
  monitors.remove(watcher);
  bench.receive(other, "PING\r\n");
  assertEquals(bench.take(watcher), "");
  assertEquals(
    bench.take(other),
    `+PONG\r\n${TIME} [0 10.0.0.1:1001] "PING"\r\n`,
  );
  monitors.remove(other);
  monitors.remove(other);
  bench.receive(watcher, "PING\r\nGET a\r\n");
  assertEquals(bench.take(watcher), "+PONG\r\n$-1\r\n");
});

Deno.test("Monitors ran() tells of the host's commands, but not of the server's own", () => {
  const { bench, monitors } = makeBench();
  const watcher = bench.connect();
  monitors.add(watcher);
  monitors.ran(watcher, 5, ' "INFO"');
  monitors.ran({ address: "" } as Client, 5, ' "INFO"');
  assertEquals(
    bench.take(watcher),
    `${TIME} [5 10.0.0.1:1000] "INFO"\r\n`,
  );
});

Deno.test("Monitors are closed when commands were lost", () => {
  const { bench, lines, monitors } = makeBench();
  const [watcher, other] = [bench.connect(), bench.connect()];
  monitors.add(watcher);
  const text = "x".repeat(20_000_000);
  bench.receive(other, `*2\r\n$4\r\nECHO\r\n$${text.length}\r\n${text}\r\n`);
  assertEquals(bench.ports.get(watcher)!.end, "aborted");
  assertEquals(lines.length, 1);
});

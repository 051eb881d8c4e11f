import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { OutputLimits } from "../../../src/workers/output_limits.ts";

/** Bytes that do not count. */
const FREE = 16 * 1024;
const NONE = { hardBytes: 0, softBytes: 0, softMs: 0 };

/** A client whose unread bytes and class the test sets. */
class Bench {
  readonly clock = new ManualClock();
  readonly lines: string[] = [];
  name: "normal" | "pubsub" = "pubsub";
  bytesMax = 2 ** 30;
  readonly port = {
    backlogBytes: 0,
    aborts: 0,
    abort: () => this.port.aborts++,
  };
  readonly client = {
    id: 7,
    address: "10.0.0.1:99",
    port: this.port,
  } as unknown as Client;
  readonly limits = new OutputLimits(
    this.clock,
    new Logger("test", "notice", (line) => this.lines.push(line)),
    { classOf: () => this.name, bytesMaxOf: () => this.bytesMax },
  );

  constructor() {
    const limit = { hardBytes: 100, softBytes: 50, softMs: 1000 };
    this.limits.setLimit("pubsub", limit);
    this.limits.setLimit("normal", NONE);
  }

  /** Something is sent, with `bytes` unread that count; whether the client was closed. */
  check(bytes: number): boolean {
    const before = this.port.aborts;
    this.port.backlogBytes = FREE + bytes;
    this.limits.check(this.client);
    return this.port.aborts > before;
  }
}

Deno.test("OutputLimits close who leaves more unread than the hard limit", () => {
  const bench = new Bench();
  assertEquals([bench.check(99), bench.check(100)], [false, true]);
  assertEquals(bench.limits.closed, 1);
  assertEquals(bench.lines.length, 1);
});

Deno.test("OutputLimits tick() closes who stays at the soft limit", () => {
  const bench = new Bench();
  assertEquals(bench.check(60), false);
  bench.clock.advance(1000);
  bench.limits.tick();
  assertEquals(bench.port.aborts, 0);
  bench.clock.advance(1);
  bench.limits.tick();
  assertEquals(bench.port.aborts, 1);
  bench.limits.tick();
  assertEquals(bench.port.aborts, 1);
});

Deno.test("OutputLimits tick() forgets who has read meanwhile, or is gone", () => {
  const bench = new Bench();
  bench.check(60);
  bench.port.backlogBytes = 0;
  bench.clock.advance(900);
  bench.limits.tick();
  assertEquals(bench.check(60), false);
  bench.clock.advance(900);
  bench.limits.tick();
  assertEquals(bench.port.aborts, 0);
  bench.limits.forget(bench.client);
  bench.clock.advance(900);
  bench.limits.tick();
  assertEquals(bench.port.aborts, 0);
});

Deno.test("OutputLimits check() goes by the class of now", () => {
  const bench = new Bench();
  bench.name = "normal";
  assertEquals(bench.check(5000), false);
  bench.limits.setLimit("normal", { ...NONE, hardBytes: 5000 });
  assertEquals(bench.check(4999), false);
  assertEquals(bench.check(5000), true);
});

Deno.test("OutputLimits leastBytes is the lowest limit there is", () => {
  const bench = new Bench();
  assertEquals(bench.limits.leastBytes, 50);
  bench.limits.setLimit("normal", { ...NONE, softBytes: 7 });
  assertEquals(bench.limits.leastBytes, 7);
  bench.limits.setLimit("normal", NONE);
  bench.limits.setLimit("pubsub", NONE);
  assertEquals(bench.limits.leastBytes, 64 * 2 ** 20);
});

Deno.test("OutputLimits keep a bound for listeners where the parameter has none", () => {
  const bench = new Bench();
  bench.limits.setLimit("pubsub", NONE);
  assertEquals(bench.check(2 ** 30 - 1 - FREE), false);
  bench.bytesMax = Infinity;
  assertEquals(bench.check(2 ** 30 - FREE), false);
  bench.bytesMax = 2 ** 30;
  assertEquals(bench.check(2 ** 30 - FREE), true);
});

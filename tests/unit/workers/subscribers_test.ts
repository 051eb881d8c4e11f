import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { Subscribers } from "../../../src/workers/subscribers.ts";

/** A subscriber whose unread bytes the test sets. */
class Bench {
  readonly clock = new ManualClock();
  readonly lines: string[] = [];
  readonly port = {
    backlogBytes: 0,
    aborts: 0,
    abort: () => this.port.aborts++,
  };
  readonly client = {
    id: 7,
    address: "10.0.0.1:99",
    session: 1,
    isGone: false,
    port: this.port,
  } as unknown as Client;
  pushed = 0;
  readonly subscribers = new Subscribers(
    {
      push: () => this.pushed++,
      core: { protocol: () => 3 },
    },
    this.clock,
    new Logger("test", "notice", (line) => this.lines.push(line)),
  );

  constructor() {
    this.subscribers.limit = { hardBytes: 100, softBytes: 50, softMs: 1000 };
  }

  /** A message arrives with `backlogBytes` unread; whether the client was closed. */
  receive(backlogBytes: number): boolean {
    const before = this.port.aborts;
    this.port.backlogBytes = backlogBytes;
    this.subscribers.listener(this.client).receive(new Uint8Array(1));
    return this.port.aborts > before;
  }
}

Deno.test("Subscribers close who leaves more unread than the hard limit", () => {
  const bench = new Bench();
  assertEquals([bench.receive(99), bench.receive(100)], [false, true]);
  assertEquals([bench.pushed, bench.subscribers.closed], [2, 1]);
  assertEquals(bench.lines.length, 1);
});

Deno.test("Subscribers tick() closes who stays at the soft limit", () => {
  const bench = new Bench();
  assertEquals(bench.receive(60), false);
  bench.clock.advance(1000);
  bench.subscribers.tick();
  assertEquals(bench.port.aborts, 0);
  bench.clock.advance(1);
  bench.subscribers.tick();
  assertEquals(bench.port.aborts, 1);
  bench.subscribers.tick();
  assertEquals(bench.port.aborts, 1);
});

Deno.test("Subscribers tick() forgets who has read meanwhile", () => {
  const bench = new Bench();
  bench.receive(60);
  bench.port.backlogBytes = 0;
  bench.clock.advance(900);
  bench.subscribers.tick();
  assertEquals(bench.receive(60), false);
  bench.clock.advance(900);
  bench.subscribers.tick();
  assertEquals(bench.port.aborts, 0);
});

Deno.test("Subscribers keep a bound where the parameter has none", () => {
  const bench = new Bench();
  bench.subscribers.limit = { hardBytes: 0, softBytes: 0, softMs: 0 };
  assertEquals(bench.receive(2 ** 30 - 1), false);
  assertEquals(bench.receive(2 ** 30), true);
});

Deno.test("Subscribers listener() knows the protocol of now", () => {
  const bench = new Bench();
  const listener = bench.subscribers.listener(bench.client);
  assertEquals([listener.id, listener.protocol], [7, 3]);
  bench.client.isGone = true;
  assertEquals(listener.protocol, 2);
});

Deno.test("Subscribers leave() ends subscriptions and watching", () => {
  const bench = new Bench();
  const { pubSub } = bench.subscribers;
  const listener = bench.subscribers.listener(bench.client);
  pubSub.subscribe("channel", listener, "news");
  assertEquals(pubSub.publish("news", new Uint8Array(1)), 1);
  bench.receive(60);
  bench.subscribers.leave(bench.client);
  assertEquals(pubSub.publish("news", new Uint8Array(1)), 0);
  bench.clock.advance(5000);
  bench.subscribers.tick();
  assertEquals(bench.port.aborts, 0);
});

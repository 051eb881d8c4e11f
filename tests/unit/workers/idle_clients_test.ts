import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { IdleClients } from "../../../src/workers/idle_clients.ts";

/** A client whose facts the test sets, under a timeout of 5 seconds. */
function makeBench() {
  const clock = new ManualClock();
  const port = { backlogBytes: 0, aborts: 0, abort: () => port.aborts++ };
  const client = { id: 7, state: "reading", usedMs: clock.wallMs(), port };
  const facts = { isListening: false };
  const idle = new IdleClients(
    clock,
    new Logger("test", "warning", () => {}),
    () => [client as unknown as Client],
    () => facts.isListening,
  );
  idle.timeoutMs = 5000;
  const pass = (ms: number): number => {
    clock.advance(ms);
    idle.tick();
    return port.aborts;
  };
  return { client, clock, facts, idle, pass, port };
}

Deno.test("IdleClients tick() closes who asked for nothing for longer", () => {
  const { pass } = makeBench();
  assertEquals([pass(0), pass(5000), pass(1000)], [0, 0, 1]);
});

Deno.test("IdleClients tick() spares who has just asked, listens or waits", () => {
  const { client, clock, facts, pass } = makeBench();
  client.usedMs = clock.wallMs() + 9000;
  assertEquals(pass(10_000), 0);
  facts.isListening = true;
  assertEquals(pass(10_000), 0);
  facts.isListening = false;
  client.state = "committing";
  assertEquals(pass(10_000), 0);
  client.state = "reading";
  assertEquals(pass(10_000), 1);
});

Deno.test("IdleClients tick() spares who reads, and closes who does not", () => {
  const { client, pass, port } = makeBench();
  client.state = "held";
  for (let bytes = 9000; bytes > 0; bytes -= 1000) {
    port.backlogBytes = bytes;
    assertEquals(pass(3000), 0);
  }
  assertEquals([pass(5000), pass(1000)], [0, 1]);
});

Deno.test("IdleClients tick() does nothing without a timeout", () => {
  const { idle, pass } = makeBench();
  idle.timeoutMs = 0;
  assertEquals(pass(1e9), 0);
});

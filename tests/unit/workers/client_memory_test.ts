import { assertEquals } from "@std/assert";
import { Logger } from "../../../src/base/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import {
  ClientMemory,
  readClientsLimit,
} from "../../../src/workers/client_memory.ts";

/** Clients by number; `sizes` are the bytes of their replies. */
function makeBench(sizes: readonly number[]) {
  const closed: number[] = [];
  const clients = sizes.map((backlogBytes, id) => ({
    id,
    session: id,
    isNoEvict: false,
    port: { backlogBytes, abort: () => closed.push(id) },
  }));
  const core = { inputBytes: () => 20, transactionBytes: () => 10 };
  const memory = new ClientMemory(
    core,
    new Logger("test", "warning", () => {}),
    () => clients as unknown as Client[],
  );
  return { clients, closed, memory };
}

Deno.test("readClientsLimit() knows bytes, shares and the least", () => {
  assertEquals(readClientsLimit("0", 0), Infinity);
  assertEquals(readClientsLimit("1000000", 0), 1_000_000);
  assertEquals(readClientsLimit("10", 0), 128 * 1024);
  assertEquals(readClientsLimit("5%", 100_000_000), 5_000_000);
  assertEquals(readClientsLimit("5%", 0), Infinity);
});

Deno.test("ClientMemory tick() closes the largest until the rest fits", () => {
  const { closed, memory } = makeBench([100, 900, 500, 50]);
  memory.tick();
  assertEquals(closed, []);
  memory.limitBytes = 1670;
  memory.tick();
  assertEquals(closed, []);
  memory.limitBytes = 300;
  memory.tick();
  assertEquals([closed, memory.evicted], [[1, 2], 2]);
});

Deno.test("ClientMemory tick() spares who asked for NO-EVICT", () => {
  const { clients, closed, memory } = makeBench([100, 900, 500, 50]);
  clients[1]!.isNoEvict = true;
  memory.limitBytes = 1;
  memory.tick();
  assertEquals(closed, [2, 0, 3]);
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CorruptionError, DiskError } from "../../../src/base/mod.ts";
import { KNOWN_NODES_MAX } from "../../../src/config/mod.ts";
import { KnownNodes } from "../../../src/storage/known_nodes.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

Deno.test("KnownNodes.recognizes() holds a node to the directory that it came with first", async () => {
  const disk = new SimulatedDisk();
  const known = new KnownNodes(disk);
  assertEquals(await known.recognizes(2, 77), true);
  assertEquals(await known.recognizes(2, 77), true);
  assertEquals(await known.recognizes(2, 78), false);
  assertEquals(await known.recognizes(3, 2 ** 52), true);
  const again = new KnownNodes(disk.crashed(() => 0));
  assertEquals(await again.recognizes(2, 78), false);
  assertEquals(await again.recognizes(3, 2 ** 52), true);
});

Deno.test("KnownNodes.recognizes() writes what comes at once one after another", async () => {
  const disk = new SimulatedDisk();
  const known = new KnownNodes(disk);
  const all = [2, 3, 4, 5].map((node) => known.recognizes(node, node * 10));
  assertEquals(await Promise.all(all), [true, true, true, true]);
  const again = new KnownNodes(disk.crashed(() => 0));
  assertEquals(await again.recognizes(5, 51), false);
});

Deno.test("KnownNodes.recognizes() refuses new nodes at the bound", async () => {
  const known = new KnownNodes(new SimulatedDisk());
  const all = Array.from(
    { length: KNOWN_NODES_MAX },
    (_, at) => known.recognizes(at + 1, at + 1),
  );
  await Promise.all(all);
  assertEquals(await known.recognizes(KNOWN_NODES_MAX + 1, 1), false);
  assertEquals(await known.recognizes(1, 1), true);
});

Deno.test("KnownNodes.recognizes() lets nobody in whom the disk does not know", async () => {
  const disk = new SimulatedDisk();
  const known = new KnownNodes(disk);
  disk.before = ({ kind }) =>
    kind === "rename" ? { code: "ENOSPC" } : undefined;
  await assertRejects(() => known.recognizes(2, 77), DiskError);
  await assertRejects(() => known.recognizes(2, 77), DiskError);
  disk.before = () => undefined;
  assertEquals(await known.recognizes(2, 77), true);
  assertEquals(await new KnownNodes(disk).recognizes(2, 78), false);
});

Deno.test("KnownNodes refuses a damaged file, whatever byte it is", async () => {
  const disk = new SimulatedDisk();
  await new KnownNodes(disk).recognizes(2, 77);
  const whole = disk.read("nodes", 0, disk.size("nodes"));
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 1;
    const damaged = SimulatedDisk.of(new Map([["nodes", bytes]]));
    assertThrows(() => new KnownNodes(damaged), CorruptionError, "damaged");
  }
});

/** The formats of FORMAT.md, byte for byte. */

import { assertEquals } from "@std/assert";
import {
  findSnapshot,
  readEntries,
  readSnapshot,
} from "../../../src/storage/mod.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";
import {
  GOLDEN_BLOCKS,
  GOLDEN_ENTRIES,
  GOLDEN_NAMES,
  GOLDEN_POINT,
  liveGoldenLife,
  readGoldenFiles,
} from "./golden_files.ts";
import { SimulatedDisk } from "./simulated_disk.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}

Deno.test("Wal and writeSnapshot() write exactly the golden files", async () => {
  const golden = readGoldenFiles();
  const files = await liveGoldenLife();
  assertEquals([...files.keys()].sort(), [...GOLDEN_NAMES]);
  for (const name of GOLDEN_NAMES) {
    assertEquals(hex(files.get(name)!), hex(golden.get(name)!), name);
  }
});

Deno.test("recovery reads the golden files back", () => {
  const disk = SimulatedDisk.of(readGoldenFiles());
  const snapshot = findSnapshot(disk)!;
  assertEquals(
    { index: snapshot.index, term: snapshot.term },
    GOLDEN_POINT,
  );
  assertEquals([...readSnapshot(disk, snapshot)], GOLDEN_BLOCKS);
  const wal = recoverWal(disk, () => {}, 0);
  assertEquals([...readEntries(disk, wal, 0)], [...GOLDEN_ENTRIES]);
  assertEquals(wal.hardState, { term: 2, vote: 1, commit: 2 });
  assertEquals([wal.firstIndex, wal.lastIndex, wal.nextBatch], [1, 3, 5]);
  assertEquals(wal.isCleanStop, true);
  const behind = recoverWal(disk, () => {}, snapshot.index);
  const entries = [...readEntries(disk, behind, snapshot.index)];
  assertEquals(entries, [GOLDEN_ENTRIES[2]]);
});

// -- FORMAT.md --

const LINE = /^([0-9a-f]{4}) {2}((?:[0-9a-f]{2} ?)+)(?: .*|)$/;

/** The file printed in `block`, of `size` bytes; what is not printed is zero. */
function printed(block: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let end = 0;
  for (const line of block.trimEnd().split("\n")) {
    const [, offset, digits] = LINE.exec(line) ?? [];
    const at = Number.parseInt(offset!, 16);
    assertEquals(at >= end, true, `offsets rise: ${line}`);
    const part = digits!.trim().split(" ").map((two) =>
      Number.parseInt(two, 16)
    );
    bytes.set(part, at);
    end = at + part.length;
  }
  return bytes;
}

Deno.test("FORMAT.md prints exactly the golden files", () => {
  const text = Deno.readTextFileSync(
    new URL("../../../src/storage/FORMAT.md", import.meta.url),
  );
  const examples = text.matchAll(
    /^`([^`\n]+)`, (\d+) bytes[^`]*?```hex\n(.*?)```/gms,
  );
  const found = new Map(
    Array.from(examples, ([, name, size, block]) => [
      name!,
      hex(printed(block!, Number(size))),
    ]),
  );
  const golden = readGoldenFiles();
  assertEquals([...found.keys()].sort(), [...GOLDEN_NAMES]);
  for (const [name, bytes] of golden) {
    assertEquals(found.get(name), hex(bytes), name);
  }
});

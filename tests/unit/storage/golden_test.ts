/** The formats of FORMAT.md, byte for byte. */

import { assertEquals } from "@std/assert";
import {
  findSnapshot,
  readEntries,
  readSnapshot,
} from "../../../src/storage/mod.ts";
import { readIdentity } from "../../../src/storage/identity.ts";
import { recoverWal } from "../../../src/storage/recovery.ts";
import {
  GOLDEN_BLOCKS,
  GOLDEN_ENTRIES,
  GOLDEN_GROUP_ENTRIES,
  GOLDEN_GROUP_NAMES,
  GOLDEN_GROUP_POINT,
  GOLDEN_IDENTITY,
  GOLDEN_NAMES,
  GOLDEN_POINT,
  liveGoldenGroupLife,
  liveGoldenLife,
  readGoldenFiles,
} from "./golden_files.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

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

Deno.test("a member of a group writes exactly its golden files", async () => {
  const golden = readGoldenFiles(GOLDEN_GROUP_NAMES);
  const files = await liveGoldenGroupLife();
  assertEquals([...files.keys()].sort(), [...GOLDEN_GROUP_NAMES]);
  for (const name of GOLDEN_GROUP_NAMES) {
    assertEquals(hex(files.get(name)!), hex(golden.get(name)!), name);
  }
});

Deno.test("recovery reads the golden files of a member back", () => {
  const names = [...GOLDEN_GROUP_NAMES, ...GOLDEN_NAMES.slice(1)];
  const disk = SimulatedDisk.of(readGoldenFiles(names));
  assertEquals(readIdentity(disk), GOLDEN_IDENTITY);
  const snapshot = findSnapshot(disk)!;
  const { index, term, members } = snapshot;
  assertEquals({ index, term, members: members! }, GOLDEN_GROUP_POINT);
  assertEquals([...readSnapshot(disk, snapshot)], GOLDEN_BLOCKS);
  const wal = recoverWal(disk, () => {}, 0);
  const [change, , leave] = GOLDEN_GROUP_ENTRIES;
  assertEquals([...readEntries(disk, wal, 0)], [
    ...GOLDEN_ENTRIES,
    change,
    leave,
  ]);
  assertEquals(wal.lastIndex, 5);
  assertEquals([...readEntries(disk, wal, 4)], [leave]);
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
  const names = [...GOLDEN_NAMES, ...GOLDEN_GROUP_NAMES].sort();
  const golden = readGoldenFiles(names);
  assertEquals([...found.keys()].sort(), names);
  for (const [name, bytes] of golden) {
    assertEquals(found.get(name), hex(bytes), name);
  }
});

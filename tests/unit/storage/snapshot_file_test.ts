import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CorruptionError, DiskError } from "../../../src/base/mod.ts";
import {
  adoptSnapshot,
  findSnapshot,
  readSnapshot,
  removeTemporary,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const NAME = "snapshot-0000000000000007.snap";
const POINT = { index: 7, term: 2 };
const CONTENT = [new Uint8Array(600).fill(1), Uint8Array.of(2)];

async function written(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  await writeSnapshot(disk, POINT, CONTENT);
  return disk;
}

Deno.test("writeSnapshot() makes a file that reads back, and is durable", async () => {
  const disk = new SimulatedDisk();
  const bytes = await writeSnapshot(disk, POINT, CONTENT);
  const worst = disk.crashed(() => 0);
  const found = findSnapshot(worst)!;
  assertEquals(found, { name: NAME, ...POINT, bytes });
  assertEquals(worst.size(NAME), bytes);
  assertEquals([...readSnapshot(worst, found)], CONTENT);
});

Deno.test("writeSnapshot() writes a snapshot of nothing", async () => {
  const disk = new SimulatedDisk();
  await writeSnapshot(disk, POINT, []);
  assertEquals([...readSnapshot(disk, findSnapshot(disk)!)], []);
});

Deno.test("writeSnapshot() copies each block before it asks for the next", async () => {
  const disk = new SimulatedDisk();
  const reused = new Uint8Array(4);
  function* content() {
    for (const value of [1, 2, 3]) yield reused.fill(value);
  }
  await writeSnapshot(disk, POINT, content());
  const blocks = [...readSnapshot(disk, findSnapshot(disk)!)];
  assertEquals(blocks.map((block) => block[0]), [1, 2, 3]);
});

Deno.test("writeSnapshot() removes older snapshots once it is durable", async () => {
  const disk = await written();
  let kept = 0;
  disk.afterOperation = () => {
    const worst = disk.crashed(() => 0);
    kept = Math.max(kept, worst.list().length);
    findSnapshot(worst);
    assert(worst.list().some((name) => name.endsWith(".snap")));
  };
  await writeSnapshot(disk, { index: 9, term: 2 }, CONTENT);
  assertEquals(disk.list(), ["snapshot-0000000000000009.snap"]);
  assertEquals(kept, 2);
});

Deno.test("writeSnapshot() leaves what was there and nothing of its own when it fails", async () => {
  const disk = await written();
  const before = disk.files;
  for (let at = 0;; at++) {
    let next = 0;
    disk.before = ({ kind }) =>
      next++ === at && kind !== "remove" ? { code: "ENOSPC" } : undefined;
    const isDone = await writeSnapshot(disk, POINT, CONTENT).then(
      () => true,
      (error: unknown) => {
        assert(error instanceof DiskError);
        return false;
      },
    );
    disk.before = () => undefined;
    if (isDone) break;
    assertEquals(disk.files, before, `operation ${at}`);
  }
});

Deno.test("writeSnapshot() leaves nothing when its content cannot be read", async () => {
  const disk = new SimulatedDisk();
  function* content(): Generator<Uint8Array> {
    yield Uint8Array.of(1);
    throw new Error("gone");
  }
  await assertRejects(
    () => writeSnapshot(disk, POINT, content()),
    Error,
    "gone",
  );
  assertEquals(disk.list(), []);
});

Deno.test("removeTemporary() removes what is half made, and nothing else", async () => {
  const disk = await written();
  for (const name of ["snapshot-1.snap.tmp", "wal-1.log.tmp"]) {
    (await disk.create(name)).close();
  }
  await removeTemporary(disk);
  assertEquals(disk.list(), [NAME]);
});

Deno.test("findSnapshot() takes the newest, and finds none where none is", async () => {
  assertEquals(findSnapshot(new SimulatedDisk()), undefined);
  const disk = await written();
  const older = disk.files.get(NAME)!;
  await writeSnapshot(disk, { index: 20, term: 3 }, CONTENT);
  const both = SimulatedDisk.of(new Map([...disk.files, [NAME, older]]));
  assertEquals(findSnapshot(both)!.index, 20);
});

Deno.test("findSnapshot() refuses a damaged header, a strange version and a wrong name", async () => {
  const bytes = (await written()).files.get(NAME)!;
  const refuse = (name: string, content: Uint8Array) =>
    assertThrows(
      () => findSnapshot(SimulatedDisk.of(new Map([[name, content]]))),
      CorruptionError,
    );
  refuse(NAME, bytes.with(9, 1));
  refuse(NAME, bytes.subarray(0, 31));
  assertStringIncludes(refuse(NAME, bytes.with(7, 5)).message, "version 5");
  assertStringIncludes(refuse(NAME, bytes.with(7, 1)).message, "version 1");
  const other = refuse("snapshot-0000000000000008.snap", bytes);
  assertEquals(other.offset, 8);
});

Deno.test("readSnapshot() gives only blocks that are whole, then names the damage", async () => {
  const bytes = (await written()).files.get(NAME)!;
  const second = 32 + 8 + 600;
  const disk = SimulatedDisk.of(new Map([[NAME, bytes.with(second + 8, 9)]]));
  const blocks: Uint8Array[] = [];
  const error = assertThrows(() => {
    for (const block of readSnapshot(disk, findSnapshot(disk)!)) {
      blocks.push(block);
    }
  }, CorruptionError);
  assertEquals(blocks, CONTENT.slice(0, 1));
  assertEquals(error.file, `disk/${NAME}`);
  assertEquals(error.offset, second);
});

Deno.test("readSnapshot() refuses a file that goes on behind its end", async () => {
  const bytes = (await written()).files.get(NAME)!;
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  const disk = SimulatedDisk.of(new Map([[NAME, longer]]));
  assertThrows(
    () => [...readSnapshot(disk, findSnapshot(disk)!)],
    CorruptionError,
    "the end is damaged",
  );
});

Deno.test("adoptSnapshot() makes another node's file the newest, durably", async () => {
  const other = await written();
  const members = new Uint8Array([1, 2, 3]);
  const point = { index: 9, term: 3, members };
  await writeSnapshot(other, point, CONTENT);
  const sent = other.files.get("snapshot-0000000000000009.snap")!;
  const own = (await written()).files;
  own.set("incoming.tmp", sent);
  const disk = SimulatedDisk.of(own);
  await adoptSnapshot(disk, "incoming.tmp", point);
  const worst = disk.crashed(() => 0);
  const found = findSnapshot(worst)!;
  assertEquals([found.index, found.term, found.members], [9, 3, members]);
  assertEquals([...readSnapshot(worst, found)], CONTENT);
  assertEquals(disk.list().includes("incoming.tmp"), false);
  assertEquals(disk.list().includes(NAME), false, "the older one is gone");
});

Deno.test("adoptSnapshot() refuses a file that is not the one", async () => {
  const disk = SimulatedDisk.of(
    new Map([["incoming.tmp", new Uint8Array(99)]]),
  );
  await assertRejects(
    () => adoptSnapshot(disk, "incoming.tmp", POINT),
    CorruptionError,
    "not the one that was sent",
  );
  const other = (await written()).files.get(NAME)!;
  const later = SimulatedDisk.of(new Map([["incoming.tmp", other]]));
  await assertRejects(
    () => adoptSnapshot(later, "incoming.tmp", { ...POINT, term: 3 }),
    CorruptionError,
  );
});

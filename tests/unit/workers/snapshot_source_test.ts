import { assertEquals, assertRejects } from "@std/assert";
import { DiskError } from "../../../src/base/mod.ts";
import { writeSnapshot } from "../../../src/storage/mod.ts";
import { openSnapshotSource } from "../../../src/workers/snapshot_source.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";

const CONTENT = [new Uint8Array(3000).fill(7)];

async function diskWith(...indexes: number[]): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  for (const index of indexes) {
    await writeSnapshot(disk, { index, term: 1 }, CONTENT);
  }
  return disk;
}

Deno.test("openSnapshotSource() gives the bytes of the snapshot, though a newer one replaces it", async () => {
  const disk = await diskWith(5);
  const [bytes] = disk.files.values();
  const source = (await openSnapshotSource(disk, 5))!;
  assertEquals(source.bytes, bytes!.length);
  assertEquals(await source.read(0, 1000), bytes!.slice(0, 1000));
  await writeSnapshot(disk, { index: 6, term: 1 }, []);
  assertEquals(await source.read(1000, 5000), bytes!.slice(1000));
  source.close();
});

Deno.test("openSnapshotSource() gives nothing for a snapshot that is not there any more", async () => {
  assertEquals(await openSnapshotSource(await diskWith(), 5), undefined);
  assertEquals(await openSnapshotSource(await diskWith(5, 6), 5), undefined);
});

Deno.test("openSnapshotSource() gives nothing for one that is damaged, or a disk that fails", async () => {
  const damaged = await diskWith(5);
  const [name] = damaged.list();
  const file = await damaged.reuse(name!);
  await file.append(new Uint8Array(8));
  file.close();
  assertEquals(await openSnapshotSource(damaged, 5), undefined);
  const failing = await diskWith(5);
  failing.before = ({ kind }) => kind === "open" ? { code: "EIO" } : undefined;
  assertEquals(await openSnapshotSource(failing, 5), undefined);
});

Deno.test("openSnapshotSource() lets a broken invariant pass", async () => {
  const disk = await diskWith(5);
  disk.list = () => {
    throw new TypeError("a fault of ours");
  };
  await assertRejects(() => openSnapshotSource(disk, 5), TypeError);
  disk.list = () => {
    throw new DiskError("EIO", "a fault of the disk");
  };
  assertEquals(await openSnapshotSource(disk, 5), undefined);
});

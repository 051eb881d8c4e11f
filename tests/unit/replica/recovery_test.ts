import { assertEquals, assertRejects } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import type { Entry, HardState } from "../../../src/raft/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { recover, type Recovered } from "../../../src/replica/recovery.ts";
import { SystemFiles, Wal, writeSnapshot } from "../../../src/storage/mod.ts";
import { bytes, entry, ServeSide, text } from "./harness.ts";

const WAL_OPTIONS = {
  segmentBytes: 1024,
  preparesSegments: false,
  stamp: () => 7,
  log: () => {},
};

/** A directory of its own, the disk of one test. */
class Disk implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  readonly files = new SystemFiles(this.directory);

  /** Writes a log in one run of the node, a batch for each item. */
  async write(...batches: [Entry[], HardState?][]): Promise<void> {
    const { wal } = await Wal.open(this.files, WAL_OPTIONS);
    for (const [entries, hardState] of batches) {
      wal.append(entries, hardState);
      await wal.flush(true);
    }
    await wal.close();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

async function recoverFrom(disk: Disk, isStopping = false) {
  const link = createLink(64 * 1024);
  const serve = new ServeSide(new LinkEnd(link.near));
  if (isStopping) serve.push(ServeToRaft.STOP);
  const recovered = await recover(
    disk.files,
    WAL_OPTIONS,
    new LinkEnd(link.far),
  );
  return { recovered, frames: serve.frames() };
}

function tail(recovered: Recovered | undefined): (string | undefined)[] {
  const { stable } = recovered!.log;
  const { firstIndex, lastIndex } = stable;
  if (lastIndex < firstIndex) return [];
  return stable.entries(firstIndex, lastIndex + 1, Infinity)
    .map((one) => text(one.data));
}

function entries(term: number, low: number, high: number): Entry[] {
  return Array.from(
    { length: high - low + 1 },
    (_, at) => entry(term, low + at),
  );
}

Deno.test("recover() finds nothing in an empty directory", async () => {
  using disk = new Disk();
  const { recovered, frames } = await recoverFrom(disk);
  assertEquals(frames, []);
  assertEquals(recovered?.log.hardState, { term: 0, vote: 0, commit: 0 });
  assertEquals(recovered?.log.stable.lastIndex, 0);
});

Deno.test("recover() sends what is committed and keeps the tail", async () => {
  using disk = new Disk();
  await disk.write(
    [[entry(1, 1)], { term: 1, vote: 1, commit: 0 }],
    [[entry(1, 2), entry(1, 3)], { term: 1, vote: 1, commit: 1 }],
    [[entry(2, 4)], { term: 2, vote: 1, commit: 2 }],
  );
  const { recovered, frames } = await recoverFrom(disk);
  assertEquals(frames, ["ENTRY 1 1 1/1", "ENTRY 2 1 1/2"]);
  assertEquals(tail(recovered), ["1/3", "2/4"]);
  assertEquals(recovered?.log.hardState, { term: 2, vote: 1, commit: 2 });
  assertEquals(recovered?.log.stable.term(2), 1);
  recovered?.wal.append([entry(2, 5)]);
});

Deno.test("recover() sends the snapshot, then only what lies behind it", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 6), { term: 1, vote: 1, commit: 6 }]);
  await writeSnapshot(disk.files, { index: 4, term: 1 }, [
    bytes("first"),
    bytes("second"),
  ]);
  const { recovered, frames } = await recoverFrom(disk);
  assertEquals(frames, [
    "SNAPSHOT_BLOCK 0 0 first",
    "SNAPSHOT_BLOCK 5 0 second",
    "SNAPSHOT_END 4 1",
    "ENTRY 5 1 1/5",
    "ENTRY 6 1 1/6",
  ]);
  assertEquals(tail(recovered), []);
});

Deno.test("recover() takes a snapshot for committed though the log does not say so", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 6), { term: 1, vote: 1, commit: 2 }]);
  await writeSnapshot(disk.files, { index: 4, term: 1 }, [bytes("all")]);
  const { recovered, frames } = await recoverFrom(disk);
  assertEquals(frames, ["SNAPSHOT_BLOCK 0 0 all", "SNAPSHOT_END 4 1"]);
  assertEquals(recovered?.log.hardState.commit, 4);
  assertEquals(tail(recovered), ["1/5", "1/6"]);
});

Deno.test("recover() cuts a block of the snapshot that is larger than a frame", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 1), { term: 1, vote: 1, commit: 1 }]);
  const block = bytes("0123456789".repeat(4000));
  await writeSnapshot(disk.files, { index: 1, term: 1 }, [block, bytes("x")]);
  const { frames } = await recoverFrom(disk);
  const parts = frames.map((frame) => frame.split(" "));
  assertEquals(parts.map(([kind, a]) => `${kind} ${a}`), [
    "SNAPSHOT_BLOCK 0",
    "SNAPSHOT_BLOCK 32744",
    "SNAPSHOT_BLOCK 40000",
    "SNAPSHOT_END 1",
  ]);
  assertEquals(parts[0]![3]! + parts[1]![3]!, text(block));
});

Deno.test("recover() ends early when STOP waits", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 6), { term: 1, vote: 1, commit: 6 }]);
  const { recovered, frames } = await recoverFrom(disk, true);
  assertEquals([recovered, frames], [undefined, []]);
  await writeSnapshot(disk.files, { index: 4, term: 1 }, [bytes("all")]);
  assertEquals((await recoverFrom(disk, true)).frames, []);
  assertEquals(
    (await recoverFrom(disk)).frames.length,
    4,
    "nothing was lost by it",
  );
});

Deno.test("recover() refuses a log that begins behind the snapshot", async () => {
  using disk = new Disk();
  for (const low of [1, 101, 201]) {
    await disk.write([entries(1, low, low + 99), {
      term: 1,
      vote: 1,
      commit: low + 99,
    }]);
  }
  const segments = disk.files.list().filter((name) => name.startsWith("wal-"));
  // The first one is empty: the batch was too long for it.
  for (const name of segments.slice(0, 2)) await disk.files.remove(name);
  const missing = await assertRejects(() => recoverFrom(disk), CorruptionError);
  assertEquals(missing.message.includes("entries 1 to 100"), true);
});

Deno.test("recover() refuses a log that ends before what was committed", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 3), { term: 1, vote: 1, commit: 12 }]);
  await writeSnapshot(disk.files, { index: 9, term: 1 }, [bytes("all")]);
  const short = await assertRejects(() => recoverFrom(disk), CorruptionError);
  assertEquals(short.message.includes("before entry 12"), true);
});

Deno.test("recover() goes on behind a snapshot that outlived the log's end", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 3), { term: 1, vote: 1, commit: 3 }]);
  await writeSnapshot(disk.files, { index: 9, term: 1 }, [bytes("all")]);
  assertEquals((await recoverFrom(disk)).recovered?.log.stable.lastIndex, 9);
  assertEquals((await recoverFrom(disk)).recovered?.log.stable.lastIndex, 9);
});

Deno.test("recover() removes what an interrupted snapshot left", async () => {
  using disk = new Disk();
  await disk.write([entries(1, 1, 3), { term: 1, vote: 1, commit: 3 }]);
  Deno.writeTextFileSync(`${disk.directory}/snapshot-1.snap.tmp`, "half");
  await recoverFrom(disk);
  assertEquals(disk.files.list().some((name) => name.endsWith(".tmp")), false);
});

import { assertEquals, assertRejects } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import type { Entry, HardState } from "../../../src/raft/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { NO_MEMBERS, replayMembers } from "../../../src/replica/members.ts";
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

// -- A member of a group --

/** Adds node `id` as a voter. */
function adding(term: number, index: number, id: number): Entry {
  return {
    term,
    index,
    kind: "change-v1",
    data: new Uint8Array([0, 1, 0, id]),
  };
}

async function recoverMember(disk: Disk, retainedBytesMax: number) {
  const link = createLink(64 * 1024);
  const serve = new ServeSide(new LinkEnd(link.near));
  const end = new LinkEnd(link.far);
  const { files } = disk;
  const recovered = await recover(files, WAL_OPTIONS, end, retainedBytesMax);
  const frames = serve.frames().map((frame) =>
    frame.split(" ").slice(0, 3).join(" ")
  );
  return { recovered: recovered!, frames };
}

Deno.test("recover() follows the members, and keeps committed entries for raft", async () => {
  using disk = new Disk();
  await disk.write(
    [[adding(1, 1, 1), adding(1, 2, 2)], { term: 1, vote: 0, commit: 2 }],
    [entries(2, 3, 6), { term: 2, vote: 1, commit: 5 }],
  );
  const { recovered, frames } = await recoverMember(disk, 6);
  assertEquals(frames, [
    "MEMBERS 1 1",
    "MEMBERS 2 1",
    ...[3, 4, 5].map((index) => `ENTRY ${index} 2`),
  ]);
  assertEquals(recovered.log.members?.confState.voters, [1, 2]);
  assertEquals([recovered.log.applied, recovered.log.isWhole], [5, true]);
  assertEquals(recovered.log.hardState, { term: 2, vote: 1, commit: 5 });
  assertEquals(tail(recovered), ["2/4", "2/5", "2/6"]);
});

Deno.test("recover() takes the members from the snapshot, and goes on from there", async () => {
  using disk = new Disk();
  await disk.write(
    [[adding(1, 1, 1), adding(1, 2, 2)], { term: 1, vote: 0, commit: 2 }],
    [[adding(1, 3, 3)], { term: 1, vote: 0, commit: 3 }],
  );
  const first = await recoverMember(disk, 99);
  await first.recovered.wal.close();
  const replay = replayMembers(NO_MEMBERS);
  replay.apply(adding(1, 1, 1));
  const members = replay.apply(adding(1, 2, 2));
  const point = { index: 2, term: 1, members };
  await writeSnapshot(disk.files, point, [bytes("state")]);
  const { recovered, frames } = await recoverMember(disk, 99);
  assertEquals(frames, [
    "SNAPSHOT_BLOCK 0 0",
    "SNAPSHOT_END 2 1",
    "MEMBERS 2 1",
    "MEMBERS 3 1",
  ]);
  assertEquals(recovered.log.members?.confState.voters, [1, 2, 3]);
});

Deno.test("recover() knows an entry that was replaced from the one in its place", async () => {
  using disk = new Disk();
  await disk.write(
    [entries(1, 1, 4), { term: 1, vote: 0, commit: 1 }],
    [entries(2, 3, 3), { term: 2, vote: 0, commit: 2 }],
  );
  const { recovered, frames } = await recoverMember(disk, 99);
  assertEquals(frames, ["ENTRY 1 1", "ENTRY 2 1"]);
  assertEquals(tail(recovered), ["1/1", "1/2", "2/3"]);
});

Deno.test("recover() tells a stop in order from a crash", async () => {
  using disk = new Disk();
  const { wal } = await Wal.open(disk.files, WAL_OPTIONS);
  wal.append(entries(1, 1, 2), { term: 1, vote: 0, commit: 1 });
  await wal.flush(true);
  const { recovered } = await recoverMember(disk, 99);
  assertEquals(recovered.log.isWhole, false);
  await recovered.wal.close(false);
  const again = (await recoverMember(disk, 99)).recovered;
  assertEquals(again.log.isWhole, false, "the node did not catch up");
  await again.wal.close();
  assertEquals((await recoverMember(disk, 99)).recovered.log.isWhole, true);
});

Deno.test("recover() leaves a log that may lack its end so when it is stopped", async () => {
  using disk = new Disk();
  const { wal } = await Wal.open(disk.files, WAL_OPTIONS);
  wal.append(entries(1, 1, 2), { term: 1, vote: 0, commit: 2 });
  await wal.flush(true);
  assertEquals((await recoverFrom(disk, true)).recovered, undefined);
  assertEquals((await recoverMember(disk, 99)).recovered.log.isWhole, false);
});

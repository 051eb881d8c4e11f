import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AssertionError, DiskError } from "../../../src/base/mod.ts";
import { MemoryLog } from "../../../src/raft/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { Bench, entry, text } from "./harness.ts";

// -- Start --

Deno.test("Replica of one voter is recovered when its empty entry is durable", async () => {
  const bench = new Bench();
  bench.replica.turn();
  assertEquals(bench.writer.written[0]?.hardState?.vote, 1);
  assertEquals(bench.serve.frames(), []);
  await bench.writer.endFlush();
  bench.replica.turn();
  assertEquals(bench.serve.frames(), [], "the entry is not durable");
  assertEquals(bench.replica.phase, "electing");
  await bench.writer.endFlush();
  assertEquals(bench.replica.turn(), 0, "a STOP may wait");
  assertEquals(bench.serve.frames(), ["ENTRY 1 1", "RECOVERED 1 1"]);
  assertEquals(bench.replica.phase, "running");
  assertEquals(bench.replica.turn(), 100, "the next tick");
});

Deno.test("Replica sends the tail of the log before RECOVERED", async () => {
  const stable = new MemoryLog({ index: 7, term: 2 });
  stable.append([entry(2, 8), entry(3, 9)]);
  const bench = new Bench({
    log: {
      stable,
      hardState: { term: 3, vote: 1, commit: 7 },
      snapshotBytes: 0,
    },
  });
  assertEquals(await bench.recover(), [
    "ENTRY 8 2 2/8",
    "ENTRY 9 3 3/9",
    "ENTRY 10 4",
    "RECOVERED 10 4",
  ]);
});

Deno.test("Replica reads no proposal before RECOVERED", async () => {
  const bench = new Bench();
  bench.serve.propose("early");
  assertEquals((await bench.recover()).at(-1), "RECOVERED 1 1");
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
});

// -- Proposals --

Deno.test("Replica reports a proposal when the disk has it, not before", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  bench.replica.turn();
  assertEquals(bench.writer.entries().map((one) => text(one.data)), ["", "a"]);
  bench.replica.turn();
  assertEquals(bench.serve.frames(), []);
  await bench.writer.endFlush();
  bench.replica.turn();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
});

Deno.test("Replica gathers while a flush is in flight and flushes all at once", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  bench.replica.turn();
  const before = bench.writer.syncs.length;
  for (const word of ["b", "c"]) {
    bench.serve.propose(word);
    bench.replica.turn();
  }
  assertEquals(bench.writer.syncs.length, before);
  await bench.writer.endFlush();
  bench.replica.turn();
  assertEquals(bench.writer.syncs.length, before + 1);
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
  await bench.writer.endFlush();
  bench.replica.turn();
  assertEquals(bench.serve.frames(), ["COMMITTED 4 3"]);
});

Deno.test("Replica writes a commit index with the next entries, not by itself", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  await bench.settle();
  const flushes = bench.writer.syncs.length;
  bench.replica.turn();
  assertEquals(bench.writer.syncs.length, flushes);
  bench.serve.propose("b");
  bench.replica.turn();
  const states = bench.writer.written.map((unit) => unit.hardState?.commit);
  assertEquals(states.slice(-2), [2, undefined]);
});

Deno.test("Replica takes a proposal in parts", async () => {
  const bench = new Bench();
  await bench.recover();
  const { PROPOSE, PROPOSE_PART } = ServeToRaft;
  const data = (word: string) => new TextEncoder().encode(word);
  bench.serve.push(PROPOSE_PART, 1, 5, data("ab"));
  bench.replica.turn();
  bench.serve.push(PROPOSE_PART, 1, 2, data("cde"));
  bench.serve.push(PROPOSE, 1, 0, data("fg"));
  await bench.settle();
  assertEquals(text(bench.writer.entries().at(-1)!.data), "abcdefg");
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
});

Deno.test("Replica stops reading at its bound of proposed bytes, and goes on behind it", async () => {
  const bench = new Bench({ options: { proposedBytesMax: 10 } });
  await bench.recover();
  for (const word of ["12345", "67890", "abcde"]) bench.serve.propose(word);
  bench.replica.turn();
  assertEquals(bench.writer.entries().length, 3, "two and the empty one");
  bench.replica.turn();
  assertEquals(bench.writer.entries().length, 3);
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 3 2", "COMMITTED 4 3"]);
});

Deno.test("Replica leaves a full ring to the writer and tells it of room", async () => {
  const bench = new Bench({ ringBytes: 1024 });
  await bench.recover();
  let proposals = 0;
  while (bench.serve.propose("x".repeat(100))) proposals++;
  assert(proposals > 3);
  bench.replica.turn();
  assertEquals(bench.serve.propose("x".repeat(100)), true);
  const ticket = bench.serve.end.ownBell.ticket();
  await bench.settle();
  assert(bench.serve.end.ownBell.ticket() > ticket, "the bell has rung");
  assertEquals(
    bench.serve.frames().at(-1),
    `COMMITTED ${proposals + 2} ${proposals + 1}`,
  );
});

Deno.test("Replica rings for room that frames without an answer leave", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.push(ServeToRaft.APPLIED, 1);
  const ticket = bench.serve.end.ownBell.ticket();
  bench.replica.turn();
  assert(bench.serve.end.ownBell.ticket() > ticket);
  assertEquals(bench.statistics.get("appliedIndex"), 1);
});

Deno.test("Replica takes ids that do not rise by one for a broken invariant", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.push(ServeToRaft.PROPOSE, 2);
  assertThrows(() => bench.replica.turn(), AssertionError, "rise by one");
});

Deno.test("Replica keeps no entries that are handed over", async () => {
  const bench = new Bench();
  await bench.recover();
  for (const word of ["a", "b", "c"]) bench.serve.propose(word);
  await bench.settle();
  assertEquals(bench.statistics.get("logEntriesInMemory"), 0);
  assertEquals(bench.statistics.get("committedIndex"), 4);
});

// -- Policies --

Deno.test("Replica syncs the vote under every policy, entries under always alone", async () => {
  for (const fsync of ["always", "everysec", "no"] as const) {
    const bench = new Bench({ options: { fsync } });
    await bench.recover();
    bench.serve.propose("a");
    await bench.settle();
    const isAlways = fsync === "always";
    assertEquals(bench.writer.syncs, [true, isAlways, isAlways], fsync);
  }
});

Deno.test("Replica syncs once a second under everysec, beside the flushes", async () => {
  const bench = new Bench({ options: { fsync: "everysec" } });
  await bench.recover();
  assertEquals(bench.replica.turn(), 100, "the next tick");
  bench.clock.advance(1000);
  bench.replica.turn();
  assertEquals([bench.writer.isSyncing, bench.writer.synced], [true, 1]);
  bench.serve.propose("a");
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
  await bench.writer.endSync();
  assertEquals(bench.writer.synced, 2, "what was written when it began");
  bench.replica.turn();
  assertEquals(bench.writer.isSyncing, false, "the next is due in a second");
  bench.clock.advance(1000);
  bench.replica.turn();
  await bench.writer.endSync();
  assertEquals(bench.writer.synced, bench.writer.written.length);
  bench.clock.advance(5000);
  bench.replica.turn();
  assertEquals(bench.writer.isSyncing, false, "nothing is unsynced");
});

Deno.test("Replica holds commits back when a sync is a second late", async () => {
  const bench = new Bench({ options: { fsync: "everysec" } });
  await bench.recover();
  bench.clock.advance(1000);
  bench.replica.turn();
  bench.clock.advance(1000);
  bench.serve.propose("a");
  await bench.settle();
  assertEquals(bench.serve.frames(), []);
  await bench.writer.endSync();
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
});

Deno.test("Replica never syncs entries under no", async () => {
  const bench = new Bench({ options: { fsync: "no" } });
  await bench.recover();
  bench.serve.propose("a");
  await bench.settle();
  bench.clock.advance(10_000);
  await bench.settle();
  assertEquals([bench.writer.isSyncing, bench.writer.synced], [false, 1]);
});

// -- Snapshots --

Deno.test("Replica wants a snapshot at the bound, and again after as much more", async () => {
  const bench = new Bench();
  await bench.recover();
  const at = (walBytes: number) => {
    bench.writer.bytesSinceSnapshot = walBytes;
    bench.replica.turn();
    return bench.serve.frames();
  };
  assertEquals(at(999), []);
  assertEquals(at(1001), ["SNAPSHOT_WANTED 1001 0"]);
  assertEquals(at(2000), []);
  assertEquals(at(2001), ["SNAPSHOT_WANTED 2001 0"]);
  bench.serve.push(ServeToRaft.SNAPSHOT_TAKEN, 1, 345);
  assertEquals(at(100), []);
  assertEquals(bench.writer.trims, [1]);
  assertEquals(at(1000), ["SNAPSHOT_WANTED 1000 0"]);
});

Deno.test("Replica lets the log grow as large as the snapshot before it", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.push(ServeToRaft.SNAPSHOT_TAKEN, 1, 5000);
  const at = (walBytes: number) => {
    bench.writer.bytesSinceSnapshot = walBytes;
    bench.replica.turn();
    return bench.serve.frames();
  };
  assertEquals(at(4999), []);
  assertEquals(at(5000), ["SNAPSHOT_WANTED 5000 0"]);
});

Deno.test("Replica refuses a snapshot of what was never committed", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.push(ServeToRaft.SNAPSHOT_TAKEN, 2, 1);
  assertThrows(() => bench.replica.turn(), AssertionError);
});

// -- A stalled or failing disk --

Deno.test("Replica goes on turning while the disk stalls", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  bench.replica.turn();
  for (let turn = 0; turn < 50; turn++) {
    bench.clock.advance(100);
    bench.serve.propose(`${turn}`);
    bench.replica.turn();
  }
  assertEquals(bench.writer.isFlushing, true);
  assertEquals(bench.serve.frames(), []);
  assertEquals(bench.statistics.get("proposalsInFlight"), 51);
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1", "COMMITTED 52 51"]);
});

Deno.test("Replica stops at an error of the disk and reports nothing of that flush", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  bench.replica.turn();
  const failure = new DiskError("EIO", "Cannot sync");
  await bench.writer.endFlush(failure);
  assertThrows(() => bench.replica.turn(), DiskError, "Cannot sync");
  assertThrows(() => bench.replica.turn(), DiskError, "Cannot sync");
  assertEquals(bench.serve.frames(), []);
});

Deno.test("Replica stops at an error of a sync beside the flushes", async () => {
  const bench = new Bench({ options: { fsync: "everysec" } });
  await bench.recover();
  bench.clock.advance(1000);
  bench.replica.turn();
  await bench.writer.endSync(new DiskError("EIO", "Cannot sync"));
  assertThrows(() => bench.replica.turn(), DiskError, "Cannot sync");
});

Deno.test("Replica stops at an error that a write throws at once", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.writer.flush = () => Promise.reject(new DiskError("ENOSPC", "full"));
  bench.serve.propose("a");
  bench.replica.turn();
  await assertRejects(async () => {
    await bench.replica.flushing;
    bench.replica.turn();
  }, DiskError);
});

// -- Stop --

Deno.test("Replica answers what came before STOP, then is drained", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.propose("a");
  bench.serve.push(ServeToRaft.STOP);
  bench.replica.turn();
  assertEquals(bench.replica.phase, "stopping");
  await bench.settle();
  await bench.settle();
  assertEquals(bench.serve.frames(), ["COMMITTED 2 1"]);
  assertEquals(bench.replica.phase, "drained");
  assertEquals(bench.replica.committedIndex, 2);
  assertEquals(bench.writer.written.at(-1)?.hardState?.commit, 2);
});

Deno.test("Replica is drained at once when nothing is open", async () => {
  const bench = new Bench();
  await bench.recover();
  bench.serve.push(ServeToRaft.STOP);
  await bench.settle();
  await bench.settle();
  assertEquals(bench.replica.phase, "drained");
});

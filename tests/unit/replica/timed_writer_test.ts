import { assertEquals, assertRejects } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";
import type { LogWriter } from "../../../src/replica/log_writer.ts";
import { TimedWriter } from "../../../src/replica/timed_writer.ts";

const SYNC_MS = 3;

/** A timed writer over one whose every disk operation takes {@linkcode SYNC_MS}. */
function begin(failure?: Error) {
  const clock = new ManualClock();
  const calls: string[] = [];
  const work = (name: string): Promise<void> => {
    calls.push(name);
    clock.advance(SYNC_MS);
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  };
  const inner: LogWriter = {
    bytesSinceSnapshot: 42,
    append: (entries) => calls.push(`append ${entries.length}`),
    flush: (isSync) => work(`flush ${isSync}`),
    mark: () => work("mark"),
    sync: () => work("sync"),
    trim: (index) => work(`trim ${index}`),
    isPreparationDue: true,
    prepare: () => work("prepare"),
  };
  const memory = new SharedArrayBuffer(STATISTICS_BYTES);
  const statistics = new RaftStatistics(memory);
  const writer = new TimedWriter(inner, clock, statistics);
  const syncs = () =>
    statistics.histogram("syncUs").reduce((sum, count) => sum + count, 0);
  return { writer, calls, statistics, syncs };
}

Deno.test("TimedWriter passes everything on", async () => {
  const { writer, calls } = begin();
  writer.append([]);
  await writer.flush(false);
  await writer.flush(true);
  await writer.mark();
  await writer.sync();
  await writer.trim(7);
  await writer.prepare();
  const passed = [
    "append 0",
    "flush false",
    "flush true",
    "mark",
    "sync",
    "trim 7",
    "prepare",
  ];
  assertEquals(calls, passed);
  assertEquals(writer.bytesSinceSnapshot, 42);
  assertEquals(writer.isPreparationDue, true);
});

Deno.test("TimedWriter times what reaches the disk, and nothing else", async () => {
  const { writer, statistics, syncs } = begin();
  await writer.flush(false);
  await writer.trim(7);
  await writer.prepare();
  assertEquals(syncs(), 0);
  await writer.flush(true);
  await writer.sync();
  assertEquals(syncs(), 2);
  assertEquals(statistics.get("syncMsSum"), 2 * SYNC_MS);
});

Deno.test("TimedWriter counts no sync that failed", async () => {
  const { writer, syncs } = begin(new Error("EIO"));
  await assertRejects(() => writer.sync(), Error, "EIO");
  await assertRejects(() => writer.flush(true), Error, "EIO");
  assertEquals(syncs(), 0);
});

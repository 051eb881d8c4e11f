import { assertEquals, assertRejects } from "@std/assert";
import { Logger, ManualClock, SnapshotError } from "../../../src/base/mod.ts";
import { SnapshotDuty } from "../../../src/workers/snapshot_duty.ts";
import type { SlowEvents } from "../../../src/workers/slow_events.ts";
import type {
  Snapshots,
  TakenSnapshot,
} from "../../../src/workers/snapshots.ts";
import { Bench, turn } from "../engine/harness.ts";

/** A duty whose snapshots end when a test says so. */
function makeDuty() {
  const bench = new Bench();
  const loaded = Promise.withResolvers<void>();
  const taking: PromiseWithResolvers<TakenSnapshot>[] = [];
  const seen = {
    taken: [] as [number, number][],
    lines: [] as string[],
    failures: [] as string[],
    points: [] as unknown[],
  };
  const snapshots = {
    get isRunning() {
      return taking.length > 0;
    },
    take: (point: unknown) => {
      seen.points.push(point);
      const open = Promise.withResolvers<TakenSnapshot>();
      taking.push(open);
      return open.promise.finally(() => taking.pop());
    },
  };
  const duty = new SnapshotDuty({
    snapshots: snapshots as unknown as Snapshots,
    header: bench.core.header,
    point: () => ({ index: bench.engine.appliedIndex, term: 4 }),
    untilLoaded: () => loaded.promise,
    taken: (index, bytes) => {
      seen.taken.push([index, bytes]);
      return Promise.resolve();
    },
    slowEvents: {
      snapshot: (take: () => Promise<TakenSnapshot>) => take(),
    } as unknown as SlowEvents,
    logger: new Logger(
      "serve",
      "notice",
      (line) => seen.lines.push(line.slice(25)),
      new ManualClock(),
    ),
    fail: (reason) => seen.failures.push(reason),
  });
  return { bench, duty, loaded, seen, taking };
}

async function write(bench: Bench, requests: string): Promise<void> {
  bench.receive(bench.connect(), requests);
  await bench.settle();
}

Deno.test("SnapshotDuty.take() tells the log, the operator, and who asks for the last one", async () => {
  const { bench, duty, loaded, seen, taking } = makeDuty();
  loaded.resolve();
  await write(bench, "SET a 1\r\nSET b 2\r\n");
  const done = duty.take();
  await turn();
  assertEquals(seen.points, [{ index: 1, term: 4 }]);
  // What is written meanwhile is not in it.
  await write(bench, "SET c 3\r\n");
  taking[0]!.resolve({ index: 1, bytes: 500 });
  await done;
  assertEquals(seen.taken, [[1, 500]]);
  assertEquals(seen.lines, [
    "serve notice: Snapshot of 500 bytes taken at index 1",
  ]);
  assertEquals([duty.isLastGood, bench.core.header.get("changes")], [true, 1]);
});

Deno.test("SnapshotDuty.take() waits while data are being loaded", async () => {
  const { duty, loaded, seen, taking } = makeDuty();
  const done = duty.take();
  await turn();
  assertEquals(seen.points.length, 0);
  loaded.resolve();
  await turn();
  taking[0]!.resolve({ index: 0, bytes: 1 });
  await done;
});

Deno.test("SnapshotDuty says once that one has failed, and the next may succeed", async () => {
  const { bench, duty, loaded, seen, taking } = makeDuty();
  loaded.resolve();
  await write(bench, "SET a 1\r\n");
  const { lastSeconds } = duty;
  duty.want();
  await turn();
  taking[0]!.reject(new SnapshotError("no room"));
  await turn();
  assertEquals(seen.lines, ["serve warning: no room"]);
  assertEquals([duty.isLastGood, duty.lastSeconds], [false, lastSeconds]);
  assertEquals([seen.taken, seen.failures], [[], []]);
  assertEquals(bench.core.header.get("changes"), 1);
  duty.want();
  await turn();
  taking[0]!.resolve({ index: 1, bytes: 1 });
  await turn();
  assertEquals([duty.isLastGood, seen.taken], [true, [[1, 1]]]);
});

Deno.test("SnapshotDuty.want() takes none beside one that is being taken", async () => {
  const { duty, loaded, seen, taking } = makeDuty();
  loaded.resolve();
  duty.want();
  await turn();
  duty.want();
  await turn();
  assertEquals(seen.points.length, 1);
  taking[0]!.resolve({ index: 0, bytes: 1 });
  await turn();
});

Deno.test("SnapshotDuty stops the node for a broken invariant", async () => {
  const { duty, loaded, seen, taking } = makeDuty();
  loaded.resolve();
  const done = duty.take();
  await turn();
  taking[0]!.reject(new TypeError("a fault of ours"));
  await assertRejects(() => done, TypeError);
  assertEquals(seen.failures.length, 1);
});

import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { LatencyMonitor } from "../../../src/commands/mod.ts";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";
import { SlowEvents } from "../../../src/workers/slow_events.ts";

function parts(isSynced: boolean) {
  const clock = new ManualClock(5_000);
  const latency = new LatencyMonitor();
  latency.thresholdMs = 10;
  const raft = new RaftStatistics(new SharedArrayBuffer(STATISTICS_BYTES));
  const events = new SlowEvents(clock, latency, raft, isSynced);
  const flush = (ms: number) => {
    raft.add("flushes", 1);
    raft.set("flushMsLast", ms);
  };
  return { clock, latency, events, flush };
}

Deno.test("SlowEvents committed() notes each slow flush once", () => {
  const { clock, latency, events, flush } = parts(true);
  flush(9);
  events.committed();
  assertEquals(latency.events.size, 0);
  flush(25);
  events.committed();
  clock.advance(3000);
  events.committed();
  flush(12);
  events.committed();
  assertEquals(latency.events.get("aof-fsync-always"), {
    samples: [{ seconds: 5, ms: 25 }, { seconds: 8, ms: 12 }],
    msMax: 25,
  });
});

Deno.test("SlowEvents committed() names a flush without a sync otherwise", () => {
  const { latency, events, flush } = parts(false);
  flush(25);
  events.committed();
  assertEquals([...latency.events.keys()], ["aof-write"]);
});

Deno.test("SlowEvents snapshot() notes what its start took", () => {
  const { clock, latency, events } = parts(true);
  const started = events.snapshot(() => {
    clock.advance(15);
    return "started";
  });
  assertEquals(started, "started");
  assertEquals(latency.events.get("fork")?.msMax, 15);
});

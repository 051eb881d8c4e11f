import { assertEquals } from "@std/assert";
import { LatencyMonitor } from "../../../../src/commands/mod.ts";

function monitorOf(thresholdMs: number): LatencyMonitor {
  const monitor = new LatencyMonitor();
  monitor.thresholdMs = thresholdMs;
  return monitor;
}

Deno.test("LatencyMonitor keeps what takes as long as its threshold", () => {
  const off = monitorOf(0);
  off.maybeAdd("command", 1e6, 1);
  assertEquals(off.events.size, 0);
  const monitor = monitorOf(10);
  monitor.maybeAdd("command", 9.99, 1);
  assertEquals(monitor.events.size, 0);
  monitor.maybeAdd("fork", 10.5, 1.9);
  assertEquals(monitor.events.get("fork"), {
    samples: [{ seconds: 1, ms: 10 }],
    msMax: 10,
  });
});

Deno.test("LatencyMonitor keeps the worst of each second", () => {
  const monitor = monitorOf(1);
  for (const [ms, seconds] of [[5, 1], [9, 1], [7, 1], [3, 2]] as const) {
    monitor.maybeAdd("command", ms, seconds);
  }
  assertEquals(monitor.events.get("command"), {
    samples: [{ seconds: 1, ms: 9 }, { seconds: 2, ms: 3 }],
    msMax: 9,
  });
});

Deno.test("LatencyMonitor keeps 160 samples and the worst ever", () => {
  const monitor = monitorOf(1);
  for (let second = 1; second <= 200; second++) {
    monitor.maybeAdd("command", second === 1 ? 99 : 2, second);
  }
  const { msMax, samples } = monitor.events.get("command")!;
  assertEquals([samples.length, samples[0]!.seconds, msMax], [160, 41, 99]);
});

Deno.test("LatencyMonitor reset() counts the events it forgets", () => {
  const monitor = monitorOf(1);
  monitor.maybeAdd("command", 5, 1);
  monitor.maybeAdd("fork", 5, 1);
  assertEquals(monitor.reset(["nosuch", "fork", "fork"]), 1);
  assertEquals([...monitor.events.keys()], ["command"]);
  assertEquals(monitor.reset([]), 1);
  assertEquals(monitor.events.size, 0);
});

import { assertEquals } from "@std/assert";
import { Histogram } from "../../../src/base/mod.ts";
import {
  type CommandReport,
  commandTimes,
} from "../../../src/workers/command_report.ts";

function report(name: string, us: Histogram | undefined): CommandReport {
  return { name, class: "read", calls: 9, failed: 0, rejected: 0, us };
}

Deno.test("commandTimes() counts calls in buckets that double from 1 us", () => {
  const us = new Histogram(16);
  for (const value of [0.5, 1.5, 1.5, 300]) us.add(value);
  const times = commandTimes([report("get", us), report("set", undefined)]);
  assertEquals([...times.keys()], ["get"]);
  const { buckets, calls } = times.get("get")!;
  assertEquals(calls, 4);
  assertEquals(buckets.filter(([, count]) => count > 0), [
    [1, 1],
    [2, 2],
    [512, 1],
  ]);
});

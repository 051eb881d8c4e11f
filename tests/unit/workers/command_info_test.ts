import { assertEquals } from "@std/assert";
import { Histogram } from "../../../src/base/mod.ts";
import {
  commandstats,
  errorstats,
  latencystats,
  shownPercentiles,
} from "../../../src/workers/command_info.ts";
import type { CommandReport } from "../../../src/workers/command_report.ts";

function report(name: string, calls: number, us?: Histogram): CommandReport {
  return { name, class: "read", calls, failed: 1, rejected: 2, us };
}

function timed(...values: number[]): Histogram {
  const histogram = new Histogram(16);
  for (const value of values) histogram.add(value);
  return histogram;
}

Deno.test("commandstats() has Redis's fields in Redis's order", () => {
  assertEquals(commandstats([report("get", 4, timed(1, 2))]), [[
    "cmdstat_get",
    "calls=4,usec=6,usec_per_call=1.50,rejected_calls=2,failed_calls=1",
  ]]);
  assertEquals(commandstats([report("client|id", 0)]), [[
    "cmdstat_client|id",
    "calls=0,usec=0,usec_per_call=0.00,rejected_calls=2,failed_calls=1",
  ]]);
});

Deno.test("errorstats() names each code word", () => {
  assertEquals(errorstats({ ERR: 3, WRONGTYPE: 1 }), [
    ["errorstat_ERR", "count=3"],
    ["errorstat_WRONGTYPE", "count=1"],
  ]);
});

Deno.test("latencystats() shows percentiles of commands that were timed", () => {
  const reports = [report("get", 2, timed(1, 10)), report("set", 1)];
  assertEquals(latencystats(reports, [50, 99.9]), [[
    "latency_percentiles_usec_get",
    "p50=1.250,p99.9=12.000",
  ]]);
  assertEquals(latencystats(reports, []), []);
});

Deno.test("shownPercentiles() takes what lies from 0 to 100", () => {
  const shown = (list: string, tracking = "yes") =>
    shownPercentiles({
      value: (name) => name === "latency-tracking" ? tracking : list,
    });
  assertEquals(shown("50 99 99.9"), [50, 99, 99.9]);
  assertEquals(shown("0 100 101 -1 x 1e1 "), [0, 100]);
  assertEquals(shown(""), []);
  assertEquals(shown("50", "no"), []);
});

import { assertEquals } from "@std/assert";
import { Logger } from "../../../src/base/mod.ts";
import { LatencyMonitor, SlowLog } from "../../../src/commands/mod.ts";
import {
  CORE_BYTES_MAX,
  ParameterStore,
  parseOptions,
} from "../../../src/config/mod.ts";
import { bindParameters } from "../../../src/workers/parameters.ts";
import { makeCore } from "../core/harness.ts";

function bound(...flags: string[]) {
  const invocation = parseOptions(flags, () => undefined);
  if (invocation.kind !== "start") throw new Error("These flags start a node");
  const parameters = new ParameterStore();
  const { controls, header } = makeCore();
  const slowLog = new SlowLog(1000);
  const latency = new LatencyMonitor();
  const lines: string[] = [];
  const logger = new Logger("test", "notice", (line) => lines.push(line));
  const clients = { bind: (bound: ParameterStore) => void (watched = bound) };
  let watched: ParameterStore | undefined;
  let thresholds = 0;
  let letters = "";
  const tracked = { keysMax: 0 };
  bindParameters(parameters, invocation.options, {
    header,
    controls,
    logger,
    slowLog,
    latency,
    clients,
    keyEvents: {
      setClasses: (text) => letters = text,
      tracking: { keys: tracked },
    },
    onThreshold: () => thresholds++,
  });
  const set = (name: string, value: string) =>
    assertEquals(parameters.set([[name, value]]), undefined);
  return {
    ...{ parameters, header, slowLog, latency, logger, lines, set },
    isWatched: () => watched === parameters,
    tracked,
    letters: () => letters,
    thresholds: () => thresholds,
  };
}

Deno.test("bindParameters() shows the flags", () => {
  const { parameters } = bound("--port=7777", "--fsync=everysec");
  assertEquals(parameters.value("port"), "7777");
  assertEquals(parameters.value("appendfsync"), "everysec");
  assertEquals(parameters.value("cluster-enabled"), "no");
  const asked = bound("--cluster-protocol=yes").parameters;
  assertEquals(asked.value("cluster-enabled"), "yes");
});

Deno.test("bindParameters() applies what is preset at once", () => {
  const { header, slowLog, latency } = bound("--maxmemory=200mb");
  assertEquals(header.get("memoryLimit"), 200 * 1024 * 1024);
  assertEquals([slowLog.thresholdUs, latency.thresholdMs], [10_000, 0]);
});

Deno.test("bindParameters() lets CONFIG SET act at once", () => {
  const { header, latency, lines, logger, set, slowLog, thresholds } = bound();
  set("maxmemory", "0");
  assertEquals(header.get("memoryLimit"), CORE_BYTES_MAX);
  const before = thresholds();
  set("slowlog-log-slower-than", "-1");
  set("latency-monitor-threshold", "7");
  assertEquals([slowLog.thresholdUs, latency.thresholdMs], [-1, 7]);
  assertEquals(thresholds() - before, 2);
  logger.log("debug", "hidden");
  set("loglevel", "debug");
  logger.log("debug", "shown");
  assertEquals(lines.length, 1);
});

Deno.test("bindParameters() gives the limits of clients their parameters", () => {
  assertEquals(bound().isWatched(), true);
});

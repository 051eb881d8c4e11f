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
  const { header } = makeCore();
  const slowLog = new SlowLog(1000);
  const latency = new LatencyMonitor();
  const lines: string[] = [];
  const logger = new Logger("test", "notice", (line) => lines.push(line));
  const subscribers = { limit: { hardBytes: 0, softBytes: 0, softMs: 0 } };
  let thresholds = 0;
  bindParameters(parameters, invocation.options, {
    header,
    logger,
    slowLog,
    latency,
    subscribers,
    onThreshold: () => thresholds++,
  });
  const set = (name: string, value: string) =>
    assertEquals(parameters.set([[name, value]]), undefined);
  return {
    ...{ parameters, header, slowLog, latency, logger, lines, set },
    subscribers,
    thresholds: () => thresholds,
  };
}

Deno.test("bindParameters() shows the flags", () => {
  const { parameters } = bound("--port=7777", "--fsync=everysec");
  assertEquals(parameters.value("port"), "7777");
  assertEquals(parameters.value("appendfsync"), "everysec");
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

Deno.test("bindParameters() sets what subscribers may leave unread", () => {
  const { set, subscribers } = bound();
  const mib = 1024 * 1024;
  assertEquals(subscribers.limit, {
    hardBytes: 32 * mib,
    softBytes: 8 * mib,
    softMs: 60_000,
  });
  set("client-output-buffer-limit", "normal 1mb 0 0 pubsub 2mb 1mb 5");
  assertEquals(subscribers.limit, {
    hardBytes: 2 * mib,
    softBytes: mib,
    softMs: 5000,
  });
});

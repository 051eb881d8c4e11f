import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import {
  COMMANDS,
  LatencyMonitor,
  SlowLog,
} from "../../../src/commands/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { SlowCommands } from "../../../src/workers/slow_commands.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";

const CLIENT = { address: "127.0.0.1:7", name: "me" } as Client;

function parts() {
  const slowLog = new SlowLog(10);
  const latency = new LatencyMonitor();
  const slow = new SlowCommands(new ManualClock(5_000), slowLog, latency);
  return { slowLog, latency, slow };
}

function idOf(name: string): number {
  return COMMANDS.findIndex((row) => row.name === name);
}

Deno.test("SlowCommands thresholdUs is the lower of both", () => {
  const { latency, slow, slowLog } = parts();
  assertEquals(slow.thresholdUs, Infinity);
  latency.thresholdMs = 2;
  assertEquals(slow.thresholdUs, 2000);
  slowLog.thresholdUs = 5000;
  assertEquals(slow.thresholdUs, 2000);
  slowLog.thresholdUs = 0;
  assertEquals(slow.thresholdUs, 0);
});

Deno.test("SlowCommands ranInCore() writes to the slow log and the monitor", () => {
  const { latency, slow, slowLog } = parts();
  slowLog.thresholdUs = 0;
  latency.thresholdMs = 1;
  const words = [fromLatin1("KEYS"), fromLatin1("*")];
  slow.ranInCore(CLIENT, { id: idOf("keys"), us: 3500, words });
  slow.ranInCore(CLIENT, { id: idOf("get"), us: 2500, words: undefined });
  const entries = slowLog.newest(9).map((entry) => ({
    ...entry,
    words: entry.words.map(toLatin1),
  }));
  const shared = { seconds: 5, address: "127.0.0.1:7", clientName: "me" };
  assertEquals(entries, [
    { ...shared, id: 1, microseconds: 2500, words: ["get"] },
    { ...shared, id: 0, microseconds: 3500, words: ["KEYS", "*"] },
  ]);
  assertEquals(latency.events.get("command")?.msMax, 3);
  assertEquals(latency.events.get("fast-command")?.msMax, 2);
});

Deno.test("SlowCommands ranInHost() knows which host commands are fast", () => {
  const { latency, slow } = parts();
  latency.thresholdMs = 1;
  slow.ranInHost(CLIENT, "config|set", [], 1500);
  assertEquals([...latency.events.keys()], ["command"]);
  slow.ranInHost(CLIENT, "lastsave", [], 1500);
  assertEquals([...latency.events.keys()], ["command", "fast-command"]);
});

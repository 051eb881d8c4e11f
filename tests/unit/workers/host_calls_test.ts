import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import type { HostReply } from "../../../src/commands/mod.ts";
import { HostCalls } from "../../../src/workers/host_calls.ts";

const OK: HostReply = { kind: "status", text: "OK" };
const ERROR: HostReply = { kind: "error", text: "NOPROTO unsupported" };

function begin() {
  const clock = new ManualClock();
  const calls = new HostCalls(clock);
  const run = (name: string, words: number, reply: HostReply, ms = 0) => {
    const startMs = calls.start();
    clock.advance(ms);
    calls.ended(name, words, startMs, reply);
  };
  const counts = (name: string) => {
    const found = calls.counts.get(name);
    return found && [found.calls, found.failed, found.rejected];
  };
  return { clock, calls, run, counts };
}

Deno.test("HostCalls.ended() counts calls and failed ones by name", () => {
  const { calls, run, counts } = begin();
  run("info", 1, OK, 2);
  run("info", 2, OK, 1);
  run("hello", 2, ERROR);
  assertEquals(counts("info"), [2, 0, 0]);
  assertEquals(counts("hello"), [1, 1, 0]);
  assertEquals(calls.counts.get("info")!.us.sum, 3000);
  assertEquals(calls.us.count, 3);
  assertEquals([...calls.errors], [["NOPROTO", 1]]);
  assertEquals(calls.totals, { calls: 3, errors: 1 });
});

Deno.test("HostCalls.ended() counts subcommands, and no unknown one", () => {
  const { calls, run, counts } = begin();
  const error: HostReply = { kind: "error", text: "ERR unknown subcommand" };
  run("client|id", 2, OK);
  run("client", 2, error);
  assertEquals(counts("client|id"), [1, 0, 0]);
  assertEquals(counts("client"), undefined);
  assertEquals([...calls.errors], [["ERR", 1]]);
});

Deno.test("HostCalls.ended() counts a wrong number of words as rejected", () => {
  const { run, counts } = begin();
  run("client|id", 3, { kind: "error", text: "ERR wrong number" });
  assertEquals(counts("client|id"), [0, 0, 1]);
});

Deno.test("HostCalls.ended() waits for a reply that takes time", async () => {
  const { clock, calls, run, counts } = begin();
  const later = Promise.withResolvers<{ kind: "status"; text: string }>();
  run("save", 1, { kind: "later", reply: later.promise });
  assertEquals(counts("save"), undefined);
  clock.advance(7);
  later.resolve({ kind: "status", text: "OK" });
  await later.promise;
  assertEquals(counts("save"), [1, 0, 0]);
  assertEquals(calls.us.sum, 7000);
});

Deno.test("HostCalls.ended() looks into the last reply of a connection", () => {
  const { calls, run, counts } = begin();
  run("quit", 1, { kind: "last", reply: { kind: "status", text: "OK" } });
  run("shutdown", 2, {
    kind: "last",
    reply: { kind: "error", text: "ERR syntax error" },
  });
  assertEquals([counts("quit"), counts("shutdown")], [[1, 0, 0], [1, 1, 0]]);
  calls.reset();
  assertEquals(calls.totals, { calls: 0, errors: 0 });
});

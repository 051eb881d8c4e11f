import { assertEquals } from "@std/assert";
import { error, type Reply } from "../../../src/resp/mod.ts";
import { HostCalls } from "../../../src/workers/host_calls.ts";

const OK: Reply = { kind: "status", text: "OK" };
const ERROR: Reply = { kind: "error", text: "NOPROTO unsupported" };

function begin() {
  const calls = new HostCalls();
  const run = (name: string, words: number, reply: Reply, ms = 0) =>
    calls.ended(name, words, ms * 1000, reply);
  const counts = (name: string) => {
    const found = calls.counts.get(name);
    return found && [found.calls, found.failed, found.rejected];
  };
  return { calls, run, counts };
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
  const error: Reply = { kind: "error", text: "ERR unknown subcommand" };
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

Deno.test("HostCalls.ended() tells what ran from what was refused", () => {
  const { calls, run } = begin();
  assertEquals(run("info", 1, OK), true);
  assertEquals(run("hello", 2, ERROR), true);
  assertEquals(run("client", 2, ERROR), false);
  assertEquals(run("client|id", 3, ERROR), false);
  calls.reset();
  assertEquals(calls.totals, { calls: 0, errors: 0 });
});

Deno.test("HostCalls.refused() counts a refusal, and no call", () => {
  const calls = new HostCalls();
  calls.refused("config|get", error("ERR Can't execute 'config|get'"));
  calls.refused("config", error("ERR Can't execute 'config'"));
  const { calls: ran, rejected } = calls.counts.get("config|get")!;
  assertEquals([ran, rejected], [0, 1]);
  assertEquals(calls.errors.get("ERR"), 2);
});

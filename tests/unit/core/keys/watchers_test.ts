/** What versions do not show of watched keys. */

import { assertEquals } from "@std/assert";
import { SERVED } from "../../../../src/core/mod.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

const CHANGED = "*-1\r\n";
const RAN = "*1\r\n+PONG\r\n";

/** EXEC's reply when another client runs `between` after WATCH of k. */
function race(before: string[], between: string[]): string {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  run(core, other, ...before);
  run(core, mine, "WATCH x k", "MULTI", "PING");
  run(core, other, ...between);
  const reply = run(core, mine, "EXEC");
  assertEquals(core.check(), 0);
  return reply;
}

Deno.test("noteGone() tells of keys that came and went", () => {
  assertEquals(race(["PING"], ["SET k 1", "DEL k"]), CHANGED);
  assertEquals(race(["PING"], ["SET k 1", "RENAME k j"]), CHANGED);
  assertEquals(race(["PING"], ["HSET k f v", "HDEL k f"]), CHANGED);
  assertEquals(race(["SELECT 1"], ["SET k 1", "DEL k"]), RAN);
  assertEquals(race(["SET k 1 PX 1"], ["PING"]), RAN);
  assertEquals(race(["PING"], ["SET j 1", "DEL j", "DEL k"]), RAN);
});

Deno.test("noteEmptied() tells of keys that a flush took", () => {
  assertEquals(race(["PING"], ["SET k 1", "FLUSHDB"]), CHANGED);
  assertEquals(race(["PING"], ["SET k 1", "FLUSHALL"]), CHANGED);
  assertEquals(race(["PING"], ["SET j 1", "FLUSHALL"]), RAN);
  assertEquals(race(["PING"], ["SELECT 1", "SET k 1", "FLUSHDB"]), RAN);
});

Deno.test("noteSwapped() tells of keys in databases that changed places", () => {
  const both = ["MULTI", "SET k a", "SELECT 1", "SET k b", "SELECT 0", "EXEC"];
  assertEquals(race(both, ["SWAPDB 0 1"]), CHANGED);
  assertEquals(race(["SET k 1"], ["SWAPDB 0 1", "SWAPDB 1 0"]), CHANGED);
  assertEquals(race(["SET k 1"], ["SWAPDB 2 1", "SWAPDB 0 0"]), RAN);
  assertEquals(race(["SET j 1"], ["SWAPDB 0 1"]), RAN);
});

Deno.test("deferExec() waits for SWAPDB on its way before it sends what is watched", () => {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  const serve = (session: number, ...lines: string[]) => {
    receive(core, session, requests(...lines));
    return core.serve(session, NOW_MS);
  };
  run(core, other, "SET k 1");
  run(core, mine, "WATCH k", "MULTI", "SET k 2");
  assertEquals(serve(other, "SWAPDB 0 1"), SERVED.deferred);
  assertEquals(serve(mine, "EXEC"), SERVED.full);
  commit(core);
  takeReplies(core);
  core.serve(mine, NOW_MS);
  assertEquals(takeReplies(core), CHANGED);
});

Deno.test("removeWatcher() keeps the list whole", () => {
  const core = makeCore();
  const sessions = [1, 2, 3, 4].map((owner) => openSession(core, owner));
  const [one, two, three, four] = sessions as [number, number, number, number];
  for (const session of sessions) run(core, session, "WATCH k");
  core.closeSession(two);
  run(core, four, "UNWATCH");
  run(core, one, "MULTI", "DISCARD", "WATCH k");
  run(core, four, "SET k 1", "DEL k");
  assertEquals([one, three, four].map((each) => core.isDirty(each)), [
    ...[true, true, false],
  ]);
});

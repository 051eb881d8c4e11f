/** MULTI, EXEC, DISCARD, WATCH, UNWATCH in the core alone. */

import { assertEquals } from "@std/assert";
import { type Core, SERVED, SESSION_FLAGS } from "../../../../src/core/mod.ts";
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

const ABORTED =
  "-EXECABORT Transaction discarded because of previous errors.\r\n";
const CHANGED = "*-1\r\n";

/** Serves `lines` up to where the core stops; code and replies. */
function serve(
  core: Core,
  session: number,
  ...lines: string[]
): [number, string] {
  receive(core, session, requests(...lines));
  return serveOn(core, session);
}

function serveOn(core: Core, session: number): [number, string] {
  let served = core.serve(session, NOW_MS);
  while (served === SERVED.yield) served = core.serve(session, NOW_MS);
  return [served, takeReplies(core)];
}

/** A core in the state that `entries` give to one without clients. */
function follow(entries: readonly Uint8Array[]): Core {
  const core = makeCore();
  entries.forEach((entry, at) => core.applyEntry(entry, at + 1));
  return core;
}

Deno.test("multiCommand() queues what follows and execCommand() runs it in one entry", () => {
  const core = makeCore();
  const session = openSession(core);
  const [served, replies] = serve(
    core,
    session,
    "MULTI",
    "SET a 1",
    "GET a",
    "INCR a",
    "EXEC",
  );
  assertEquals(served, SERVED.deferred);
  assertEquals(replies, "+OK\r\n" + "+QUEUED\r\n".repeat(3));
  assertEquals(core.transactionCount(session), 3);
  const done = commit(core);
  assertEquals(done.replies, [[session, "*3\r\n+OK\r\n$1\r\n1\r\n:2\r\n"]]);
  assertEquals(core.transactionCount(session), -1);
  const follower = follow([done.entry]);
  assertEquals(follower.digest(1n, true), core.digest(1n, true));
});

Deno.test("execCommand() of reads alone needs no entry", () => {
  const core = makeCore();
  const session = openSession(core);
  const [served, replies] = serve(core, session, "MULTI", "GET a", "EXEC");
  assertEquals(served, SERVED.idle);
  assertEquals(replies, "+OK\r\n+QUEUED\r\n*1\r\n$-1\r\n");
  assertEquals(core.gathered(), 0);
});

Deno.test("execCommand() refuses after a request that was refused", () => {
  const core = makeCore();
  const session = openSession(core);
  for (const wrong of ["NOSUCH", "GET", "SAVE", "MULTI x"]) {
    const replies = run(core, session, "MULTI", wrong, "SET a 1", "EXEC");
    assertEquals(replies.endsWith("+QUEUED\r\n" + ABORTED), true, wrong);
  }
  assertEquals(
    run(core, session, "GET a", "EXEC"),
    "$-1\r\n-ERR EXEC without MULTI\r\n",
  );
});

Deno.test("execCommand() with words is refused and ends the transaction", () => {
  const core = makeCore();
  const session = openSession(core);
  assertEquals(
    run(core, session, "MULTI", "SET a 1", "EXEC now", "DISCARD"),
    "+OK\r\n+QUEUED\r\n-EXECABORT Transaction discarded because of: wrong " +
      "number of arguments for 'exec' command\r\n-ERR DISCARD without MULTI\r\n",
  );
});

Deno.test("discardCommand() drops the queue and what is watched", () => {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "WATCH a", "MULTI", "SET a 1");
  assertEquals(core.transactionBytes(session) > 0, true);
  assertEquals(run(core, session, "DISCARD"), "+OK\r\n");
  assertEquals(core.transactionBytes(session), 0);
  assertEquals(run(core, session, "GET a"), "$-1\r\n");
});

Deno.test("watchCommand() makes EXEC depend on each key's version", () => {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  const race = (before: string, between: string[]): string => {
    run(core, other, "FLUSHALL", before);
    run(core, mine, "WATCH x k", "MULTI", "PING");
    if (between.length > 0) run(core, other, ...between);
    return run(core, mine, "EXEC");
  };
  const ran = "*1\r\n+PONG\r\n";
  assertEquals(race("SET k 1", []), ran);
  assertEquals(race("SET k 1", ["SET k 1"]), CHANGED);
  assertEquals(race("SET k 1", ["DEL k"]), CHANGED);
  assertEquals(race("SET k 1", ["DEL k", "SET k 1"]), CHANGED);
  assertEquals(race("SET k 1", ["FLUSHALL"]), CHANGED);
  assertEquals(race("SET k 1", ["SWAPDB 0 1"]), CHANGED);
  assertEquals(race("SET k 1", ["GET k", "SETNX k 2"]), ran);
  assertEquals(race("PING", ["FLUSHALL"]), ran);
  assertEquals(race("PING", ["SET k 1"]), CHANGED);
});

Deno.test("watchCommand() knows keys by their database, and each once", () => {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  run(core, mine, "SELECT 3", "WATCH k k", "WATCH k");
  const bytes = core.transactionBytes(mine);
  for (let count = 0; count < 200; count++) run(core, mine, "WATCH k");
  assertEquals(core.transactionBytes(mine), bytes);
  run(core, other, "SET k 1");
  assertEquals(run(core, mine, "MULTI", "EXEC"), "+OK\r\n*0\r\n");
  run(core, mine, "WATCH k");
  run(core, other, "SELECT 3", "SET k 1");
  assertEquals(run(core, mine, "MULTI", "EXEC"), "+OK\r\n" + CHANGED);
});

Deno.test("unwatchCommand() forgets the keys", () => {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  run(core, mine, "WATCH k");
  run(core, other, "SET k 1");
  assertEquals(core.isDirty(mine), true);
  assertEquals(
    run(core, mine, "UNWATCH", "MULTI", "EXEC"),
    "+OK\r\n+OK\r\n*0\r\n",
  );
});

Deno.test("hasChanged() decides alike on the leader and from the entry alone", () => {
  const core = makeCore();
  const [mine, other] = [openSession(core), openSession(core, 2)];
  const entries: Uint8Array[] = [];
  serve(core, mine, "WATCH k", "MULTI", "SET k mine", "SET j mine");
  // The other's write is in the same entry, in front of the transaction.
  serve(core, other, "SET k other");
  serve(core, mine, "EXEC");
  const done = commit(core);
  entries.push(done.entry);
  assertEquals(done.replies.map(([, text]) => text), ["+OK\r\n", CHANGED]);
  serve(core, mine, "WATCH k", "MULTI", "SET k mine", "SET j mine", "EXEC");
  entries.push(commit(core).entry);
  assertEquals(
    run(core, other, "MGET k j"),
    "*2\r\n$4\r\nmine\r\n$4\r\nmine\r\n",
  );
  assertEquals(follow(entries).digest(1n, true), core.digest(1n, true));
});

Deno.test("execCommand() keeps SELECT to the requests behind it, also from the entry", () => {
  const core = makeCore();
  const session = openSession(core);
  const lines = [
    "MULTI",
    "SET a 0",
    "SELECT 2",
    "SET a 2",
    "SELECT 99",
    "SET b 2",
    "EXEC",
  ];
  serve(core, session, ...lines);
  const { entry, replies } = commit(core);
  assertEquals(
    replies[0]![1],
    "*5\r\n+OK\r\n+OK\r\n+OK\r\n-ERR DB index is out of range\r\n+OK\r\n",
  );
  assertEquals(core.database(session), 2);
  assertEquals(follow([entry]).digest(1n, true), core.digest(1n, true));
});

Deno.test("applyStep() stops at the host's requests and goes on behind them", () => {
  const core = makeCore();
  const session = openSession(core);
  let [served] = serve(
    core,
    session,
    "MULTI",
    "SET a 1",
    "LASTSAVE",
    "INCR a",
    "EXEC",
  );
  assertEquals(served, SERVED.check);
  core.queueRequest(session);
  [served] = serveOn(core, session);
  assertEquals(served, SERVED.deferred);
  core.sealBatch(NOW_MS, 1, 0);
  core.beginBatch(1);
  assertEquals([core.stepBatch(), core.stepNeedsHost], [session, true]);
  assertEquals(takeReplies(core), "*3\r\n+OK\r\n");
  assertEquals(core.requestWords().length, 1);
  assertEquals([core.stepBatch(), core.stepNeedsHost], [session, false]);
  assertEquals(takeReplies(core), ":2\r\n");
  assertEquals(core.stepBatch(), undefined);
});

Deno.test("goOnExecuting() stops at the host's requests of a transaction that reads", () => {
  const core = makeCore();
  const session = openSession(core);
  serve(core, session, "MULTI", "PING", "LASTSAVE");
  core.refuseRequest(session);
  assertEquals(serve(core, session, "EXEC"), [SERVED.idle, ABORTED]);
  serve(core, session, "MULTI", "PING", "LASTSAVE");
  core.queueRequest(session);
  takeReplies(core);
  assertEquals(serve(core, session, "PING", "EXEC", "ECHO end"), [
    SERVED.hostQueued,
    "+QUEUED\r\n*3\r\n+PONG\r\n",
  ]);
  assertEquals(serveOn(core, session), [
    SERVED.idle,
    "+PONG\r\n$3\r\nend\r\n",
  ]);
});

Deno.test("swapSeeds() keeps reads from changing what writes behind them draw", () => {
  const entries: Uint8Array[] = [];
  const core = makeCore();
  const session = openSession(core);
  serve(
    core,
    session,
    "HSET h a 1 b 2 c 3",
    "HRANDFIELD h 2",
    "RANDOMKEY",
    "SET k 1",
  );
  entries.push(commit(core).entry);
  serve(
    core,
    session,
    "MULTI",
    "HRANDFIELD h 3",
    "SET k 2",
    "RANDOMKEY",
    "EXEC",
  );
  entries.push(commit(core).entry);
  assertEquals(follow(entries).digest(1n, true), core.digest(1n, true));
});

Deno.test("queueRequest() refuses above the memory limit, and EXEC then aborts", () => {
  const core = makeCore();
  const session = openSession(core);
  const oom = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  run(core, session, "SET a 1", "MULTI");
  core.header.set("memoryLimit", 1);
  assertEquals(run(core, session, "GET a", "EXEC"), oom + ABORTED);
  core.header.set("memoryLimit", 0);
  run(core, session, "MULTI", "SET a 2");
  core.header.set("memoryLimit", 1);
  assertEquals(
    run(core, session, "EXEC", "GET a"),
    `-EXECABORT Transaction discarded because of: ${oom.slice(1)}$1\r\n1\r\n`,
  );
});

Deno.test("execCommand() answers silent sessions nothing, and skips one reply", () => {
  const core = makeCore();
  const session = openSession(core);
  const { authenticated, silent, skip, multi } = SESSION_FLAGS;
  run(core, session, "MULTI", "SET a 1");
  core.setFlags(session, authenticated | silent | multi);
  assertEquals(run(core, session, "EXEC"), "");
  core.setFlags(session, authenticated);
  run(core, session, "MULTI", "INCR a");
  core.setFlags(session, authenticated | multi | skip);
  assertEquals(run(core, session, "EXEC"), "");
  assertEquals(run(core, session, "GET a"), "$1\r\n2\r\n");
});

Deno.test("closeSession() frees queue and watched keys", () => {
  const core = makeCore();
  const bytesAfterOne = () => {
    const session = openSession(core);
    run(core, session, "WATCH a b", "MULTI", `SET a ${"x".repeat(5000)}`);
    core.closeSession(session);
    return core.header.get("bytesBuffers");
  };
  const bytes = bytesAfterOne(); // the buffers of the core's own are there now
  assertEquals(bytesAfterOne(), bytes);
  assertEquals(core.check(), 0);
});

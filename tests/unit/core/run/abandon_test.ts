/** Batches that the log did not take: what becomes of their sessions' requests. */

import { assert, assertEquals } from "@std/assert";
import {
  type Core,
  SERVED,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
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

const UNCERTAIN =
  "-UNCERTAIN the leader was lost while this write was on its way: it may have been applied, or may still be, or not\r\n";

/** Abandons the oldest sealed batch; its sessions, in order. */
function abandon(core: Core, isLost: boolean): SessionAddress[] {
  const sessions: SessionAddress[] = [];
  for (;;) {
    const session = core.abandonSession(isLost);
    if (session === undefined) return sessions;
    sessions.push(session);
  }
}

/** Lets `lines` of `session` join a batch that is sealed and not committed; its entry. */
function send(core: Core, session: number, ...lines: string[]): Uint8Array {
  receive(core, session, requests(...lines));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  return core.sealBatch(NOW_MS, 1, 0).slice();
}

Deno.test("abandonSession() of a refused batch lets its requests run once more", () => {
  const core = makeCore();
  const [one, two] = [openSession(core), openSession(core)];
  receive(core, one, requests("GET a", "SET a 1", "GET a", "INCR a"));
  assertEquals(core.serve(one, NOW_MS), SERVED.deferred);
  assertEquals(takeReplies(core), "$-1\r\n");
  send(core, two, "APPEND b x");
  assertEquals(abandon(core, false), [one, two]);
  assertEquals(core.serve(one, NOW_MS), SERVED.deferred);
  assertEquals(core.serve(two, NOW_MS), SERVED.deferred);
  assertEquals(commit(core).replies, [
    [one, "+OK\r\n$1\r\n1\r\n:2\r\n"],
    [two, ":1\r\n"],
  ]);
  assertEquals(run(core, one, "GET a", "GET b"), "$1\r\n2\r\n$1\r\nx\r\n");
  assertEquals(core.check(), 0);
});

Deno.test("abandonSession() of a lost batch answers its writes and runs the rest", () => {
  const core = makeCore();
  const session = openSession(core);
  send(core, session, "SET a 1", "GET a", "INCR n", "ECHO x");
  assertEquals(abandon(core, true), [session]);
  assertEquals(
    run(core, session, "INCR n", "GET n"),
    `${UNCERTAIN}$-1\r\n${UNCERTAIN}$1\r\nx\r\n:1\r\n$1\r\n1\r\n`,
  );
  assertEquals(core.check(), 0);
});

Deno.test("writes behind a lost batch in one buffer are written anew", () => {
  const core = makeCore();
  const session = openSession(core);
  send(core, session, "SET a 1");
  receive(core, session, requests("INCR n", "GET n"));
  abandon(core, true);
  // The buffer moves together before more is read.
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  assertEquals(takeReplies(core), UNCERTAIN);
  assertEquals(commit(core).replies, [[session, ":1\r\n"]]);
  assertEquals(run(core, session), "$1\r\n1\r\n");
  for (let value = 2; value < 200; value++) {
    assertEquals(run(core, session, "INCR n"), `:${value}\r\n`);
  }
});

Deno.test("a lost batch that is committed after all comes as an entry, once", () => {
  const core = makeCore();
  const session = openSession(core);
  const entry = send(core, session, "INCR n");
  abandon(core, true);
  core.applyEntry(entry, 1);
  assertEquals(run(core, session, "GET n"), `${UNCERTAIN}$1\r\n1\r\n`);
});

Deno.test("a lost EXEC ends its transaction, a refused one can be sent again", () => {
  const core = makeCore();
  const session = openSession(core);
  const queue = ["MULTI", "INCR n", "GET n"];
  assertEquals(
    run(core, session, ...queue),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n",
  );
  send(core, session, "EXEC");
  abandon(core, false);
  assertEquals(run(core, session), "*2\r\n:1\r\n$1\r\n1\r\n");
  run(core, session, ...queue);
  send(core, session, "EXEC", "GET n");
  abandon(core, true);
  assertEquals(
    run(core, session, "EXEC"),
    `${UNCERTAIN}$1\r\n1\r\n-ERR EXEC without MULTI\r\n`,
  );
});

Deno.test("a refused EXEC with watched keys fails: nobody watched them meanwhile", () => {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "WATCH none", "MULTI", "INCR n");
  send(core, session, "EXEC");
  abandon(core, false);
  assertEquals(run(core, session), "*-1\r\n");
  assertEquals(run(core, session, "GET n"), "$-1\r\n");
});

Deno.test("abandonSession() gives back what was promised to its writes", () => {
  const core = makeCore();
  core.header.limitGrowth(16 * 1024 * 1024);
  const session = openSession(core);
  const value = "v".repeat(1024 * 1024);
  const request = new TextEncoder().encode(
    `*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${value.length}\r\n${value}\r\n`,
  );
  for (let round = 0; round < 100; round++) {
    const isLost = round % 2 === 0;
    receive(core, session, request);
    assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
    core.sealBatch(NOW_MS, 1, 0);
    abandon(core, isLost);
    assertEquals(run(core, session), isLost ? UNCERTAIN : "+OK\r\n");
  }
  assertEquals(core.check(), 0);
});

Deno.test("CLIENT REPLY OFF also silences what a lost write answers", () => {
  const core = makeCore();
  const session = openSession(core);
  core.setFlags(session, core.flags(session) | 4);
  send(core, session, "SET a 1");
  abandon(core, true);
  assertEquals(run(core, session), "");
  assert(core.gathered() === 0);
});

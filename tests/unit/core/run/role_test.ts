/** What a node answers that does not lead. */

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

const READONLY = "READONLY You can't write against a read only replica.";
const MASTERDOWN =
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";

/** A core with a key, in `role`; and a session. */
function inRole(role: "leader" | "follower" | "cutOff") {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "SET a 1");
  core.controls.setRole(role);
  return { core, session };
}

Deno.test("a follower refuses writes, and answers reads", () => {
  const { core, session } = inRole("follower");
  assertEquals(
    run(core, session, "SET a 2", "GET a", "FLUSHALL", "BLPOP l 0"),
    `-${READONLY}\r\n$1\r\n1\r\n-${READONLY}\r\n-${READONLY}\r\n`,
  );
  assertEquals(
    run(core, session, "SET a"),
    "-ERR wrong number of arguments for 'set' command\r\n",
  );
  core.controls.setRole("leader");
  assertEquals(run(core, session, "SET a 2"), "+OK\r\n");
});

Deno.test("a node that is cut off answers nothing about data", () => {
  const { core, session } = inRole("cutOff");
  assertEquals(
    run(core, session, "GET a", "SET a 2", "DBSIZE", "OBJECT ENCODING a"),
    `-${MASTERDOWN}\r\n-${READONLY}\r\n${`-${MASTERDOWN}\r\n`.repeat(2)}`,
  );
  assertEquals(
    run(core, session, "SELECT 1", "ECHO x", "NOSUCH"),
    "+OK\r\n$1\r\nx\r\n-ERR unknown command 'NOSUCH', with args beginning with: \r\n",
  );
});

Deno.test("a node that is cut off runs no transaction that reads", () => {
  const { core, session } = inRole("follower");
  run(core, session, "MULTI", "GET a");
  core.controls.setRole("cutOff");
  core.controls.setReadsWait(true);
  assertEquals(
    run(core, session, "EXEC", "EXEC"),
    `-EXECABORT Transaction discarded because of: ${MASTERDOWN}\r\n-ERR EXEC without MULTI\r\n`,
  );
});

Deno.test("what a follower refuses makes a transaction fail", () => {
  const { core, session } = inRole("follower");
  assertEquals(
    run(core, session, "MULTI", "GET a", "SET a 2", "EXEC"),
    `+OK\r\n+QUEUED\r\n-${READONLY}\r\n-EXECABORT Transaction discarded because of previous errors.\r\n`,
  );
  assertEquals(
    run(core, session, "MULTI", "GET a", "EXEC"),
    "+OK\r\n+QUEUED\r\n*1\r\n$1\r\n1\r\n",
  );
});

Deno.test("EXEC of what was queued while the node led is refused whole", () => {
  const { core, session } = inRole("leader");
  run(core, session, "MULTI", "GET a", "SET a 2");
  core.controls.setRole("follower");
  assertEquals(
    run(core, session, "EXEC", "GET a"),
    `-EXECABORT Transaction discarded because of: ${READONLY}\r\n$1\r\n1\r\n`,
  );
});

Deno.test("a write that was lost is not called refused", () => {
  const { core, session } = inRole("leader");
  receive(core, session, requests("INCR n", "INCR m"));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  const entry = core.sealBatch(NOW_MS, 1, 0).slice();
  core.controls.setRole("follower");
  assertEquals(core.abandonSession(true), session);
  assertEquals(core.abandonSession(true), undefined);
  receive(core, session, requests("INCR k"));
  assertEquals(core.serve(session, NOW_MS), SERVED.idle);
  assertEquals(
    takeReplies(core).replaceAll(/UNCERTAIN [^\r]*/g, "UNCERTAIN"),
    `-UNCERTAIN\r\n-UNCERTAIN\r\n-${READONLY}\r\n`,
  );
  core.applyEntry(entry, 2);
  assertEquals(run(core, session, "GET n"), "$1\r\n1\r\n");
});

Deno.test("a batch that was refused is refused to its clients", () => {
  const { core, session } = inRole("leader");
  receive(core, session, requests("SET a 2", "GET a"));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  core.sealBatch(NOW_MS, 1, 0);
  core.controls.setRole("follower");
  core.abandonSession(false);
  core.abandonSession(false);
  assertEquals(run(core, session), `-${READONLY}\r\n$1\r\n1\r\n`);
  core.controls.setRole("leader");
  receive(core, session, requests("SET a 3"));
  core.serve(session, NOW_MS);
  assertEquals(commit(core).replies, [[session, "+OK\r\n"]]);
});

/** Where clients are sent to the leader, a follower stops before requests that may name keys. */

import { assertEquals } from "@std/assert";
import {
  type Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

/** A follower with a key, and a session of a client that knows clusters. */
function follower() {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "SET a 1");
  core.controls.setElsewhere(true);
  core.controls.setRole("follower");
  return { core, session };
}

function serve(core: Core, session: SessionAddress): [number, string] {
  const served = core.serve(session, NOW_MS);
  return [served, takeReplies(core)];
}

/** Whether the host is asked about the one request `line`. */
function isAsked(line: string, flags = 0): boolean {
  const { core, session } = follower();
  core.setFlags(session, core.flags(session) | flags);
  receive(core, session, requests(line));
  return core.serve(session, NOW_MS) === SERVED.elsewhere;
}

const READONLY = "-READONLY You can't write against a read only replica.\r\n";

Deno.test("a follower asks about what may name keys", () => {
  const asked = [
    ...["GET a", "SET a 1", "MGET a b", "WATCH a", "BLPOP l 0"],
    ...["XREAD STREAMS s 0", "OBJECT ENCODING a", "ZUNION 1 z"],
  ];
  for (const line of asked) assertEquals(isAsked(line), true, line);
  const others = [
    ...["DBSIZE", "FLUSHALL", "SCAN 0", "RANDOMKEY", "KEYS *", "PING"],
    ...["MULTI", "SELECT 1", "GET", "NOSUCH a", "EXEC", "INFO", "PUBLISH a b"],
  ];
  for (const line of others) assertEquals(isAsked(line), false, line);
});

Deno.test("a client that reads from replicas is asked about where it writes alone", () => {
  const { replicaReads } = SESSION_FLAGS;
  for (const line of ["GET a", "WATCH a", "XREAD STREAMS s 0"]) {
    assertEquals(isAsked(line, replicaReads), false, line);
  }
  for (const line of ["SET a 1", "BLPOP l 0", "XGROUP CREATE s g 0"]) {
    assertEquals(isAsked(line, replicaReads), true, line);
  }
});

Deno.test("a leader, and who knows no clusters, is asked about nothing", () => {
  const { core, session } = follower();
  core.controls.setElsewhere(false);
  assertEquals(
    run(core, session, "GET a", "SET a 2"),
    `$1\r\n1\r\n${READONLY}`,
  );
  core.controls.setElsewhere(true);
  core.controls.setRole("leader");
  assertEquals(run(core, session, "GET a", "SET a 2"), "$1\r\n1\r\n+OK\r\n");
});

Deno.test("what stays runs here, and no other request behind it", () => {
  const { core, session } = follower();
  receive(core, session, requests("GET a", "SET a 2", "GET a"));
  assertEquals(serve(core, session), [SERVED.elsewhere, ""]);
  assertEquals(serve(core, session), [SERVED.elsewhere, ""]);
  core.stay(session);
  assertEquals(serve(core, session), [SERVED.elsewhere, "$1\r\n1\r\n"]);
  core.stay(session);
  assertEquals(serve(core, session), [SERVED.elsewhere, READONLY]);
  core.finishHost(session);
  assertEquals(serve(core, session), [SERVED.idle, ""]);
});

Deno.test("what stays is known when input moves to the front, and forgotten with it", () => {
  const { core, session } = follower();
  receive(core, session, requests("GET a", "GET a"));
  assertEquals(serve(core, session)[0], SERVED.elsewhere);
  core.stay(session);
  const large = `GET ${"b".repeat(2000)}`;
  receive(core, session, requests(large));
  assertEquals(serve(core, session), [SERVED.elsewhere, "$1\r\n1\r\n"]);
  core.finishHost(session);
  assertEquals(serve(core, session), [SERVED.elsewhere, ""]);
  core.finishHost(session);
  assertEquals(serve(core, session), [SERVED.idle, ""]);
  receive(core, session, requests("GET a"));
  assertEquals(serve(core, session), [SERVED.elsewhere, ""]);
});

Deno.test("a transaction is asked about where it runs, unless it fails", () => {
  const { core, session } = follower();
  core.controls.setRole("leader");
  assertEquals(
    run(core, session, "MULTI", "GET a", "PING"),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n",
  );
  core.controls.setRole("follower");
  receive(core, session, requests("EXEC"));
  assertEquals(serve(core, session), [SERVED.elsewhere, ""]);
  const seen: string[] = [];
  core.permits.someQueued(session, () => {
    seen.push(new TextDecoder().decode(core.requestWords()[0]));
    return false;
  });
  assertEquals(seen, ["GET", "PING"]);
  assertEquals(core.permits.someQueued(session, () => true), true);
  core.stay(session);
  assertEquals(
    serve(core, session),
    [SERVED.yield, "*2\r\n$1\r\n1\r\n+PONG\r\n"],
  );
  assertEquals(serve(core, session), [SERVED.idle, ""]);
  receive(core, session, requests("MULTI", "GET", "EXEC"));
  assertEquals(serve(core, session), [
    SERVED.yield,
    "+OK\r\n-ERR wrong number of arguments for 'get' command\r\n" +
    "-EXECABORT Transaction discarded because of previous errors.\r\n",
  ]);
});

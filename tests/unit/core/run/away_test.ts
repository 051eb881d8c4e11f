/** Which requests of a node that does not lead the host has run by the leader. */

import { assert, assertEquals, assertMatch } from "@std/assert";
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

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** `lines` as arrays of RESP. */
function arrays(...lines: string[]): string {
  return lines.map((line) => {
    const words = line.split(" ");
    const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    return `*${words.length}\r\n${bulks.join("")}`;
  }).join("");
}

/** A core that follows and sends writes away, with a key; and a session. */
function follower() {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "SET a 1");
  core.controls.setRole("follower");
  core.away.setWritesGo("away");
  return { core, session };
}

/** Serves RESP arrays of `lines`; why the core stopped, and the replies. */
function serve(core: Core, session: number, ...lines: string[]) {
  receive(core, session, encoder.encode(arrays(...lines)));
  return serveOn(core, session);
}

function serveOn(core: Core, session: number): [number, string] {
  let replies = "";
  for (;;) {
    const served = core.serve(session, NOW_MS);
    replies += takeReplies(core);
    if (served !== SERVED.yield) return [served, replies];
  }
}

/** The requests that are away, as text. */
function away(core: Core, session: number) {
  const isMulti = (core.flags(session) & SESSION_FLAGS.multi) !== 0;
  const { bytes, replies, mayWait } = core.away.requests(session, isMulti);
  const text = decoder.decode(core.away.piece(session, 0, Infinity));
  assertEquals(text.length, bytes);
  return { text, replies, mayWait };
}

Deno.test("sendAway() stops at a write, with all up to the last write of the chunk", () => {
  const { core, session } = follower();
  const lines = ["SET a 2", "GET a", "INCR a", "GET a", "GET b"];
  const [served, replies] = serve(core, session, "GET a", ...lines);
  assertEquals([served, replies], [SERVED.away, "$1\r\n1\r\n"]);
  assertEquals(away(core, session), {
    text: arrays("SET a 2", "GET a", "INCR a"),
    replies: 3,
    mayWait: false,
  });
  core.away.end(session, 3, false);
  assertEquals(serveOn(core, session), [SERVED.idle, "$1\r\n1\r\n$-1\r\n"]);
});

Deno.test("sendAway() stops where requests are not the leader's, or tell how others run", () => {
  const before = [
    "SELECT 3",
    "MULTI",
    "CLIENT ID",
    "NOSUCH",
    "XREAD BLOCK 0 STREAMS s $",
  ];
  for (const line of before) {
    const { core, session } = follower();
    serve(core, session, "SET a 2", line, "SET a 3");
    assertEquals(away(core, session).text, arrays("SET a 2"), line);
  }
  const { core, session } = follower();
  serve(core, session, "SET a 2", "BLPOP l 0", "SET a 3");
  assertEquals(away(core, session), {
    text: arrays("SET a 2", "BLPOP l 0"),
    replies: 2,
    mayWait: true,
  });
});

Deno.test("sendAway() stops at its bounds", () => {
  const { core, session } = follower();
  const large = `SET a ${"x".repeat(700_000)}`;
  serve(core, session, large, large, large);
  assertEquals(away(core, session).replies, 2);
  const other = openSession(core, 2);
  serve(core, other, ...Array<string>(20_000).fill("INCR n"));
  assertEquals(away(core, other).replies, 16_384);
});

Deno.test("sendAway() writes lines and other names as the leader reads them", () => {
  const { core, session } = follower();
  receive(core, session, requests(`SET  a "x y"`, "SET a 3"));
  assertEquals(serveOn(core, session)[0], SERVED.away);
  const text = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$3\r\nx y\r\n";
  assertEquals(away(core, session), { text, replies: 1, mayWait: false });
  core.away.end(session, 1, false);
  assertEquals(serveOn(core, session)[0], SERVED.away);
  assertEquals(away(core, session).text, arrays("SET a 3"));
});

Deno.test("awayEnd() serves once more what has no answer", () => {
  const { core, session } = follower();
  serve(core, session, "INCR a", "INCR b", "INCR c");
  core.away.end(session, 1, false);
  assertEquals(serveOn(core, session)[0], SERVED.away);
  assertEquals(away(core, session).text, arrays("INCR b", "INCR c"));
  core.away.end(session, 0, false);
  core.controls.setRole("leader");
  assertEquals(run(core, session), ":1\r\n:1\r\n");
});

Deno.test("awayEnd() answers writes of unknown fate as uncertain, and reads as ever", () => {
  const { core, session } = follower();
  serve(core, session, "INCR a", "GET a", "INCR b", "INCR c");
  core.away.end(session, 1, true);
  receive(core, session, encoder.encode(arrays("INCR d")));
  const [served, replies] = serveOn(core, session);
  assertEquals(served, SERVED.away);
  assertEquals(
    replies.replaceAll(/UNCERTAIN [^\r]*/g, "UNCERTAIN"),
    "$1\r\n1\r\n-UNCERTAIN\r\n-UNCERTAIN\r\n",
  );
  assertEquals(away(core, session).text, arrays("INCR d"));
});

Deno.test("a transaction is queued here and goes when EXEC comes", () => {
  const { core, session } = follower();
  const queued = ["GET a", "INCR a", "SELECT 2"];
  const [served, replies] = serve(
    core,
    session,
    "MULTI",
    ...queued,
    "EXEC",
    "GET a",
  );
  assertEquals([served, replies], [
    SERVED.away,
    `+OK\r\n${"+QUEUED\r\n".repeat(3)}`,
  ]);
  assertEquals(away(core, session), {
    text: arrays(...queued),
    replies: 1,
    mayWait: false,
  });
  core.away.end(session, 0, false);
  assertEquals(serveOn(core, session)[0], SERVED.away);
  core.away.end(session, 1, false);
  assertEquals(core.transactionCount(session), -1);
  assertEquals(serveOn(core, session), [SERVED.idle, "$1\r\n1\r\n"]);
});

Deno.test("a transaction of unknown fate is uncertain, and over", () => {
  const { core, session } = follower();
  serve(core, session, "MULTI", "INCR a", "EXEC");
  core.away.end(session, 0, true);
  const [served, replies] = serveOn(core, session);
  assert(replies.startsWith("-UNCERTAIN "), replies);
  assertEquals([served, core.transactionCount(session)], [SERVED.idle, -1]);
});

Deno.test("a transaction that only reads, or fails, stays here", () => {
  const { core, session } = follower();
  const [served, replies] = serve(core, session, "MULTI", "GET a", "EXEC");
  assertEquals([served, replies], [
    SERVED.idle,
    "+OK\r\n+QUEUED\r\n*1\r\n$1\r\n1\r\n",
  ]);
  const failed = serve(core, session, "MULTI", "SET a", "SET a 2", "EXEC");
  assertEquals(failed[0], SERVED.idle);
  assert(
    failed[1].endsWith(
      "-EXECABORT Transaction discarded because of previous errors.\r\n",
    ),
  );
});

Deno.test("a transaction that asks something of this node is refused", () => {
  const { core, session } = follower();
  serve(core, session, "MULTI", "SET a 2");
  for (const line of ["CLIENT ID", "PUBLISH c x"]) {
    assertEquals(serve(core, session, line)[0], SERVED.check);
    core.queueRequest(session);
    takeReplies(core);
    if (line !== "CLIENT ID") continue;
    const [served, replies] = serve(core, session, "EXEC");
    assert(replies.startsWith("-EXECABORT "), replies);
    assertEquals([served, core.transactionCount(session)], [SERVED.idle, -1]);
    serve(core, session, "MULTI", "SET a 2");
  }
  assertEquals(serve(core, session, "EXEC")[0], SERVED.away);
});

Deno.test("nothing that may not run here goes away", () => {
  const { core, session } = follower();
  core.setFlags(session, 0);
  const [served, replies] = serve(core, session, "SET a 2");
  assertEquals([served, replies], [
    SERVED.idle,
    "-NOAUTH Authentication required.\r\n",
  ]);
  core.setFlags(
    session,
    SESSION_FLAGS.authenticated | SESSION_FLAGS.restricted,
  );
  assertEquals(serve(core, session, "SET a 2", "SET b 2")[0], SERVED.ask);
  core.permits.permit(session, core.permits.askedEnd(session));
  assertEquals(serveOn(core, session)[0], SERVED.away);
  assertEquals(away(core, session).text, arrays("SET a 2"));
});

Deno.test("writes that no leader took in time are refused, in a transaction as well", () => {
  const { core, session } = follower();
  const late = "MASTERDOWN No leader took this write in time: it was not run.";
  serve(core, session, "SET a 2", "GET a");
  core.away.end(session, 0, false);
  core.away.setWritesGo("late");
  assertEquals(serveOn(core, session), [
    SERVED.idle,
    `-${late}\r\n$1\r\n1\r\n`,
  ]);
  core.away.setWritesGo("away");
  assertEquals(
    serve(core, session, "MULTI", "SET a 2", "EXEC")[0],
    SERVED.away,
  );
  core.away.end(session, 0, false);
  core.away.setWritesGo("late");
  assertEquals(
    serveOn(core, session)[1],
    `-EXECABORT Transaction discarded because of: ${late}\r\n`,
  );
});

Deno.test("a request that goes away with CLIENT REPLY SKIP goes alone", () => {
  const { core, session } = follower();
  core.setFlags(session, core.flags(session) | SESSION_FLAGS.skip);
  serve(core, session, "SET a 2", "SET a 3");
  assertEquals(away(core, session).text, arrays("SET a 2"));
  core.away.end(session, 1, false);
  assertEquals(core.flags(session) & SESSION_FLAGS.skip, 0);
});

// -- Watched keys --

/** A follower that has applied all that `leader` has, a session, and what it watches in `a`. */
function pair(...lines: string[]) {
  const leader = makeCore();
  const there = openSession(leader);
  const core = makeCore();
  core.controls.setRole("follower");
  core.away.setWritesGo("away");
  const session = openSession(core);
  let index = 0;
  const lead = (line: string): string => {
    receive(leader, there, requests(line));
    const served = leader.serve(there, NOW_MS);
    if (served !== SERVED.deferred) return takeReplies(leader);
    const { entry, replies } = commit(leader);
    core.followEntry(entry, ++index);
    return replies.map(([, text]) => text).join("");
  };
  for (const line of lines) lead(line);
  /** Runs the follower's transaction at the leader. */
  const exec = (...queued: string[]): string => {
    serve(core, session, "MULTI", ...queued, "EXEC");
    const client = openSession(leader, 9);
    assert(leader.away.watch(client, core.away.watched(session), index));
    const text = decoder.decode(core.away.piece(session, 0, Infinity));
    receive(
      leader,
      client,
      encoder.encode(`${arrays("MULTI")}${text}${arrays("EXEC")}`),
    );
    let replies = "";
    for (;;) {
      const served = leader.serve(client, NOW_MS);
      replies += takeReplies(leader);
      if (served === SERVED.idle) break;
      if (served === SERVED.deferred) {
        replies += commit(leader).replies.map(([, reply]) => reply).join("");
      }
    }
    return replies.slice(replies.lastIndexOf("*"));
  };
  return { leader, there, core, session, lead, exec };
}

Deno.test("watch() at the leader compares what the follower saw", () => {
  const { core, session, exec } = pair("SET a 1", "SET b 1");
  serve(core, session, "WATCH a nosuch");
  assertEquals(exec("INCR a"), "*1\r\n:2\r\n");
  core.away.end(session, 1, false);
  // The follower has not heard of this write of its own.
  serve(core, session, "WATCH a");
  assertEquals(exec("INCR a"), "*-1\r\n");
  core.away.end(session, 1, false);
  serve(core, session, "WATCH b");
  assertEquals(exec("INCR b"), "*1\r\n:2\r\n");
});

Deno.test("a transaction whose watched key has changed here already does not go", () => {
  const { core, session, lead } = pair("SET a 1");
  serve(core, session, "WATCH a");
  lead("SET a 2");
  const [served, replies] = serve(core, session, "MULTI", "INCR a", "EXEC");
  assertEquals([served, replies], [SERVED.idle, "+OK\r\n+QUEUED\r\n*-1\r\n"]);
});

Deno.test("a transaction that watches goes when the state is as new as its EXEC", () => {
  const { core, session } = pair("SET a 1");
  core.controls.setReadsWait(true);
  const [served] = serve(core, session, "WATCH a", "MULTI", "INCR a", "EXEC");
  assertEquals(served, SERVED.gated);
  core.controls.setReadsWait(false);
  assertEquals(serveOn(core, session)[0], SERVED.away);
  core.away.end(session, 0, false);
  core.controls.setReadsWait(true);
  core.controls.setRole("cutOff");
  assertMatch(serveOn(core, session)[1], /^-EXECABORT [^\r]*MASTERDOWN/);
});

Deno.test("watch() takes databases that have changed places for a change", () => {
  const { leader, there, core, session, exec } = pair("SET a 1");
  serve(core, session, "WATCH a");
  // The key is back where it was, with the version that it had.
  run(leader, there, "SWAPDB 0 1", "SWAPDB 0 1");
  assertEquals(exec("INCR b"), "*-1\r\n");
});

Deno.test("a transaction that watches nothing runs, whatever has changed places", () => {
  const { leader, there, exec } = pair("SET a 1");
  run(leader, there, "SWAPDB 0 1", "SWAPDB 0 1");
  assertEquals(exec("INCR a"), "*1\r\n:2\r\n");
});

Deno.test("watch() refuses what is no list of keys", () => {
  const { leader, core, session } = pair("SET a 1");
  serve(core, session, "WATCH a bb");
  const list = core.away.watched(session);
  for (let end = 1; end < list.length; end++) {
    const client = openSession(leader, 9);
    const isWhole = end === 17;
    assertEquals(
      leader.away.watch(client, list.slice(0, end), 1),
      isWhole,
      `${end}`,
    );
  }
  const bad = list.slice();
  bad[0] = 200;
  assertEquals(leader.away.watch(openSession(leader, 9), bad, 1), false);
});

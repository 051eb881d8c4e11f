import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  takeReplies,
} from "../harness.ts";

/** Requests as arrays, one a line. */
function arrays(...lines: string[]): Uint8Array {
  const text = lines.map((line) => {
    const words = line.split(" ");
    const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    return `*${words.length}\r\n${bulks.join("")}`;
  }).join("");
  return new TextEncoder().encode(text);
}

function restrictedSession(core: Core): SessionAddress {
  const session = openSession(core);
  const { authenticated, restricted } = SESSION_FLAGS;
  core.setFlags(session, authenticated | restricted);
  return session;
}

/** Permits `more` requests behind the one asked about; what the last parse found. */
function permit(core: Core, session: SessionAddress, more = 0): string[] {
  const found: string[] = [];
  let end = core.permits.askedEnd(session);
  for (let count = 0; count < more; count++) {
    const next = core.permits.look(session, end);
    if (next === undefined) break;
    const words = core.requestArguments();
    found.push(words.map((word) => new TextDecoder().decode(word)).join(" "));
    end = next;
  }
  core.permits.permit(session, end);
  return found;
}

function serve(core: Core, session: SessionAddress): [number, string] {
  const served = core.serve(session, NOW_MS);
  return [served, takeReplies(core)];
}

Deno.test("CorePermits: a restricted session's request runs once it is permitted", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("GET a", "GET b"));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  permit(core, session);
  assertEquals(serve(core, session), [SERVED.ask, "$-1\r\n"]);
  // Refused: the host has answered.
  core.finishHost(session);
  assertEquals(serve(core, session), [SERVED.idle, ""]);
});

Deno.test("CorePermits: what follows is looked at and runs together, up to what is not permitted", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("SET a 1", "SET b 2", "GET a", "SET c 3"));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  assertEquals(permit(core, session, 2), ["SET b 2", "GET a"]);
  assertEquals(serve(core, session), [SERVED.deferred, ""]);
  assertEquals(commit(core).replies.map(([, reply]) => reply), [
    "+OK\r\n+OK\r\n",
  ]);
  // The read behind the last write was permitted as well.
  assertEquals(serve(core, session), [SERVED.ask, "$1\r\n1\r\n"]);
});

Deno.test("CorePermits: permits last when the input moves and more arrives", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("GET a", "GET b", "GET c"));
  serve(core, session);
  permit(core, session, 1);
  assertEquals(serve(core, session), [SERVED.ask, "$-1\r\n$-1\r\n"]);
  receive(core, session, arrays("ECHO " + "x".repeat(2000), "PING"));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  assertEquals(permit(core, session, 1)[0]!.length, 2005);
  const [served, replies] = serve(core, session);
  assertEquals([served, replies.length], [SERVED.ask, 5 + 7 + 2000 + 2]);
  permit(core, session);
  assertEquals(serve(core, session), [SERVED.idle, "+PONG\r\n"]);
  receive(core, session, arrays("PING"));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
});

Deno.test("CorePermits withdraw() takes back what has not run", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("SET a 1", "PING"));
  serve(core, session);
  permit(core, session, 1);
  assertEquals(serve(core, session), [SERVED.deferred, ""]);
  core.permits.withdraw(session);
  // What is on its way stays there.
  assertEquals(commit(core).replies[0]![1], "+OK\r\n");
  assertEquals(serve(core, session), [SERVED.ask, ""]);
});

Deno.test("CorePermits look() sees whole arrays alone", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  const inline = new TextEncoder().encode("PING\r\n");
  receive(core, session, arrays("PING"));
  receive(core, session, inline);
  serve(core, session);
  assertEquals(permit(core, session, 5), []);
  assertEquals(serve(core, session), [SERVED.ask, "+PONG\r\n"]);
  permit(core, session);
  assertEquals(serve(core, session), [SERVED.idle, "+PONG\r\n"]);
  const whole = arrays("PING", "ECHO abcdef");
  receive(core, session, whole.subarray(0, whole.length - 3));
  serve(core, session);
  assertEquals(permit(core, session, 5), []);
  assertEquals(serve(core, session), [SERVED.idle, "+PONG\r\n"]);
  receive(core, session, whole.subarray(whole.length - 3));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  permit(core, session);
  assertEquals(serve(core, session), [SERVED.idle, "$6\r\nabcdef\r\n"]);
});

Deno.test("CorePermits judgeQueued() keeps requests out of the log and of EXEC", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("MULTI", "SET a 1", "SET b 2", "GET a"));
  serve(core, session);
  permit(core, session, 3);
  assertEquals(serve(core, session)[0], SERVED.idle);
  receive(core, session, arrays("EXEC"));
  assertEquals(serve(core, session), [SERVED.ask, ""]);
  const seen: string[] = [];
  core.permits.judgeQueued(session, () => {
    const [name, key] = core.requestArguments();
    seen.push([name, key].map((word) => new TextDecoder().decode(word)).join());
    return seen.length === 1
      ? "key"
      : seen.length === 3
      ? "command"
      : undefined;
  });
  assertEquals(seen, ["SET,a", "SET,b", "GET,a"]);
  core.permits.permit(session, core.permits.askedEnd(session));
  assertEquals(serve(core, session), [SERVED.deferred, ""]);
  const { entry, replies: [[, reply]] } = commit(core) as {
    entry: Uint8Array;
    replies: [[SessionAddress, string]];
  };
  const lines = reply.split("\r\n");
  assertEquals(lines[0], "*3");
  assertStringIncludes(lines[1]!, "no permission to touch the specified keys");
  assertEquals(lines[2], "+OK");
  assertStringIncludes(lines[3]!, "no permission to execute the command");
  // Whoever applies the entry alone comes to the same data.
  const replica = makeCore();
  replica.applyEntry(entry, 1);
  assertEquals(replica.digest(7n, true), core.digest(7n, true));
  const other = openSession(core, 2);
  receive(core, other, arrays("MGET a b"));
  assertEquals(serve(core, other)[1], "*2\r\n$-1\r\n$1\r\n2\r\n");
});

Deno.test("CorePermits judgeQueued() may leave nothing to write", () => {
  const core = makeCore();
  const session = restrictedSession(core);
  receive(core, session, arrays("MULTI", "SET a 1", "ECHO x"));
  serve(core, session);
  permit(core, session, 2);
  serve(core, session);
  receive(core, session, arrays("EXEC"));
  serve(core, session);
  let count = 0;
  core.permits.judgeQueued(
    session,
    () => count++ === 0 ? "channel" : undefined,
  );
  core.permits.permit(session, core.permits.askedEnd(session));
  const [served, reply] = serve(core, session);
  assertEquals(served, SERVED.yield);
  assertStringIncludes(reply, "one of the channels used as arguments to the");
  assertStringIncludes(reply, "$1\r\nx\r\n");
  assertEquals(core.gathered(), 0);
});

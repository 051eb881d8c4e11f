import { assertEquals } from "@std/assert";
import {
  type Core,
  type CoreEvent,
  EVENT_CLASSES,
  SESSION_FLAGS,
} from "../../../../src/core/mod.ts";
import { fromLatin1, toLatin1 } from "../../../servers/mod.ts";
import {
  commit,
  makeCore,
  openSession,
  receive,
  requests,
  takeReplies,
} from "../harness.ts";

const ALL = Object.values(EVENT_CLASSES).reduce((mask, bit) => mask | bit, 0);

/** An event as one line. */
function line(event: CoreEvent): string {
  switch (event.kind) {
    case "event":
      return `${event.database} ${event.name} ${toLatin1(event.key)}`;
    case "change":
      return `change ${toLatin1(event.key)}`;
    case "read":
      return `read ${event.words.map(toLatin1).join(" ")}`;
    case "emptied":
      return "emptied";
    case "reply":
      return `reply ${event.outputBytes}`;
  }
}

function taken(core: Core): string[] {
  return (core.events.take() ?? []).map(line);
}

/** A core that notes `mask`, and a session. */
function noting(mask: number) {
  const core = makeCore();
  core.events.mask = mask;
  return { core, session: openSession(core) };
}

/** Serves `lines` and applies what they write; the core's notes, in order. */
function run(core: Core, session: number, ...lines: string[]): string[] {
  receive(core, session, requests(...lines));
  const notes: string[] = [];
  for (;;) {
    const served = core.serve(session, 1_700_000_000_000);
    notes.push(...taken(core));
    takeReplies(core);
    if (served !== 1) return notes;
    commit(core);
    notes.push(...taken(core));
  }
}

Deno.test("EventFeed take() gives what commands do to keys, and where replies end", () => {
  const { core, session } = noting(ALL);
  assertEquals(run(core, session, "SET a 1", "LPUSH l x y"), [
    "0 new a",
    "change a",
    "0 set a",
    "reply 5",
    "0 new l",
    "change l",
    "0 lpush l",
    "reply 9",
  ]);
  assertEquals(core.events.take(), undefined);
});

Deno.test("EventFeed take() keeps the order of events and the database of each", () => {
  const { core, session } = noting(ALL & ~EVENT_CLASSES.change);
  run(core, session, "RPUSH l a", "SADD s m");
  assertEquals(
    run(core, session, "LPOP l", "MOVE s 3", "DEL none", "GET none"),
    ["0 lpop l", "0 del l", "reply 7"].concat(
      ["3 new s", "0 move_from s", "3 move_to s", "reply 11"],
      ["0 keymiss none", "reply 5"],
    ),
  );
});

Deno.test("EventFeed mask chooses what is noted", () => {
  const { core, session } = noting(EVENT_CLASSES.generic);
  assertEquals(run(core, session, "SET a 1 EX 100", "DEL a"), [
    "0 expire a",
    "reply 5",
    "0 del a",
    "reply 9",
  ]);
  core.events.mask = 0;
  assertEquals(run(core, session, "SET a 1", "DEL a"), []);
  core.events.mask = EVENT_CLASSES.string;
  assertEquals(run(core, session, "SET a 1"), ["0 set a", "reply 5"]);
});

Deno.test("EventFeed notes a key once for each command that changes it often", () => {
  const { core, session } = noting(EVENT_CLASSES.change);
  assertEquals(run(core, session, "SADD s a b c", "SREM s a b"), [
    "change s",
    "reply 4",
    "change s",
    "reply 8",
  ]);
});

Deno.test("EventFeed notes emptied databases", () => {
  const { core, session } = noting(ALL);
  assertEquals(run(core, session, "FLUSHDB"), ["emptied", "reply 5"]);
  assertEquals(run(core, session, "FLUSHALL").length, 17);
});

Deno.test("EventFeed ends a transaction's notes with its reply", () => {
  const { core, session } = noting(EVENT_CLASSES.string);
  assertEquals(run(core, session, "MULTI", "SET a 1", "SET b 1", "EXEC"), [
    "0 set a",
    "0 set b",
    "reply 14",
  ]);
});

Deno.test("EventFeed notes due keys before any reply", () => {
  const { core, session } = noting(EVENT_CLASSES.expired);
  run(
    core,
    session,
    "SET a 1 PXAT 1700000000001",
    "SET b 1 PXAT 1700000000002",
  );
  core.sealBatch(1_700_000_000_001, 1, 10);
  core.beginBatch(100);
  assertEquals(taken(core), ["0 expired a"]);
  assertEquals(core.stepBatch(), undefined);
});

Deno.test("EventFeed notes nothing of entries without clients", () => {
  const { core } = noting(ALL);
  const writer = makeCore();
  const session = openSession(writer);
  receive(writer, session, requests("SET a 1", "FLUSHALL", "SET b 1"));
  writer.serve(session, 0);
  core.applyEntry(commit(writer).entry, 1);
  assertEquals(core.events.take(), undefined);
  assertEquals(core.header.keys, 1);
  assertEquals(core.events.mask, ALL);
});

Deno.test("EventFeed notes what tracked sessions read, and only those", () => {
  const { core, session } = noting(EVENT_CLASSES.change);
  const { authenticated, caching, tracking } = SESSION_FLAGS;
  assertEquals(run(core, session, "GET a"), []);
  core.setFlags(session, authenticated | tracking);
  assertEquals(run(core, session, "GET a", "PING", "MGET b c"), [
    "read GET a",
    "reply 5",
    "read MGET b c",
    "reply 26",
  ]);
  core.setFlags(session, authenticated | tracking | caching);
  assertEquals(run(core, session, "GET a", "GET b"), [
    "read GET b",
    "reply 10",
  ]);
  core.setFlags(session, authenticated | caching);
  assertEquals(run(core, session, "MULTI", "GET a", "GET b", "EXEC", "GET c"), [
    "read GET a",
    "read GET b",
    "reply 37",
  ]);
});

Deno.test("EventFeed take() empties all caches when notes are lost at the bound", () => {
  const { core, session } = noting(ALL);
  const key = "k".repeat(1 << 20);
  const words = Array.from({ length: 30 }, (_, index) => `${key}${index}`);
  const request = `*61\r\n$4\r\nMSET\r\n${
    words.map((word) => `$${word.length}\r\n${word}\r\n$1\r\nv\r\n`).join("")
  }`;
  receive(core, session, fromLatin1(request));
  core.serve(session, 0);
  commit(core);
  const notes = taken(core);
  assertEquals(notes.at(-1), "emptied");
  // Three rows a key; 64 MiB have room for 63 of them.
  assertEquals([core.events.lost, notes.length], [90 - 63, 63 + 2]);
  assertEquals(run(core, session, "SET small 1"), [
    "0 new small",
    "change small",
    "0 set small",
    "reply 5",
  ]);
});

/** Memory that runs full: what is admitted finishes, what is not is refused. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Core,
  SERVED,
  SESSION_FLAGS,
  type SessionAddress,
} from "../../../../src/core/mod.ts";
import { Random } from "../../../differential/random.ts";
import {
  CoreSession,
  encodeRequest,
  join,
} from "../../../fuzz/core_session.ts";
import { toLatin1 } from "../../../servers/mod.ts";

const OOM = /^-OOM command not allowed when used memory > 'maxmemory'\.\r\n$/;
const CHUNKS = 1200;
/** The time of a new `CoreSession`. */
const TIME_MS = 1_700_000_000_000;

function smallCore(chunks = CHUNKS): Core {
  const core = new Core(1n, 2n);
  core.header.limitGrowth(chunks * 65_536);
  return core;
}

function smallMachine(chunks = CHUNKS): CoreSession {
  return new CoreSession(smallCore(chunks));
}

/** A reply as text; "closed" when there is no memory to read the request. */
function maybeText(client: CoreSession, ...words: string[]): string {
  const replies = client.trySend(encodeRequest(words));
  return replies === undefined ? "closed" : toLatin1(replies);
}

/** Stores values of `bytes` until one is refused; how many there are. */
function fill(client: CoreSession, bytes: number): number {
  const value = "x".repeat(bytes);
  for (let count = 0;; count++) {
    const reply = client.text("SET", `fill:${bytes}:${count}`, value);
    if (reply === "+OK\r\n") continue;
    assertMatch(reply, OOM);
    return count;
  }
}

function expectSound(client: CoreSession): void {
  assertEquals(client.core.check(), 0);
}

/** Replies to `requests` sent as one chunk. */
function answers(
  client: CoreSession,
  requests: readonly (readonly string[])[],
): string[] {
  const sent = join(requests.map((words) => encodeRequest(words)));
  const text = new TextDecoder("latin1").decode(client.send(sent));
  return text.match(/[^\r]*\r\n/g) ?? [];
}

/** Sends requests as one chunk to a session of `core`, and serves it as far as it goes without the log. */
function sendWhole(
  core: Core,
  session: SessionAddress,
  ...requests: (readonly string[])[]
): void {
  const bytes = join(requests.map((words) => encodeRequest(words)));
  core.inputRoom(session, bytes.length)!.set(bytes);
  core.received(session, bytes.length);
  while (core.serve(session, TIME_MS) === SERVED.yield);
}

/** Commits what gathers in the client's core; replies are in its output. */
function commitAll(client: CoreSession): void {
  client.core.sealBatch(client.timeMs, 1, 0);
  client.core.beginBatch(++client.index);
  while (client.core.stepBatch() !== undefined);
}

Deno.test("serve() refuses writes of a full core, answers reads and takes removals", () => {
  const client = smallMachine();
  for (const bytes of [1 << 20, 60_000, 5000, 400, 3]) {
    const count = fill(client, bytes);
    assert(count > 0 || bytes < 1 << 20);
  }
  expectSound(client);
  assertEquals(client.text("STRLEN", "fill:1048576:0"), ":1048576\r\n");
  assertMatch(client.text("HSET", "hash", "field", "value"), OOM);
  for (let index = 0; index < 8; index++) {
    assertEquals(client.text("DEL", `fill:1048576:${index}`), ":1\r\n");
  }
  assertEquals(client.text("HSET", "hash", "field", "value"), ":1\r\n");
  expectSound(client);
});

Deno.test("serve() sets memory aside for each large write of a batch", () => {
  const client = smallMachine();
  fill(client, 1 << 20);
  for (let index = 0; index < 12; index++) {
    client.run("DEL", `fill:1048576:${index}`);
  }
  const value = "y".repeat(300_000);
  const replies = answers(
    client,
    Array.from({ length: 100 }, (_, index) => ["SET", `y:${index}`, value]),
  );
  const stored = replies.filter((reply) => reply === "+OK\r\n").length;
  assert(stored > 10 && stored < 100, `${stored} were stored`);
  assertEquals(replies.length, 100);
  expectSound(client);
});

Deno.test("serve() knows what edits in flight make of a string", () => {
  const client = smallMachine();
  fill(client, 1 << 20);
  client.run(
    "DEL",
    ...Array.from({ length: 10 }, (_, at) => `fill:1048576:${at}`),
  );
  const piece = "z".repeat(100_000);
  const replies = answers(client, [
    ["SETRANGE", "long", "2000000", "x"],
    ...Array.from({ length: 50 }, () => ["APPEND", "long", piece]),
    ["COPY", "long", "other"],
    ["APPEND", "other", piece],
    ["BITOP", "NOT", "third", "other"],
  ]);
  assertEquals(replies[0], ":2000001\r\n");
  assertEquals(replies.length, 54);
  for (const reply of replies) assertMatch(reply, /^(:\d+|-OOM .*)\r\n$/);
  expectSound(client);
});

Deno.test("serve() copies no collection that does not fit", () => {
  const client = smallMachine();
  for (let batch = 0; batch < 100; batch++) {
    const fields = Array.from(
      { length: 200 },
      (_, at) => [`${batch}:${at}`, "v".repeat(800)],
    );
    client.run("HSET", "hash", ...fields.flat());
  }
  const copies = Array.from(
    { length: 6 },
    (_, at) => client.text("COPY", "hash", `copy:${at}`),
  );
  assertEquals(copies[0], ":1\r\n");
  assertMatch(copies.at(-1)!, OOM);
  expectSound(client);
});

for (
  const [name, makes] of [
    ["made", ["RPUSH", "list", ...Array<string>(12).fill("i".repeat(1000))]],
    ["renamed", ["RENAME", "old", "list"]],
  ] as const
) {
  Deno.test(`serve() copies what is ${name} on its way only as often as fits`, () => {
    const client = smallMachine(400);
    client.run("RPUSH", "old", ...Array<string>(12).fill("i".repeat(1000)));
    fill(client, 100_000);
    const gone = Array.from({ length: 60 }, (_, at) => `fill:100000:${at}`);
    client.run("DEL", ...gone);
    const copies = Array.from(
      { length: 2000 },
      (_, at) => ["COPY", "list", `${at}`],
    );
    const { core } = client;
    const session = core.openSession(2)!;
    core.setFlags(session, SESSION_FLAGS.authenticated);
    sendWhole(core, session, makes, ...copies);
    let replies = "";
    do {
      commitAll(client);
      replies += toLatin1(core.output().slice());
      core.clearOutput();
    } while (core.serve(session, client.timeMs) !== SERVED.idle);
    replies += toLatin1(core.output().slice());
    core.clearOutput();
    assertMatch(replies, /^(:12|\+OK)\r\n(:1\r\n)+(-OOM [^\r]*\r\n)+$/);
    expectSound(client);
  });
}

Deno.test("serve() admits one write of many keys", () => {
  const client = new CoreSession();
  const pairs = Array.from({ length: 20_000 }, (_, at) => [`key:${at}`, "v"]);
  assertEquals(client.text("MSET", ...pairs.flat()), "+OK\r\n");
  const keys = pairs.map(([key]) => key!);
  assertEquals(client.text("DEL", ...keys), ":20000\r\n");
  expectSound(client);
});

Deno.test("serve() keeps a hole for a large value until its turn", () => {
  const client = smallMachine(1600);
  const random = new Random(1);
  const count = fill(client, 250_000);
  const outcomes = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const first = random.below(count);
    for (let at = first; at < first + random.between(40, 160); at++) {
      client.run("DEL", `fill:250000:${at}`);
    }
    const large = "y".repeat(random.between(8, 20) * 1_000_000);
    outcomes.add(maybeText(client, "SET", `large:${random.below(3)}`, large));
    maybeText(client, "DEL", `large:${random.below(6)}`);
    for (let at = 0; at < 60; at++) {
      const key = `fill:250000:${random.below(count)}`;
      maybeText(client, "SET", key, large.slice(0, 250_000));
    }
  }
  assert(outcomes.has("+OK\r\n"), "some large values fitted");
  assert(outcomes.size > 1, "some did not");
  expectSound(client);
});

Deno.test("serve() keeps holes for those behind a transaction that does not hold", () => {
  const core = smallCore();
  const [first, second, third] = [1, 2, 3].map((owner) => {
    const session = core.openSession(owner)!;
    core.setFlags(session, SESSION_FLAGS.authenticated);
    return session;
  });
  const filler = new CoreSession(core);
  const count = fill(filler, 250_000);
  for (let at = 20; at < 240; at++) filler.run("DEL", `fill:250000:${at}`);
  while (core.upkeep(1000));
  assert(count > 240);
  sendWhole(core, second!, ["WATCH", "watched"], ["MULTI"], ["SET", "a", "1"], [
    "SET",
    "b",
    "2",
  ]);
  core.clearOutput();
  sendWhole(core, first!, ["SET", "watched", "x"]);
  sendWhole(core, second!, ["EXEC"]);
  sendWhole(core, third!, ["SET", "large", "y".repeat(16_000_000)]);
  commitAll(filler);
  assertEquals(toLatin1(core.output().slice()), "+OK\r\n*-1\r\n+OK\r\n");
  core.clearOutput();
  expectSound(filler);
});

/** What DUMP makes of a hash with one long field. */
function longFieldPayload(): Uint8Array {
  const donor = new CoreSession();
  donor.run("HSET", "h", "f", "x".repeat(10_000));
  const reply = donor.send(encodeRequest(["DUMP", "h"]));
  return reply.slice(reply.indexOf(10) + 1, -2);
}

Deno.test("serve() finds room in the reserve for the strings that RESTORE unpacks", () => {
  const client = smallMachine(400);
  const value = "y".repeat(3000);
  for (let at = 0; at < 6800; at++) {
    assertEquals(client.text("SET", `key:${at}`, value), "+OK\r\n");
  }
  while (client.core.allocateBuffer(10_000) !== undefined);
  const restore = encodeRequest(["RESTORE", "h", "0", longFieldPayload()]);
  const reply = new TextDecoder().decode(client.send(restore));
  assertEquals(reply, "+OK\r\n");
  assertEquals(client.text("HSTRLEN", "h", "f"), ":10000\r\n");
});

Deno.test("applyEntry() repeats what a full core did, removals too", () => {
  const client = new CoreSession(smallCore(), true);
  for (const bytes of [1 << 20, 60_000, 5000, 400, 3]) fill(client, bytes);
  for (let index = 0; index < 5; index++) {
    assertEquals(client.text("DEL", `fill:5000:${index}`), ":1\r\n");
  }
  const copy = smallCore();
  client.entries.forEach((entry, at) => copy.applyEntry(entry, at + 1));
  assertEquals(copy.digest(1n, true), client.core.digest(1n, true));
  assert(
    copy.inspector.digestOfKey(0, new TextEncoder().encode("fill:5000:9")),
  );
  assertEquals(copy.check(), 0);
});

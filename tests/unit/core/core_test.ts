import { assert, assertEquals } from "@std/assert";
import { type Core, SERVED, SESSION_FLAGS } from "../../../src/core/mod.ts";
import {
  commit,
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "./harness.ts";

const decoder = new TextDecoder();
const words = (list: Uint8Array[]) => list.map((word) => decoder.decode(word));

// -- Sessions --

Deno.test("Core.serve() answers reads at once, in order", () => {
  const core = makeCore();
  const session = openSession(core);
  receive(core, session, requests("GET a", "PING", "EXISTS a b"));
  assertEquals(core.serve(session, NOW_MS), SERVED.idle);
  assertEquals(takeReplies(core), "$-1\r\n+PONG\r\n:0\r\n");
});

Deno.test("Core.serve() waits for the rest of a request, at every cut", () => {
  const request = requests("SET key value");
  for (let cut = 1; cut < request.length; cut++) {
    const core = makeCore();
    const session = openSession(core);
    receive(core, session, request.subarray(0, cut));
    assertEquals(core.serve(session, NOW_MS), SERVED.idle, `${cut}`);
    assertEquals([core.outputBytes(), core.gathered()], [0, 0]);
    assert(core.pending(session) > 0, "the part is kept");
    receive(core, session, request.subarray(cut));
    assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  }
});

Deno.test("Core.serve() puts writes into the gathering batch, and what follows", () => {
  const core = makeCore();
  const session = openSession(core);
  receive(core, session, requests("GET a", "SET a 1", "GET a", "INCR a"));
  assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  assertEquals(takeReplies(core), "$-1\r\n", "what came before is answered");
  assertEquals(core.gathered(), 1);
  const { replies } = commit(core);
  assertEquals(replies, [[session, "+OK\r\n$1\r\n1\r\n:2\r\n"]]);
  assertEquals([core.gathered(), core.pending(session)], [0, 0]);
});

Deno.test("Core.serve() hands the host what is its own, with all arguments", () => {
  const core = makeCore();
  const session = openSession(core);
  receive(core, session, requests("CLIENT SETNAME bob", "PING"));
  assertEquals(core.serve(session, NOW_MS), SERVED.host);
  const copies = core.requestArguments();
  core.finishHost(session);
  assertEquals(core.serve(session, NOW_MS), SERVED.idle);
  assertEquals(takeReplies(core), "+PONG\r\n");
  assertEquals(words(copies), ["CLIENT", "SETNAME", "bob"], "they are copies");
});

Deno.test("Core.serve() ends a connection that breaks the protocol", () => {
  const core = makeCore();
  const session = openSession(core);
  receive(core, session, new TextEncoder().encode("*1\r\n$-5\r\n"));
  assertEquals(core.serve(session, NOW_MS), SERVED.broken);
  assertEquals(
    takeReplies(core),
    "-ERR Protocol error: invalid bulk length\r\n",
  );
});

Deno.test("sessions keep their state apart", () => {
  const core = makeCore();
  const [one, two] = [openSession(core, 1), openSession(core, 2)];
  core.setDatabase(one, 3);
  core.setProtocol(one, 3);
  core.setFlags(one, SESSION_FLAGS.authenticated | SESSION_FLAGS.noTouch);
  assertEquals([core.database(one), core.database(two)], [3, 0]);
  assertEquals([core.protocol(one), core.protocol(two)], [3, 2]);
  assertEquals([core.flags(one), core.flags(two)], [3, 1]);
  run(core, one, "SET a 1");
  assertEquals(run(core, one, "GET a", "GET nope"), "$1\r\n1\r\n_\r\n");
  assertEquals(run(core, two, "GET a"), "$-1\r\n");
  assert(core.lastCommand(one) === core.lastCommand(two));
});

Deno.test("Core asks a session for its password before all else", () => {
  const core = makeCore();
  const session = core.openSession(1)!;
  receive(core, session, requests("GET a", "SET a 1"));
  assertEquals(core.serve(session, NOW_MS), SERVED.idle);
  const refusal = "-NOAUTH Authentication required.\r\n";
  assertEquals(takeReplies(core), refusal + refusal);
});

Deno.test("Core.closeSession() gives back what the session took", () => {
  const core = makeCore();
  const used = () => core.header.get("bytesUsed");
  const fill = () => {
    const sessions = Array.from({ length: 50 }, (_, id) => {
      const session = openSession(core, id + 1);
      receive(core, session, new Uint8Array(20_000).fill(65));
      core.serve(session, NOW_MS);
      return session;
    });
    const filled = used();
    for (const session of sessions) core.closeSession(session);
    return filled;
  };
  const before = used();
  assert(fill() >= before + 50 * 20_000, "input takes memory");
  const after = used();
  for (let round = 0; round < 5; round++) fill();
  assertEquals(used(), after, "rounds leave nothing behind");
  assertEquals(core.check(), 0);
});

Deno.test("Core.inputRoom() grows for a large value and tells its size", () => {
  const core = makeCore();
  const session = openSession(core);
  const value = "v".repeat(3_000_000);
  const request = new TextEncoder().encode(
    `*3\r\n$3\r\nSET\r\n$1\r\na\r\n$${value.length}\r\n${value}\r\n`,
  );
  for (let at = 0; at < request.length;) {
    const room = core.inputRoom(session, 65_536)!;
    assert(room.length >= 65_536, "there is the room asked for");
    const part = request.subarray(at, at + room.length);
    room.set(part);
    core.received(session, part.length);
    at += part.length;
    const served = core.serve(session, NOW_MS);
    const isWhole = at === request.length;
    assertEquals(served, isWhole ? SERVED.deferred : SERVED.idle);
  }
  assert(core.inputBytes(session) >= value.length);
  assertEquals(commit(core).replies, [[session, "+OK\r\n"]]);
  assertEquals(run(core, session, "STRLEN a"), ":3000000\r\n");
});

// -- Batches --

Deno.test("a batch answers its sessions in the order of their requests", () => {
  const core = makeCore();
  const sessions = [1, 2, 3].map((id) => openSession(core, id));
  for (const session of sessions) {
    receive(core, session, requests("INCR n", "GET n"));
    assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  }
  assertEquals(core.gathered(), 3);
  assertEquals(commit(core).replies, [
    [sessions[0], ":1\r\n"],
    [sessions[1], ":2\r\n"],
    [sessions[2], ":3\r\n"],
  ]);
  // Reads behind a client's last write are no part of its entry.
  for (const session of sessions) {
    assertEquals(core.serve(session, NOW_MS), SERVED.idle);
    assertEquals(takeReplies(core), "$1\r\n3\r\n");
  }
});

Deno.test("sealed batches are applied oldest first while the next gathers", () => {
  const core = makeCore();
  const [one, two] = [openSession(core, 1), openSession(core, 2)];
  const send = (session: number, text: string) => {
    receive(core, session, requests(text));
    assertEquals(core.serve(session, NOW_MS), SERVED.deferred);
  };
  send(one, "APPEND a x");
  core.sealBatch(NOW_MS, 1, 0);
  send(two, "APPEND a y");
  core.sealBatch(NOW_MS, 2, 0);
  assertEquals(core.gathered(), 0);
  const replies: [number, string][] = [];
  for (const index of [1, 2]) {
    core.beginBatch(index);
    for (let at = core.stepBatch(); at !== undefined; at = core.stepBatch()) {
      replies.push([at, takeReplies(core)]);
    }
    assertEquals(core.header.get("appliedIndex"), index);
  }
  assertEquals(replies, [[one, ":1\r\n"], [two, ":2\r\n"]]);
});

Deno.test("an entry makes the same state on another core", () => {
  const [core, other] = [makeCore(), makeCore()];
  const session = openSession(core);
  const lines = [
    ...["SET a 1", "INCR a", "HSET h f v g w", "XADD s * k v", "DEL a"],
    ...["SET t 1 PX 5000", "APPEND b xyz", "SELECT 4", "SET in4 1"],
  ];
  let index = 0;
  for (const line of lines) {
    receive(core, session, requests(line));
    const served = core.serve(session, NOW_MS);
    takeReplies(core);
    if (served !== SERVED.deferred) continue;
    const { entry } = commit(core, 0x1234 + index);
    other.applyEntry(entry, ++index);
  }
  assertEquals(other.digest(9n, true), core.digest(9n, true));
  assertEquals(other.header.get("appliedIndex"), index);
  assertEquals([core.check(), other.check()], [0, 0]);
});

Deno.test("a batch without requests removes what is due", () => {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "SET a 1 PX 1000", "SET b 1 PX 2000", "SET c 1");
  assertEquals(core.nextDueMs(), NOW_MS + 1000);
  core.sealBatch(NOW_MS + 1500, 1, 10);
  core.beginBatch(4);
  assertEquals(core.stepBatch(), undefined);
  assertEquals(core.header.database(0, NOW_MS).keys, 2);
  assertEquals(core.nextDueMs(), NOW_MS + 2000);
  assertEquals(core.header.get("expiredKeys"), 1);
});

Deno.test("Core.nextDueMs() is endless while nothing expires", () => {
  const core = makeCore();
  assertEquals(core.nextDueMs(), Infinity);
  run(core, openSession(core), "SET a 1");
  assertEquals(core.nextDueMs(), Infinity);
});

// -- Upkeep, views, snapshots --

Deno.test("Core.upkeep() frees a deleted collection bit by bit", () => {
  const core = makeCore();
  const session = openSession(core);
  const fields = Array.from({ length: 5000 }, (_, at) => `f${at} v${at}`);
  for (let at = 0; at < fields.length; at += 500) {
    run(core, session, `HSET h ${fields.slice(at, at + 500).join(" ")}`);
  }
  const full = core.header.get("bytesPages");
  run(core, session, "UNLINK h");
  let rounds = 0;
  while (core.upkeep(4)) rounds++;
  assert(rounds > 3, `${rounds} rounds of four objects`);
  assert(core.header.get("bytesPages") < full / 2, "memory came back");
  assertEquals([core.check(), core.upkeep(1000)], [0, false]);
});

Deno.test("Core.upkeep() counts large values as objects of their own", () => {
  const core = makeCore();
  const session = openSession(core);
  for (let at = 0; at < 1000; at++) {
    run(core, session, `HSET h f${at} ${"v".repeat(1000)}`);
  }
  const full = core.header.get("bytesUsed");
  run(core, session, "UNLINK h");
  let rounds = 0;
  while (core.upkeep(400)) rounds++;
  assert(rounds >= 2, `${rounds} rounds for 1000 values`);
  assert(core.header.get("bytesUsed") < full / 4, "memory came back");
});

Deno.test("Core.pinView() ends at a bound and goes on after a release", () => {
  const core = makeCore();
  const slots: number[] = [];
  for (;;) {
    const slot = core.pinView(NOW_MS);
    if (slot === undefined) break;
    slots.push(slot);
  }
  assert(slots.length >= 8, `${slots.length} views`);
  assertEquals(new Set(slots).size, slots.length);
  core.releaseView(slots[0]!);
  core.upkeep(1000);
  assert(core.pinView(NOW_MS) !== undefined);
});

Deno.test("Core.importPiece() refuses what no core wrote", () => {
  // 0x48 begins content of another version.
  for (const byte of [0xee, 0x48]) {
    const core = makeCore();
    core.beginImport();
    const outcome = core.importPiece(new Uint8Array(1000).fill(byte));
    assertEquals(outcome, "bad");
  }
});

Deno.test("Core.allocateBuffer() is undefined when memory is full, and gives back", () => {
  const core = makeCore();
  assertEquals(core.allocateBuffer(0xffff_0000), undefined);
  const before = core.header.get("bytesBuffers");
  const address = core.allocateBuffer(100_000)!;
  core.memory.bytes(address, 100_000).fill(1);
  assert(core.header.get("bytesBuffers") >= before + 100_000);
  core.freeBuffer(address);
  assertEquals(core.header.get("bytesBuffers"), before);
  assertEquals(core.check(), 0);
});

Deno.test("Core.newScratch() is undefined when memory is full", () => {
  const core = makeCore();
  core.header.limitGrowth(8 * 1024 * 1024);
  while (core.allocateBuffer(60_000) !== undefined);
  assertEquals(core.newScratch(), undefined);
});

Deno.test("Core.digest() tells data apart, and versions when asked", () => {
  const make = (...lines: string[]) => {
    const core = makeCore();
    run(core, openSession(core), ...lines);
    return core;
  };
  const [a, b, c] = [
    make("SET x 1", "SET y 2"),
    make("SET y 2", "SET x 1"),
    make("SET x 1", "SET y 3"),
  ];
  const plain = (core: Core) => core.digest(5n, false);
  assertEquals(plain(a!), plain(b!));
  assert(plain(a!) !== plain(c!));
  assert(a!.digest(6n, false) !== plain(a!), "a seed gives its own sum");
});

import { assert, assertEquals } from "@std/assert";
import {
  type CrossedCommand,
  HEADER_FIELDS,
  type HeaderField,
} from "../../../src/core/mod.ts";
import { makeCore, NOW_MS, openSession, run } from "./harness.ts";

const LAYOUT = new URL("../../../core-as/memory/layout.ts", import.meta.url);

/** Offsets of the fields of the class `Header` of the core, by name. */
function layoutOffsets(): Map<string, number> {
  const text = Deno.readTextFileSync(LAYOUT);
  const body = /class Header \{([^]*?)\n\}/.exec(text)![1]!;
  const offsets = new Map<string, number>();
  let at = 0;
  for (const [, name, type] of body.matchAll(/^ {2}(\w+): (\w+) =/gm)) {
    const bytes = type === "u32" ? 4 : 8;
    at = Math.ceil(at / bytes) * bytes;
    offsets.set(name!, at);
    at += bytes;
  }
  return offsets;
}

Deno.test("HEADER_FIELDS names the offsets of the core's header", () => {
  const offsets = layoutOffsets();
  assert(offsets.size > 20, "the header's fields are found");
  for (const [name, offset] of Object.entries(HEADER_FIELDS)) {
    assertEquals(offsets.get(name), offset, name);
  }
});

Deno.test("CoreHeader.set() and get() keep numbers up to 2^53", () => {
  const { header } = makeCore();
  for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    header.set("memoryLimit", value);
    assertEquals(header.get("memoryLimit"), value);
  }
  assertEquals(header.get("changes"), 0, "the field before it is untouched");
});

Deno.test("CoreHeader.bytesGrown covers what is reserved", () => {
  const { header } = makeCore();
  assert(header.bytesGrown >= header.get("bytesReserved"));
  assertEquals(header.bytesGrown % 65_536, 0);
});

Deno.test("CoreHeader.viewsOpen counts pinned views", () => {
  const core = makeCore();
  assertEquals(core.header.viewsOpen, 0);
  const slots = [core.pinView(NOW_MS)!, core.pinView(NOW_MS)!];
  assertEquals(core.header.viewsOpen, 2);
  for (const slot of slots) core.releaseView(slot);
  core.upkeep(1000);
  assertEquals(core.header.viewsOpen, 0);
});

Deno.test("CoreHeader.setHashListpack() decides OBJECT ENCODING", () => {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "HSET h f 12345678 g 1");
  const encoding = () => run(core, session, "OBJECT ENCODING h");
  assertEquals(encoding(), "$8\r\nlistpack\r\n");
  core.header.setHashListpack(1, 64);
  run(core, session, "HSET i f 12345678 g 1");
  assertEquals(
    run(core, session, "OBJECT ENCODING i"),
    "$9\r\nhashtable\r\n",
  );
  core.header.setHashListpack(128, 7);
  run(core, session, "HSET j f 12345678");
  assertEquals(
    run(core, session, "OBJECT ENCODING j"),
    "$9\r\nhashtable\r\n",
  );
});

Deno.test("CoreHeader.setHashListpack() takes more than 32 bits for no limit", () => {
  const core = makeCore();
  const session = openSession(core);
  core.header.setHashListpack(2 ** 63, 2 ** 32);
  run(core, session, `HSET h f ${"x".repeat(500)} g 1`);
  const encoding = run(core, session, "OBJECT ENCODING h");
  assertEquals(encoding, "$8\r\nlistpack\r\n");
});

Deno.test("CoreHeader.setSortedSetListpack() decides OBJECT ENCODING", () => {
  const core = makeCore();
  const session = openSession(core);
  const encoding = (key: string) =>
    run(core, session, `OBJECT ENCODING ${key}`).split("\r\n")[1];
  run(core, session, "ZADD h 1 12345678 2 b");
  assertEquals(encoding("h"), "listpack");
  core.header.setSortedSetListpack(1, 64);
  run(core, session, "ZADD i 1 12345678", "ZADD j 1 12345678 2 b");
  assertEquals(encoding("i"), "listpack");
  assertEquals(encoding("j"), "skiplist");
  core.header.setSortedSetListpack(128, 7);
  run(core, session, "ZADD k 1 1234567", "ZADD l 1 12345678");
  assertEquals(encoding("k"), "listpack");
  assertEquals(encoding("l"), "skiplist");
});

Deno.test("CoreHeader.setListNode() decides OBJECT ENCODING, by items or bytes", () => {
  const core = makeCore();
  const session = openSession(core);
  const encoding = (size: number, key: string) => {
    core.header.setListNode(size);
    run(core, session, `RPUSH ${key} ${"1 ".repeat(5).trim()}`);
    run(core, session, `RPUSH ${key} ${"x".repeat(5000)}`);
    return run(core, session, `OBJECT ENCODING ${key}`).split("\r\n")[1];
  };
  assertEquals(encoding(-1, "a"), "quicklist");
  assertEquals(encoding(-2, "b"), "listpack");
  assertEquals(encoding(6, "c"), "listpack");
  assertEquals(encoding(5, "d"), "quicklist");
});

Deno.test("CoreHeader.setSetLimits() decides OBJECT ENCODING", () => {
  const core = makeCore();
  const session = openSession(core);
  const encoding = (...members: string[]) => {
    run(core, session, "DEL s", `SADD s ${members.join(" ")}`);
    return run(core, session, "OBJECT ENCODING s").split("\r\n")[1];
  };
  core.header.setSetLimits(2, 3, 4);
  assertEquals(encoding("1", "2"), "intset");
  assertEquals(encoding("a", "2", "3"), "listpack");
  assertEquals(encoding("a", "2", "3", "4"), "hashtable");
  assertEquals(encoding("abcd"), "listpack");
  assertEquals(encoding("abcde"), "hashtable");
  core.header.setSetLimits(2 ** 63, 2 ** 63, 2 ** 63);
  assertEquals(encoding("a", "b".repeat(500)), "listpack");
});

Deno.test("CoreHeader.setStreamNode() writes the field that the core reads", () => {
  const offset = layoutOffsets().get("streamNodeEntries")!;
  const core = makeCore();
  core.header.setStreamNode(77);
  // The header's first field is its magic number.
  const magic = 0x31564b454e414cn;
  const memory = new DataView(core.memory.memory.buffer);
  assertEquals(memory.getBigUint64(0x80000, true), magic);
  assertEquals(memory.getUint32(0x80000 + offset, true), 77);
});

Deno.test("CoreHeader.database() counts keys, expiries and their mean time", () => {
  const core = makeCore();
  const session = openSession(core);
  assertEquals(core.header.database(0, NOW_MS), {
    keys: 0,
    expires: 0,
    ttlMsMean: 0,
  });
  run(core, session, "SET a 1", "SET b 1 PX 1000", "SET c 1 PX 3000");
  run(core, session, "SELECT 15", "SET d 1");
  assertEquals(core.header.database(0, NOW_MS), {
    keys: 3,
    expires: 2,
    ttlMsMean: 2000,
  });
  const late = core.header.database(0, NOW_MS + 10_000);
  assertEquals(late.ttlMsMean, 0, "overdue keys have no time left");
  assertEquals(core.header.database(15, NOW_MS).keys, 1);
});

Deno.test("CoreHeader.command() counts calls, failures and refusals", () => {
  const core = makeCore();
  const session = openSession(core);
  run(core, session, "SET a x", "INCR a", "INCR", "GET a");
  const ids = Array.from({ length: 512 }, (_, id) => id);
  const busy = () =>
    ids.map((id) => core.header.command(id)).filter(({ calls, rejected }) =>
      calls + rejected > 0
    );
  const total = (of: "calls" | "failed" | "rejected") =>
    busy().reduce((sum, counts) => sum + counts[of], 0);
  assertEquals([busy().length, total("calls")], [3, 3]);
  assertEquals([total("failed"), total("rejected")], [1, 1]);
  core.header.resetCommands(512);
  assertEquals(busy().length, 0);
  const fields: HeaderField[] = ["commandsProcessed", "errorReplies"];
  for (const field of fields) assert(core.header.get(field) >= 2, field);
});

Deno.test("CoreHeader.readCrossed() tells what the last crossing called", () => {
  const core = makeCore();
  const session = openSession(core);
  const called = () => {
    const calls: number[] = [];
    const into: CrossedCommand = { id: 0, calls: 0, work: 0 };
    for (let index = 0; index < core.header.crossed; index++) {
      core.header.readCrossed(index, into);
      calls.push(into.calls);
    }
    return calls;
  };
  run(core, session, "GET a", "STRLEN a", "GET a", "STRLEN b", "GET b");
  assertEquals(called(), [3, 2], "alternating calls are added up");
  run(core, session, "PING");
  assertEquals(called(), [1], "an earlier crossing is forgotten");
  core.serve(session, NOW_MS);
  assertEquals(called(), [], "nothing ran");
});

Deno.test("CoreHeader.errors() counts error replies by code word", () => {
  const core = makeCore();
  const session = openSession(core);
  assertEquals(core.header.errors(), new Map());
  run(core, session, "SET a x", "HGET a f", "INCR a", "GET", "NOSUCH", "GET a");
  assertEquals(
    core.header.errors(),
    new Map([["ERR", 3], ["WRONGTYPE", 1]]),
  );
  core.header.resetErrors();
  assertEquals(core.header.errors(), new Map());
});

Deno.test("CoreHeader.viewsPinnedMs() knows when each view was pinned", () => {
  const core = makeCore();
  const first = core.pinView(NOW_MS)!;
  const second = core.pinView(NOW_MS + 5)!;
  assertEquals(core.header.viewsPinnedMs(), [NOW_MS, NOW_MS + 5]);
  core.releaseView(first);
  assertEquals(core.header.viewsPinnedMs(), [NOW_MS + 5]);
  core.releaseView(second);
});

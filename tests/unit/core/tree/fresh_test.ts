import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { listpackOf } from "../../../fuzz/packed_lists.ts";
import { bulkOf, latin1Bytes } from "../../../fuzz/payload_source.ts";
import { RDB_TYPES, seal, stringBytes } from "../../../fuzz/rdb_payload.ts";

const COUNTS = [1, 2, 6, 7, 40, 80, 120, 200, 600];

/** The words that make `key`, a value of `count` elements, by one command. */
function commandOf(name: string, key: string, count: number): string[] {
  const numbers = Array.from({ length: count }, (_, at) => at * 7919 % 10_007);
  const words = numbers.flatMap((number, at) => {
    const text = at % 3 === 0 ? `${number}` : `element ${number}`.repeat(2);
    if (name === "HSET") return [text, `${number} `.repeat(at % 9)];
    return name === "ZADD" ? [`${number % 10}`, text] : [text];
  });
  return [name, key, ...words];
}

Deno.test("insertFresh() makes what commands make", () => {
  const core = new CoreSession();
  for (const name of ["HSET", "SADD", "ZADD", "RPUSH"]) {
    for (const count of COUNTS) {
      core.run("FLUSHALL");
      core.run(...commandOf(name, "made", count));
      const payload = bulkOf(core.run("DUMP", "made"));
      assertEquals(core.text("RESTORE", "copy", "0", payload), "+OK\r\n");
      assertEquals(bulkOf(core.run("DUMP", "copy")), payload);
      assertEquals(core.core.check(), 0);
      // What was restored takes more elements as what was made does.
      for (const key of ["made", "copy"]) {
        core.run(...commandOf(name, key, count + 50));
      }
      const dumped = bulkOf(core.run("DUMP", "made"));
      assertEquals(bulkOf(core.run("DUMP", "copy")), dumped);
      assertEquals(core.core.check(), 0);
    }
  }
});

Deno.test("insertFresh() leaves an element that comes twice to be refused", () => {
  const core = new CoreSession();
  const { setListpack, hashListpack, zsetListpack } = RDB_TYPES;
  const restore = (type: number, ...elements: string[]) => {
    const list = listpackOf(elements.map((text) => latin1Bytes(text)));
    const body = join([Uint8Array.of(type), stringBytes(list)]);
    return core.text("RESTORE", "key", "0", seal(body), "REPLACE");
  };
  const bad = "-ERR Bad data format\r\n";
  assertEquals(restore(setListpack, "a", "b", "c"), "+OK\r\n");
  assertEquals(restore(setListpack, "a", "b", "a"), bad);
  assertEquals(restore(hashListpack, "a", "b", "c", "b"), "+OK\r\n");
  assertEquals(restore(hashListpack, "a", "b", "a", "c"), bad);
  assertEquals(restore(zsetListpack, "a", "1", "b", "1"), "+OK\r\n");
  assertEquals(restore(zsetListpack, "a", "1", "a", "2"), bad);
  assertEquals(core.core.check(), 0);
});

import { assert, assertEquals } from "@std/assert";
import {
  findKeys,
  hasKeys,
} from "../../../../src/commands/host/command_keys.ts";
import { findRow } from "../../../../src/commands/table/mod.ts";

function keysOf(text: string): readonly string[] | undefined {
  const words = text.split(" ");
  const row = findRow(words[0]!.toLowerCase());
  assert(row !== undefined, text);
  return findKeys(row, words)?.map(({ index }) => words[index]!);
}

Deno.test("findKeys() follows ranges, steps, keywords and counts", () => {
  assertEquals(keysOf("MSET a 1 b 2"), ["a", "b"]);
  assertEquals(keysOf("DEL a b c"), ["a", "b", "c"]);
  assertEquals(keysOf("BITOP AND d a b"), ["d", "a", "b"]);
  assertEquals(keysOf("XREAD COUNT 2 STREAMS a b 0 0"), ["a", "b"]);
  assertEquals(keysOf("EVAL script 2 a b c"), ["a", "b"]);
  assertEquals(keysOf("ZUNIONSTORE d 2 a b"), ["d", "a", "b"]);
});

Deno.test("findKeys() does not guess", () => {
  assertEquals(keysOf("XREAD COUNT 2"), undefined);
  assertEquals(keysOf("XREAD COUNT 2 STREAMS"), undefined);
  assertEquals(keysOf("EVAL script x a"), undefined);
  assertEquals(keysOf("ZUNIONSTORE d 3 a b"), undefined);
});

Deno.test("findKeys() reads options that change what happens to a key", () => {
  const flagsOf = (text: string) => {
    const words = text.split(" ");
    return findKeys(findRow(words[0]!)!, words)?.[0]?.flags.join(" ");
  };
  assertEquals(flagsOf("set k v"), "OW update");
  assertEquals(flagsOf("set k v ex 5 GET"), "RW access update");
  assertEquals(flagsOf("bitfield k get u8 0"), "RO access");
  assertEquals(flagsOf("bitfield k overflow sat get u8 0"), "RO access");
  assertEquals(flagsOf("bitfield k get u8 0 set u8 0 1"), "RW access update");
});

Deno.test("hasKeys() does not count channels and the like", () => {
  assertEquals(
    ["get", "eval", "ping", "config|set"].map((name) =>
      hasKeys(findRow(name)!)
    ),
    [true, true, false, false],
  );
});

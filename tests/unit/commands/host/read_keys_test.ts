import { assertEquals } from "@std/assert";
import { COMMANDS, firstKey, keysRead } from "../../../../src/commands/mod.ts";
import { fromLatin1 } from "../../../servers/mod.ts";

function idOf(words: readonly string[]): number {
  const name = words[0]!.toLowerCase();
  return COMMANDS.findIndex((row) => row.name === name);
}

function keys(line: string): readonly string[] {
  const words = line.split(" ");
  return keysRead(idOf(words), words.map(fromLatin1));
}

function first(line: string): string | undefined {
  const words = line.split(" ");
  return firstKey(idOf(words), words.map(fromLatin1));
}

Deno.test("keysRead() finds the keys of commands that read", () => {
  assertEquals(keys("get a"), ["a"]);
  assertEquals(keys("MGET a b a"), ["a", "b", "a"]);
  assertEquals(keys("ZUNION 2 a b WEIGHTS 1 2"), ["a", "b"]);
  assertEquals(keys("XREAD COUNT 1 STREAMS s t 0 0"), ["s", "t"]);
  assertEquals(keys("OBJECT ENCODING a"), ["a"]);
  assertEquals(keys("xinfo groups s"), ["s"]);
});

Deno.test("keysRead() finds the first key where others are not told", () => {
  assertEquals(keys("SORT_RO a BY w_* GET v_*"), ["a"]);
});

Deno.test("keysRead() goes by the command's id, not by its name", () => {
  const id = COMMANDS.findIndex(({ name }) => name === "get");
  assertEquals(keysRead(id, ["renamed", "a"].map(fromLatin1)), ["a"]);
});

Deno.test("keysRead() finds none elsewhere", () => {
  for (const line of ["SET a 1", "DBSIZE", "NOSUCH a", "OBJECT NOSUCH a"]) {
    assertEquals(keys(line), [], line);
  }
});

Deno.test("firstKey() finds the first key of reads and writes", () => {
  assertEquals(first("SET a 1"), "a");
  assertEquals(first("MSET a 1 b 2"), "a");
  assertEquals(first("WATCH b a"), "b");
  assertEquals(first("SORT a BY w_* STORE b"), "a");
  assertEquals(first("ZUNIONSTORE to 2 a b"), "to");
  assertEquals(first("LMPOP 2 l m LEFT"), "l");
  assertEquals(first("XREADGROUP GROUP g c STREAMS s t > >"), "s");
  assertEquals(first("XGROUP CREATE s g 0"), "s");
});

Deno.test("firstKey() finds none where no key is named", () => {
  const lines = [
    ...["DBSIZE", "FLUSHALL", "NOSUCH a", "XREAD COUNT 1", "OBJECT HELP"],
    ...["PUBLISH a b", "XGROUP NOSUCH a"],
  ];
  for (const line of lines) assertEquals(first(line), undefined, line);
});

import { assertEquals } from "@std/assert";
import { COMMANDS, keysRead } from "../../../../src/commands/mod.ts";
import { fromLatin1 } from "../../../servers/mod.ts";

function keys(line: string): readonly string[] {
  const words = line.split(" ");
  const name = words[0]!.toLowerCase();
  const id = COMMANDS.findIndex((row) => row.name === name);
  return keysRead(id, words.map(fromLatin1));
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

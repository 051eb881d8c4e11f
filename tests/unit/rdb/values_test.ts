import { assertEquals, assertThrows } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { RdbInput } from "../../../src/rdb/input.ts";
import { skipValue } from "../../../src/rdb/values.ts";
import { CoreSession, join } from "../../fuzz/core_session.ts";
import { randomBody } from "../../fuzz/payload_source.ts";
import { drawFrom } from "../../fuzz/payload_values.ts";
import { printedSeed } from "../seed.ts";
import { MemorySource } from "./fakes.ts";

function inputOf(bytes: Uint8Array): RdbInput {
  return new RdbInput(new MemorySource(bytes, 1000), 512, false);
}

Deno.test("skipValue() ends where a value of any form ends", () => {
  const draw = drawFrom(printedSeed());
  const core = new CoreSession();
  const forms = new Set<number>();
  for (let round = 0; round < 200; round++) {
    const body = randomBody(draw, core);
    const type = body[0]!;
    forms.add(type);
    const input = inputOf(join([body.subarray(1), new Uint8Array(300)]));
    assertEquals(skipValue(input, type), true, `type ${type} holds something`);
    assertEquals(input.offset, body.length - 1, `end of type ${type}`);
    const cut = 1 + draw(body.length - 1);
    assertThrows(
      () => skipValue(inputOf(body.subarray(1, cut)), type),
      CorruptionError,
    );
  }
  assertEquals(forms.size > 10, true, `forms drawn: ${[...forms]}`);
});

Deno.test("skipValue() knows values that hold nothing", () => {
  const listpack = [7, 0, 0, 0, 0, 0, 255];
  const ziplist = [11, 0, 0, 0, 10, 0, 0, 0, 0, 0, 255];
  const intset = [2, 0, 0, 0, 0, 0, 0, 0];
  const empty: [number, number[]][] = [
    [1, [0]],
    [2, [0]],
    [3, [0]],
    [4, [0]],
    [5, [0]],
    [9, [2, 0, 255]],
    [10, [11, ...ziplist]],
    [11, [8, ...intset]],
    [12, [11, ...ziplist]],
    [13, [11, ...ziplist]],
    [14, [2, 11, ...ziplist, 11, ...ziplist]],
    [16, [7, ...listpack]],
    [17, [7, ...listpack]],
    [18, [1, 2, 7, ...listpack]],
    [20, [7, ...listpack]],
  ];
  for (const [type, bytes] of empty) {
    const input = inputOf(Uint8Array.from(bytes));
    assertEquals(skipValue(input, type), false, `type ${type}`);
    assertEquals(input.left, 0, `type ${type}`);
  }
  const one = inputOf(Uint8Array.of(18, ...[2, 2, 7, ...listpack, 1, 0]));
  one.skip(1);
  assertEquals(skipValue(one, 18), true, "a node with an empty string");
});

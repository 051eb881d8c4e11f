import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CorruptionError } from "../../../src/base/mod.ts";
import { RdbInput } from "../../../src/rdb/input.ts";
import {
  readCount,
  readLength,
  readString,
  skipString,
  StringBuffer,
} from "../../../src/rdb/strings.ts";
import { MemorySource } from "./fakes.ts";

function inputOf(...bytes: number[]): RdbInput {
  return new RdbInput(
    new MemorySource(Uint8Array.from(bytes)),
    256,
    false,
  );
}

/** The string that `bytes` begin with, and how many of them it takes. */
function stringOf(...bytes: number[]): [string, number] {
  const input = inputOf(...bytes);
  const buffer = new StringBuffer();
  readString(input, buffer);
  const skipped = inputOf(...bytes);
  skipString(skipped);
  assertEquals(skipped.offset, input.offset, "skipString() ends there too");
  return [String.fromCharCode(...buffer.view()), input.offset];
}

/** The message of reading `bytes` both ways. */
function damageOf(...bytes: number[]): string {
  const read = assertThrows(
    () => readString(inputOf(...bytes), new StringBuffer()),
    CorruptionError,
  );
  const skip = assertThrows(
    () => skipString(inputOf(...bytes)),
    CorruptionError,
  );
  assertEquals((read as Error).message, (skip as Error).message);
  return (read as Error).message;
}

Deno.test("readLength() reads all four forms", () => {
  assertEquals(readLength(inputOf(63)), 63);
  assertEquals(readLength(inputOf(0x41, 2)), 258);
  assertEquals(readLength(inputOf(0x80, 0xff, 0, 0, 1)), 0xff000001);
  assertEquals(readLength(inputOf(0x81, 0, 0, 0, 1, 0, 0, 0, 2)), 2 ** 32 + 2);
  for (const bytes of [[0x82], [0xc0], [0xbf]]) {
    const error = assertThrows(
      () => readLength(inputOf(...bytes)),
      CorruptionError,
    );
    assertStringIncludes((error as Error).message, "offset 0");
  }
});

Deno.test("readCount() refuses more than the file can hold", () => {
  assertEquals(readCount(inputOf(2, 0, 0), 1), 2);
  const error = assertThrows(
    () => readCount(inputOf(2, 0, 0), 2),
    CorruptionError,
  );
  assertStringIncludes((error as Error).message, "2 elements cannot be");
});

Deno.test("readString() and skipString() read every encoding", () => {
  assertEquals(stringOf(2, 0x61, 0x62, 9), ["ab", 3]);
  assertEquals(stringOf(0), ["", 1]);
  assertEquals(stringOf(0xc0, 0x80), ["-128", 2]);
  assertEquals(stringOf(0xc1, 0x00, 0x80), ["-32768", 3]);
  assertEquals(stringOf(0xc1, 0xff, 0x7f), ["32767", 3]);
  assertEquals(stringOf(0xc2, 0, 0, 0, 0x80), ["-2147483648", 5]);
  assertEquals(stringOf(0xc3, 5, 11, 0, 0x61, 0xe0, 1, 0), [
    "a".repeat(11),
    8,
  ]);
});

Deno.test("readString() and skipString() refuse what is no string", () => {
  assertStringIncludes(damageOf(3, 1, 2), "a string of 3 bytes where 2");
  assertStringIncludes(damageOf(0xc4, 1, 2), "the unknown encoding 4");
  assertStringIncludes(
    damageOf(0x80, 0x20, 0, 0, 1),
    "536870913 bytes, above the limit",
  );
  assertStringIncludes(damageOf(0xc3, 1, 0x60, 0, 0), "bytes of LZF cannot");
});

Deno.test("readString() refuses LZF that makes too little", () => {
  const error = assertThrows(
    () => readString(inputOf(0xc3, 2, 5, 0, 0x61), new StringBuffer()),
    CorruptionError,
  );
  assertStringIncludes((error as Error).message, "offset 0: bytes of LZF");
});

Deno.test("StringBuffer keeps its room", () => {
  const buffer = new StringBuffer();
  buffer.resize(1000);
  const { bytes } = buffer;
  buffer.resize(10);
  assertEquals(buffer.bytes === bytes, true);
  assertEquals(buffer.view().length, 10);
});

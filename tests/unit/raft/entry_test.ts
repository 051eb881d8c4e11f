import { assertEquals } from "@std/assert";
import {
  dataBytes,
  EMPTY_DATA,
  ENTRY_OVERHEAD_BYTES,
  entryBytes,
  isChange,
  sliceWithin,
} from "../../../src/raft/entry.ts";
import { entry } from "./harness.ts";

const ENTRIES = [
  entry(1, 1),
  { ...entry(1, 2), data: EMPTY_DATA },
  entry(1, 3),
];

Deno.test("dataBytes() counts data alone", () => {
  assertEquals(dataBytes(ENTRIES), 6);
  assertEquals(dataBytes([]), 0);
});

Deno.test("entryBytes() counts entries without data too", () => {
  assertEquals(entryBytes(ENTRIES), 6 + 3 * ENTRY_OVERHEAD_BYTES);
});

Deno.test("isChange() tells what raft itself applies", () => {
  const kinds = ["normal", "change", "change-v1"] as const;
  const data = EMPTY_DATA;
  assertEquals(kinds.map((kind) => isChange({ kind, data })), [
    false,
    true,
    true,
  ]);
  assertEquals(isChange({ data }), false);
});

Deno.test("sliceWithin() gives the longest part within the limit", () => {
  const kept = (bytesMax: number) =>
    sliceWithin(ENTRIES, 0, 3, bytesMax).length;
  const one = 3 + ENTRY_OVERHEAD_BYTES;
  const two = one + ENTRY_OVERHEAD_BYTES;
  const limits = [Infinity, one + two, one + two - 1, two, two - 1, 0];
  assertEquals(limits.map(kept), [3, 3, 2, 2, 1, 1]);
});

Deno.test("sliceWithin() stays between its bounds", () => {
  const indexes = (from: number, to: number, bytesMax: number) =>
    sliceWithin(ENTRIES, from, to, bytesMax).map(({ index }) => index);
  assertEquals(indexes(1, 2, Infinity), [2]);
  assertEquals(indexes(1, 2, 1_000), [2]);
  assertEquals(indexes(1, 9, 1_000), [2, 3]);
  assertEquals(indexes(2, 3, 0), [3]);
  assertEquals(indexes(3, 3, 0), []);
  assertEquals(sliceWithin([], 0, 0, 0), []);
});

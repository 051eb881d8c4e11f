import { assertEquals } from "@std/assert";
import {
  dataBytes,
  EMPTY_DATA,
  limitEntries,
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

Deno.test("limitEntries() keeps the longest prefix within the limit", () => {
  const kept = (bytesMax: number) => limitEntries(ENTRIES, bytesMax).length;
  assertEquals([Infinity, 6, 5, 3, 2, 0].map(kept), [3, 3, 2, 2, 1, 1]);
  assertEquals(limitEntries([], 0), []);
});

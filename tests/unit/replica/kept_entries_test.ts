import { assertEquals } from "@std/assert";
import { KeptEntries } from "../../../src/replica/kept_entries.ts";
import { entry } from "./harness.ts";

function indexes(kept: KeptEntries): [number, number, number] {
  const log = kept.toLog();
  return [log.firstIndex, log.lastIndex, log.term(log.firstIndex - 1)];
}

Deno.test("KeptEntries keeps what is not committed, however much it is", () => {
  const kept = new KeptEntries({ index: 4, term: 1 }, 0);
  assertEquals(indexes(kept), [5, 4, 1]);
  for (const index of [5, 6, 7]) kept.addFed(entry(2, index));
  assertEquals(indexes(kept), [8, 7, 2]);
  for (const index of [8, 9]) kept.add(entry(3, index));
  assertEquals(indexes(kept), [8, 9, 2]);
});

Deno.test("KeptEntries keeps the newest committed ones within its bound", () => {
  const kept = new KeptEntries({ index: 0, term: 0 }, 9);
  for (let index = 1; index < 10; index++) kept.addFed(entry(1, index));
  kept.add(entry(2, 10));
  // Three bytes each: "1/7", "1/8" and "1/9".
  assertEquals(indexes(kept), [7, 10, 1]);
});

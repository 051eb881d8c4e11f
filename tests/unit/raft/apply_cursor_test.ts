import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { ApplyCursor } from "../../../src/raft/apply_cursor.ts";

Deno.test("ApplyCursor.accept() pauses at the bound, over all portions", () => {
  const cursor = new ApplyCursor(4, 100);
  cursor.accept(6, 60, 6);
  assertEquals([cursor.isPaused, cursor.roomBytes], [false, 40]);
  cursor.accept(7, 40, 7);
  assertEquals([cursor.applied, cursor.applying, cursor.isPaused], [
    4,
    7,
    true,
  ]);
});

Deno.test("ApplyCursor.accept() pauses when the next entry did not fit", () => {
  const cursor = new ApplyCursor(4, 100);
  cursor.accept(6, 60, 8);
  assertEquals(cursor.isPaused, true);
  cursor.appliedTo(5, 30);
  assertEquals([cursor.isPaused, cursor.roomBytes], [false, 70]);
});

Deno.test("ApplyCursor.appliedTo() takes only what was handed out", () => {
  const cursor = new ApplyCursor(4, 100);
  cursor.accept(6, 60, 6);
  assertThrows(() => cursor.appliedTo(7, 0), AssertionError);
  assertThrows(() => cursor.appliedTo(6, 61), AssertionError);
});

Deno.test("ApplyCursor.restoredTo() goes ahead of what is being applied", () => {
  const cursor = new ApplyCursor(4, 100);
  cursor.accept(6, 100, 6);
  cursor.restoredTo(20);
  assertEquals([cursor.applied, cursor.applying], [20, 20]);
  assertEquals(cursor.isPaused, true, "the entries are still in memory");
  cursor.appliedTo(6, 100);
  assertEquals([cursor.applied, cursor.isPaused], [20, false]);
});

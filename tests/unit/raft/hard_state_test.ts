import { assertEquals } from "@std/assert";
import { mustSync, sameHardState } from "../../../src/raft/hard_state.ts";

const BEFORE = { term: 2, vote: 1, commit: 5 };

Deno.test("sameHardState() compares all three", () => {
  assertEquals(sameHardState(BEFORE, { ...BEFORE }), true);
  assertEquals(sameHardState(BEFORE, { ...BEFORE, term: 3 }), false);
  assertEquals(sameHardState(BEFORE, { ...BEFORE, vote: 0 }), false);
  assertEquals(sameHardState(BEFORE, { ...BEFORE, commit: 6 }), false);
});

Deno.test("mustSync() for entries, term and vote, not for commit", () => {
  assertEquals(mustSync({ ...BEFORE, commit: 9 }, BEFORE, 0), false);
  assertEquals(mustSync(BEFORE, BEFORE, 1), true);
  assertEquals(mustSync({ ...BEFORE, term: 3 }, BEFORE, 0), true);
  assertEquals(mustSync({ ...BEFORE, vote: 2 }, BEFORE, 0), true);
});

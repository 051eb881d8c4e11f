import { assertEquals } from "@std/assert";
import {
  committedIndex,
  majorityOf,
  voteResult,
} from "../../../src/raft/quorum.ts";
import { printedRandom } from "./random.ts";

/** The definition: the highest index that more than half have reached. */
function slowCommittedIndex(acknowledged: readonly number[]): number {
  if (acknowledged.length === 0) return Infinity;
  for (let index = Math.max(...acknowledged); index > 0; index--) {
    const reached = acknowledged.filter((one) => one >= index).length;
    if (reached * 2 > acknowledged.length) return index;
  }
  return 0;
}

Deno.test("majorityOf() is more than half", () => {
  assertEquals([1, 2, 3, 4, 5, 6, 7].map(majorityOf), [1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("committedIndex() of one voter is what it acknowledged", () => {
  assertEquals(committedIndex([0]), 0);
  assertEquals(committedIndex([12]), 12);
});

Deno.test("committedIndex() of no voters leaves the decision to others", () => {
  assertEquals(committedIndex([]), Infinity);
});

Deno.test("committedIndex() equals the definition", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 50_000; round++) {
    const acknowledged = Array.from({ length: next(8) }, () => next(10));
    assertEquals(
      committedIndex(acknowledged),
      slowCommittedIndex(acknowledged),
      `seed ${seed}: ${acknowledged}`,
    );
  }
});

Deno.test("voteResult() is won or lost by a majority and pending before", () => {
  assertEquals(voteResult([undefined]), "pending");
  assertEquals(voteResult([true]), "won");
  assertEquals(voteResult([false]), "lost");
  assertEquals(voteResult([true, undefined, undefined]), "pending");
  assertEquals(voteResult([true, false, undefined]), "pending");
  assertEquals(voteResult([true, true, undefined]), "won");
  assertEquals(voteResult([false, false, undefined]), "lost");
  assertEquals(voteResult([true, true, undefined, undefined]), "pending");
  assertEquals(voteResult([true, true, false, false]), "lost");
});

Deno.test("voteResult() of no voters leaves the decision to others", () => {
  assertEquals(voteResult([]), "won");
});

Deno.test("voteResult() never changes once it is decided", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 2_000; round++) {
    const votes = Array.from(
      { length: 1 + next(7) },
      () => [true, false, undefined][next(3)],
    );
    const result = voteResult(votes);
    if (result === "pending") continue;
    const later = votes.map((vote) => vote ?? next(2) === 1);
    assertEquals(voteResult(later), result, `seed ${seed}: ${votes}`);
  }
});

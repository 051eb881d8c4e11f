import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Rounds } from "../../../src/raft/rounds.ts";

const VOTERS = { incoming: new Set([1, 2, 3]), outgoing: new Set<number>() };

Deno.test("Rounds.confirmed() is the newest round that a quorum has answered", () => {
  const rounds = new Rounds(1);
  assertEquals(rounds.confirmed(VOTERS), 0);
  for (let count = 0; count < 4; count++) rounds.begin();
  assertEquals(rounds.confirmed(VOTERS), 0, "its own answer is not enough");
  rounds.answer(2, 2);
  rounds.answer(3, 1);
  assertEquals(rounds.confirmed(VOTERS), 2);
  rounds.answer(3, 4);
  assertEquals(rounds.confirmed(VOTERS), 4);
});

Deno.test("Rounds.answer() keeps the newest of answers in any order", () => {
  const rounds = new Rounds(1);
  for (let count = 0; count < 4; count++) rounds.begin();
  for (const round of [3, 1, 3]) rounds.answer(2, round);
  assertEquals(rounds.answeredBy(2), 3);
  assertEquals(rounds.answeredBy(1), 4, "the node's own");
  assertThrows(() => rounds.answer(2, 5), AssertionError);
});

Deno.test("Rounds.confirmed() wants both majorities, and no learners", () => {
  const rounds = new Rounds(1);
  rounds.begin();
  const voters = { incoming: new Set([1, 2, 3]), outgoing: new Set([4, 5, 6]) };
  for (const id of [2, 3, 4, 7, 8]) rounds.answer(id, 1);
  assertEquals(rounds.confirmed(voters), 0);
  rounds.answer(5, 1);
  assertEquals(rounds.confirmed(voters), 1);
});

Deno.test("Rounds.confirmed() does not count a node that is no voter", () => {
  const rounds = new Rounds(1);
  rounds.begin();
  const others = { incoming: new Set([2]), outgoing: new Set<number>() };
  assertEquals(rounds.confirmed(others), 0);
});

Deno.test("Rounds.reset() forgets answers, and no number is used again", () => {
  const rounds = new Rounds(1);
  rounds.begin();
  rounds.answer(2, 1);
  rounds.reset();
  assertEquals([rounds.answeredBy(2), rounds.begin()], [0, 2]);
});

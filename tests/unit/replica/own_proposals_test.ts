import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { OwnProposals } from "../../../src/replica/own_proposals.ts";
import { entry } from "./harness.ts";

function three(): OwnProposals {
  const own = new OwnProposals();
  own.accept(1, 10, 2);
  own.accept(2, 11, 2);
  own.accept(3, 12, 2);
  return own;
}

Deno.test("OwnProposals.idOf() knows own entries by index and term", () => {
  const own = three();
  const ids = (term: number) =>
    [9, 10, 11, 12, 13].map((index) => own.idOf(entry(term, index)));
  assertEquals(ids(2), [0, 1, 2, 3, 0]);
  assertEquals(ids(1), [0, 0, 0, 0, 0]);
  assertEquals(new OwnProposals().idOf(entry(1, 1)), 0);
});

Deno.test("OwnProposals.idOf() goes on in a later term", () => {
  const own = three();
  own.accept(4, 20, 5);
  assertEquals([own.idOf(entry(5, 20)), own.idOf(entry(5, 21))], [4, 0]);
});

Deno.test("OwnProposals.accept() refuses gaps of ids, and entries out of order", () => {
  assertThrows(() => three().accept(5, 13, 2), AssertionError, "rise by one");
  assertThrows(() => three().accept(4, 12, 2), AssertionError, "come later");
  assertThrows(() => three().accept(4, 13, 1), AssertionError, "come later");
});

Deno.test("OwnProposals.idOf() knows entries around others and around refused ids", () => {
  const own = three();
  own.accept(4, 14, 2);
  own.refuse(5);
  own.accept(6, 15, 2);
  const ids = [12, 13, 14, 15, 16].map((index) => own.idOf(entry(2, index)));
  assertEquals(ids, [3, 0, 4, 6, 0]);
  assertEquals(own.open, 5);
  own.commit(4);
  assertEquals([own.open, own.idOf(entry(2, 15))], [1, 6]);
});

Deno.test("OwnProposals.lose() ends what is not queued, and never an id twice", () => {
  const own = three();
  own.refuse(4);
  own.accept(5, 13, 2);
  const committed = [entry(2, 9), entry(2, 10)];
  assertEquals(own.queue(committed), committed[1]!.data.length);
  assertEquals(own.lose(), [{ first: 2, last: 3 }, { first: 5, last: 5 }]);
  assertEquals([own.open, own.idOf(entry(2, 10))], [1, 1]);
  assertEquals([11, 12, 13].map((index) => own.idOf(entry(2, index))), [
    0,
    0,
    0,
  ]);
  assertEquals(own.lose(), []);
  own.commit(1);
  assertEquals(own.open, 0);
  own.accept(6, 11, 4);
  assertEquals([own.idOf(entry(4, 11)), own.open], [6, 1]);
});

Deno.test("OwnProposals.open counts down to the newest committed", () => {
  const own = three();
  assertEquals([own.open, own.committedId], [3, 0]);
  own.commit(2);
  assertEquals([own.open, own.committedId], [1, 2]);
  assertThrows(() => own.commit(1), AssertionError);
  assertThrows(() => own.commit(4), AssertionError);
});

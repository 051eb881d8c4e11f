import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Progress, Tracker } from "../../../src/raft/tracker.ts";

Deno.test("Progress.maybeUpdate() moves match and next forward only", () => {
  const progress = new Progress(3, 4);
  assertEquals(progress.maybeUpdate(3), false);
  assertEquals(progress.maybeUpdate(2), false);
  assertEquals(progress.maybeUpdate(7), true);
  assertEquals([progress.match, progress.next], [7, 8]);
});

Deno.test("Progress.maybeUpdate() leaves a next that is further ahead", () => {
  const progress = new Progress(0, 10);
  assertEquals(progress.maybeUpdate(4), true);
  assertEquals([progress.match, progress.next], [4, 10]);
});

Deno.test("new Progress() refuses a next that is not behind match", () => {
  assertThrows(() => new Progress(4, 4), AssertionError, "match < next");
});

Deno.test("new Tracker() refuses a voter named twice and one without id", () => {
  assertThrows(() => new Tracker([1, 1]), AssertionError);
  assertThrows(() => new Tracker([0]), AssertionError);
});

Deno.test("Tracker.voters() are in ascending order", () => {
  assertEquals(new Tracker([10, 2, 1]).voters(), [1, 2, 10]);
});

Deno.test("Tracker.isSingleton() holds for the only voter", () => {
  assertEquals(new Tracker([1]).isSingleton(1), true);
  assertEquals(new Tracker([1]).isSingleton(2), false);
  assertEquals(new Tracker([1, 2]).isSingleton(1), false);
});

Deno.test("Tracker.reset() knows its own log and nothing of others", () => {
  const tracker = new Tracker([1, 2, 3]);
  tracker.progress(2)?.maybeUpdate(5);
  tracker.reset(1, 9);
  assertEquals(tracker.progress(1)?.match, 9);
  assertEquals(tracker.progress(2)?.match, 0);
  assertEquals(tracker.progress(2)?.next, 10);
  assertEquals(tracker.committed(), 0);
});

Deno.test("Tracker.committed() is what a majority matches", () => {
  const tracker = new Tracker([1, 2, 3]);
  tracker.reset(1, 9);
  tracker.progress(3)?.maybeUpdate(6);
  assertEquals(tracker.committed(), 6);
});

Deno.test("Tracker.recordVote() keeps a voter's first answer", () => {
  const tracker = new Tracker([1, 2, 3]);
  tracker.recordVote(2, false);
  tracker.recordVote(2, true);
  tracker.recordVote(1, true);
  assertEquals(tracker.voteResult(), "pending");
  tracker.recordVote(3, false);
  assertEquals(tracker.voteResult(), "lost");
});

Deno.test("Tracker.voteResult() counts voters alone", () => {
  const tracker = new Tracker([1, 2, 3]);
  tracker.recordVote(8, true);
  tracker.recordVote(9, true);
  assertEquals(tracker.voteResult(), "pending");
});

Deno.test("Tracker.reset() forgets votes", () => {
  const tracker = new Tracker([1]);
  tracker.recordVote(1, true);
  assertEquals(tracker.voteResult(), "won");
  tracker.reset(1, 0);
  assertEquals(tracker.voteResult(), "pending");
});

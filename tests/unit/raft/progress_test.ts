import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { Progress } from "../../../src/raft/progress.ts";

const INFLIGHTS = { messagesMax: 2 };

/** A progress in the state `probe`. */
function probing(match = 0, next = match + 1): Progress {
  return new Progress({ inflights: INFLIGHTS, match, next });
}

/** A progress in the state `replicate` that has sent up to `next - 1`. */
function replicating(match: number, next: number): Progress {
  const progress = probing(match);
  progress.becomeReplicate();
  const entries = next - 1 - match;
  if (entries > 0) progress.updateOnEntriesSend(entries, 10 * entries);
  return progress;
}

Deno.test("new Progress() refuses a next that is not behind match", () => {
  assertThrows(() => probing(4, 4), AssertionError, "match < next");
});

// -- Acknowledgements --

Deno.test("Progress.maybeUpdate() moves match and next forward only", () => {
  const progress = probing(3);
  assertEquals(progress.maybeUpdate(3), false);
  assertEquals(progress.maybeUpdate(2), false);
  assertEquals(progress.maybeUpdate(7), true);
  assertEquals([progress.match, progress.next], [7, 8]);
});

Deno.test("Progress.maybeUpdate() leaves a next that is further ahead", () => {
  const progress = probing(0, 10);
  assertEquals(progress.maybeUpdate(4), true);
  assertEquals([progress.match, progress.next], [4, 10]);
});

Deno.test("Progress.maybeUpdate() lets appends flow only if it moved", () => {
  const progress = probing(3);
  progress.msgAppFlowPaused = true;
  progress.maybeUpdate(3);
  assertEquals(progress.isPaused(), true);
  progress.maybeUpdate(4);
  assertEquals(progress.isPaused(), false);
});

// -- Refusals --

Deno.test("Progress.maybeDecrTo() ignores stale refusals when replicating", () => {
  const progress = replicating(5, 10);
  assertEquals(progress.maybeDecrTo(5, 5), false);
  assertEquals(progress.maybeDecrTo(4, 4), false);
  assertEquals(progress.next, 10);
});

Deno.test("Progress.maybeDecrTo() goes back to match when replicating", () => {
  const progress = replicating(5, 10);
  progress.updateOnCommitSend(9);
  assertEquals(progress.maybeDecrTo(9, 8), true);
  assertEquals([progress.match, progress.next], [5, 6]);
  assertEquals(progress.sentCommit, 5);
});

Deno.test("Progress.maybeDecrTo() takes only an answer to the probe", () => {
  const progress = probing(0, 10);
  progress.msgAppFlowPaused = true;
  assertEquals(progress.maybeDecrTo(8, 5), false);
  assertEquals(progress.maybeDecrTo(10, 5), false);
  assertEquals([progress.next, progress.isPaused()], [10, true]);
});

Deno.test("Progress.maybeDecrTo() goes behind the hint, not beyond the probe", () => {
  const cases = [
    { match: 0, next: 10, hint: 4, expected: 5 },
    { match: 0, next: 10, hint: 9, expected: 9 },
    { match: 0, next: 10, hint: 50, expected: 9 },
    { match: 0, next: 2, hint: 0, expected: 1 },
    { match: 0, next: 1, hint: 0, expected: 1 },
    { match: 6, next: 10, hint: 2, expected: 7 },
  ];
  for (const { match, next, hint, expected } of cases) {
    const progress = probing(match, next);
    progress.msgAppFlowPaused = true;
    progress.updateOnCommitSend(next);
    assertEquals(progress.maybeDecrTo(next - 1, hint), true);
    assertEquals([progress.next, progress.isPaused()], [expected, false]);
    assertEquals(progress.sentCommit, expected - 1);
  }
});

// -- Transitions --

Deno.test("Progress.becomeProbe() starts behind match and frees the window", () => {
  const progress = replicating(3, 7);
  progress.updateOnCommitSend(6);
  progress.becomeProbe();
  assertEquals([progress.state, progress.match, progress.next], [
    "probe",
    3,
    4,
  ]);
  assertEquals([progress.inflights.count, progress.inflights.bytes], [0, 0]);
  assertEquals(progress.sentCommit, 3);
  assertEquals(progress.isPaused(), false);
});

Deno.test("Progress.becomeProbe() goes on behind a snapshot that was sent", () => {
  const progress = probing(1);
  progress.becomeSnapshot(10);
  progress.becomeProbe();
  assertEquals([progress.next, progress.pendingSnapshot], [11, 0]);
});

Deno.test("Progress.becomeProbe() goes on behind match if that is further", () => {
  const progress = probing(1);
  progress.becomeSnapshot(10);
  progress.maybeUpdate(12);
  progress.becomeProbe();
  assertEquals(progress.next, 13);
});

Deno.test("Progress.becomeReplicate() starts behind match", () => {
  const progress = probing(2, 9);
  progress.msgAppFlowPaused = true;
  progress.becomeReplicate();
  assertEquals([progress.state, progress.next], ["replicate", 3]);
  assertEquals(progress.isPaused(), false);
});

Deno.test("Progress.becomeSnapshot() pauses and counts on the snapshot", () => {
  const progress = replicating(1, 3);
  progress.becomeSnapshot(10);
  assertEquals(progress.state, "snapshot");
  assertEquals([progress.pendingSnapshot, progress.next], [10, 11]);
  assertEquals([progress.match, progress.sentCommit], [1, 10]);
  assertEquals([progress.isPaused(), progress.inflights.count], [true, 0]);
});

// -- Sending --

Deno.test("Progress.updateOnEntriesSend() sends on until the window is full", () => {
  const progress = replicating(0, 1);
  progress.updateOnEntriesSend(3, 30);
  assertEquals([progress.next, progress.isPaused()], [4, false]);
  progress.updateOnEntriesSend(1, 10);
  assertEquals([progress.next, progress.isPaused()], [5, true]);
  assertEquals([progress.inflights.count, progress.inflights.bytes], [2, 40]);
});

Deno.test("Progress.updateOnEntriesSend() of nothing stays within a full window", () => {
  const progress = replicating(0, 1);
  progress.updateOnEntriesSend(1, 1);
  progress.updateOnEntriesSend(1, 1);
  progress.msgAppFlowPaused = false;
  progress.updateOnEntriesSend(0, 0);
  assertEquals([progress.inflights.count, progress.isPaused()], [2, true]);
  assertEquals(progress.next, 3);
});

Deno.test("Progress.updateOnEntriesSend() sends one probe with entries", () => {
  const progress = probing(0, 5);
  progress.updateOnEntriesSend(0, 0);
  assertEquals(progress.isPaused(), false);
  progress.updateOnEntriesSend(2, 20);
  assertEquals([progress.isPaused(), progress.next], [true, 5]);
  assertEquals(progress.inflights.count, 0);
});

Deno.test("Progress.updateOnEntriesSend() refuses appends beside a snapshot", () => {
  const progress = probing();
  progress.becomeSnapshot(3);
  assertThrows(() => progress.updateOnEntriesSend(0, 0), AssertionError);
});

Deno.test("Progress.canBumpCommit() holds while it may commit what was sent", () => {
  const progress = replicating(4, 11);
  assertEquals(progress.canBumpCommit(6), true);
  progress.updateOnCommitSend(6);
  assertEquals(progress.canBumpCommit(6), false);
  assertEquals(progress.canBumpCommit(7), true);
  progress.updateOnCommitSend(10);
  assertEquals(progress.canBumpCommit(12), false);
});

// -- Copies --

Deno.test("Progress.copy() is equal and on its own", () => {
  const progress = replicating(2, 6);
  progress.updateOnCommitSend(5);
  progress.recentActive = true;
  progress.msgAppFlowPaused = true;
  const copy = progress.copy();
  assertEquals(
    [copy.state, copy.match, copy.next, copy.sentCommit, copy.recentActive],
    ["replicate", 2, 6, 5, true],
  );
  assertEquals(copy.isPaused(), true);
  assertEquals([copy.inflights.count, copy.inflights.bytes], [1, 30]);
  copy.isLearner = true;
  copy.inflights.freeTo(5);
  copy.maybeUpdate(5);
  assertEquals([progress.match, progress.isLearner], [2, false]);
  assertEquals(progress.inflights.count, 1);
});

Deno.test("Progress.copy() keeps a pending snapshot", () => {
  const progress = probing(2);
  progress.becomeSnapshot(8);
  const copy = progress.copy();
  assertEquals([copy.state, copy.pendingSnapshot, copy.next], [
    "snapshot",
    8,
    9,
  ]);
  assertEquals(copy.isPaused(), true);
});

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type { ConfState } from "../../../src/raft/configuration.ts";
import { restoreConfiguration } from "../../../src/raft/restore.ts";
import { ProgressTracker } from "../../../src/raft/tracker.ts";

/** A tracker of the members that `confState` names. */
function trackerOf(confState: Partial<ConfState>): ProgressTracker {
  const tracker = new ProgressTracker({ messagesMax: 4 });
  const result = restoreConfiguration(tracker, 0, {
    voters: [],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
    ...confState,
  });
  if (result.state === "refused") throw new Error(result.reason);
  tracker.setConfiguration(result.configuration, result.progress);
  return tracker;
}

/** Voters 1, 2, 3 and learner 4. */
function threeAndOne(): ProgressTracker {
  return trackerOf({ voters: [1, 2, 3], learners: [4] });
}

const JOINT = {
  voters: [3, 10],
  votersOutgoing: [1, 2, 3],
  learners: [7],
  learnersNext: [2],
  autoLeave: true,
};

// -- Members --

Deno.test("ProgressTracker visits members in ascending order of id", () => {
  const tracker = trackerOf({ voters: [10, 2, 9], learners: [3] });
  assertEquals([...tracker.progressMap.keys()], [2, 3, 9, 10]);
  assertEquals(tracker.voterNodes(), [2, 9, 10]);
  assertEquals(tracker.learnerNodes(), [3]);
});

Deno.test("ProgressTracker.voterNodes() are those of both configurations", () => {
  const tracker = trackerOf(JOINT);
  assertEquals(tracker.voterNodes(), [1, 2, 3, 10]);
  assertEquals(tracker.learnerNodes(), [7]);
  assertEquals([1, 2, 3, 7, 10].map((id) => tracker.isVoter(id)), [
    ...[true, true, true, false, true],
  ]);
});

Deno.test("ProgressTracker.confState() tells all of the configuration", () => {
  assertEquals(trackerOf(JOINT).confState(), JOINT);
});

Deno.test("ProgressTracker.isSingleton() holds for one voter that is not joint", () => {
  assertEquals(trackerOf({ voters: [1] }).isSingleton(), true);
  assertEquals(trackerOf({ voters: [1], learners: [2] }).isSingleton(), true);
  assertEquals(threeAndOne().isSingleton(), false);
  const joint = trackerOf({ voters: [1], votersOutgoing: [2] });
  assertEquals(joint.isSingleton(), false);
});

Deno.test("ProgressTracker.setConfiguration() wants a progress of every member", () => {
  const tracker = threeAndOne();
  assertThrows(
    () => tracker.setConfiguration(tracker.configuration, new Map()),
    AssertionError,
    "every member",
  );
});

// -- Progress --

Deno.test("ProgressTracker.reset() knows its own log and nothing of others", () => {
  const tracker = threeAndOne();
  tracker.progress(2)?.maybeUpdate(5);
  tracker.progress(3)?.becomeReplicate();
  tracker.reset(1, 9);
  const rows = [...tracker.progressMap].map((
    [id, { match, next, state, isLearner, recentActive }],
  ) => [id, match, next, state, isLearner, recentActive]);
  assertEquals(rows, [
    [1, 9, 10, "probe", false, false],
    [2, 0, 10, "probe", false, false],
    [3, 0, 10, "probe", false, false],
    [4, 0, 10, "probe", true, false],
  ]);
  assertEquals(tracker.committed(), 0);
});

Deno.test("ProgressTracker.committed() is what a majority matches, learners apart", () => {
  const tracker = threeAndOne();
  tracker.reset(1, 9);
  tracker.progress(4)?.maybeUpdate(9);
  assertEquals(tracker.committed(), 0);
  tracker.progress(3)?.maybeUpdate(6);
  assertEquals(tracker.committed(), 6);
});

Deno.test("ProgressTracker.committed() needs both majorities", () => {
  const tracker = trackerOf({ voters: [1, 4, 5], votersOutgoing: [1, 2, 3] });
  for (const id of [1, 2, 3]) tracker.progress(id)?.maybeUpdate(8);
  assertEquals(tracker.committed(), 0);
  tracker.progress(5)?.maybeUpdate(6);
  assertEquals(tracker.committed(), 6);
});

Deno.test("ProgressTracker.quorumActive() counts voters heard of", () => {
  const tracker = threeAndOne();
  tracker.reset(1, 0);
  tracker.progress(1)!.recentActive = true;
  tracker.progress(4)!.recentActive = true;
  assertEquals(tracker.quorumActive(), false);
  tracker.progress(2)!.recentActive = true;
  assertEquals(tracker.quorumActive(), true);
});

Deno.test("ProgressTracker.quorumActive() needs both majorities", () => {
  const tracker = trackerOf({ voters: [1], votersOutgoing: [1, 2] });
  tracker.reset(1, 0);
  tracker.progress(1)!.recentActive = true;
  assertEquals(tracker.quorumActive(), false);
  tracker.progress(2)!.recentActive = true;
  assertEquals(tracker.quorumActive(), true);
});

// -- Votes --

Deno.test("ProgressTracker.recordVote() keeps a node's first answer", () => {
  const tracker = threeAndOne();
  tracker.recordVote(2, false);
  tracker.recordVote(2, true);
  tracker.recordVote(1, true);
  const tally = { granted: 1, rejected: 1, result: "pending" } as const;
  assertEquals(tracker.tallyVotes(), tally);
  tracker.recordVote(3, false);
  assertEquals(tracker.tallyVotes().result, "lost");
  assertEquals([...tracker.votes], [[2, false], [1, true], [3, false]]);
});

Deno.test("ProgressTracker.tallyVotes() counts voters alone", () => {
  const tracker = threeAndOne();
  for (const id of [4, 8, 9]) tracker.recordVote(id, true);
  const tally = { granted: 0, rejected: 0, result: "pending" } as const;
  assertEquals(tracker.tallyVotes(), tally);
});

Deno.test("ProgressTracker.tallyVotes() of a joint group counts a node once", () => {
  const tracker = trackerOf({ voters: [1, 4], votersOutgoing: [1, 2, 3] });
  for (const id of [1, 2, 3]) tracker.recordVote(id, true);
  assertEquals(tracker.tallyVotes().result, "pending");
  tracker.recordVote(4, true);
  const tally = { granted: 4, rejected: 0, result: "won" } as const;
  assertEquals(tracker.tallyVotes(), tally);
});

Deno.test("ProgressTracker.reset() forgets votes", () => {
  const tracker = trackerOf({ voters: [1] });
  tracker.recordVote(1, true);
  assertEquals(tracker.tallyVotes().result, "won");
  tracker.reset(1, 0);
  assertEquals(tracker.tallyVotes().result, "pending");
});

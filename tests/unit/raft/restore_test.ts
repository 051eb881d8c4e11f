import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import {
  type ConfState,
  confStateOf,
} from "../../../src/raft/configuration.ts";
import { restoreConfiguration } from "../../../src/raft/restore.ts";
import { ProgressTracker } from "../../../src/raft/tracker.ts";
import { printedRandom } from "./random.ts";

const NOBODY: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

function restored(confState: ConfState): ConfState {
  const tracker = new ProgressTracker({ messagesMax: 10 });
  const result = restoreConfiguration(tracker, 20, confState);
  if (result.state === "refused") throw new Error(result.reason);
  return confStateOf(result.configuration);
}

/** A configuration as it may come about. */
function randomConfState(next: (bound: number) => number): ConfState {
  const ids = Array.from({ length: 12 }, (_, at) => at + 1);
  const take = (count: number) =>
    Array.from({ length: count }, () => ids.splice(next(ids.length), 1)[0]!)
      .sort((a, b) => a - b);
  const voters = take(1 + next(4));
  const learners = take(next(3));
  if (next(3) === 0) return { ...NOBODY, voters, learners };
  const learnersNext = take(next(3));
  const staying = voters.filter(() => next(2) === 0);
  const outgoing = [...take(1 + next(2)), ...staying, ...learnersNext];
  const votersOutgoing = outgoing.sort((a, b) => a - b);
  const autoLeave = next(2) === 0;
  return { voters, votersOutgoing, learners, learnersNext, autoLeave };
}

Deno.test("restoreConfiguration() of nobody has nobody", () => {
  assertEquals(restored(NOBODY), NOBODY);
});

Deno.test("restoreConfiguration() restores a joint configuration", () => {
  const confState = {
    voters: [1, 2, 3],
    votersOutgoing: [1, 2, 4, 6],
    learners: [5],
    learnersNext: [4],
    autoLeave: true,
  };
  assertEquals(restored(confState), confState);
});

Deno.test("restoreConfiguration() gives back every configuration", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 2_000; round++) {
    const confState = randomConfState(next);
    assertEquals(restored(confState), confState, `seed ${seed}, ${round}`);
  }
});

Deno.test("restoreConfiguration() probes all from the last entry", () => {
  const tracker = new ProgressTracker({ messagesMax: 10 });
  const confState = { ...NOBODY, voters: [1, 2], learners: [3] };
  const result = restoreConfiguration(tracker, 20, confState);
  assert(result.state === "changed");
  const members = [...result.progress.values()];
  assertEquals(members.map(({ match, next }) => [match, next]), [
    ...[[0, 20], [0, 20], [0, 20]],
  ]);
  assertEquals(members.map(({ isLearner }) => isLearner), [
    ...[false, false, true],
  ]);
});

Deno.test("restoreConfiguration() refuses learners without voters", () => {
  const tracker = new ProgressTracker({ messagesMax: 10 });
  const result = restoreConfiguration(tracker, 20, {
    ...NOBODY,
    learners: [1],
  });
  assert(result.state === "refused");
  assertEquals(result.reason, "removed all voters");
});

Deno.test("restoreConfiguration() starts from nobody", () => {
  const tracker = new ProgressTracker({ messagesMax: 10 });
  const result = restoreConfiguration(tracker, 0, { ...NOBODY, voters: [1] });
  assert(result.state === "changed");
  tracker.setConfiguration(result.configuration, result.progress);
  assertThrows(
    () => restoreConfiguration(tracker, 0, { ...NOBODY, voters: [1] }),
    AssertionError,
  );
});

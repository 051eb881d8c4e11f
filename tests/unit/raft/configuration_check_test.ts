import { assertEquals } from "@std/assert";
import {
  type Configuration,
  EMPTY_CONFIGURATION,
} from "../../../src/raft/configuration.ts";
import { configurationProblem } from "../../../src/raft/configuration_check.ts";

/** What is wrong with a configuration whose members 1 to 9 are learners or not. */
function problemOf(
  parts: Partial<Configuration>,
  learners: readonly number[] = [],
): string | undefined {
  const progress = new Map(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => [
      id,
      { isLearner: learners.includes(id) },
    ]),
  );
  return configurationProblem({ ...EMPTY_CONFIGURATION, ...parts }, progress);
}

const VOTERS = { incoming: new Set([1, 2]), outgoing: new Set<number>() };
const JOINT = { incoming: new Set([1, 2]), outgoing: new Set([1, 3]) };

Deno.test("configurationProblem() finds nothing in sound configurations", () => {
  assertEquals(problemOf({}), undefined);
  assertEquals(problemOf({ voters: VOTERS }), undefined);
  const learners = new Set([4]);
  assertEquals(problemOf({ voters: VOTERS, learners }, [4]), undefined);
  const learnersNext = new Set([3]);
  const joint = { voters: JOINT, learners, learnersNext, autoLeave: true };
  assertEquals(problemOf(joint, [4]), undefined);
});

Deno.test("configurationProblem() misses the progress of a member", () => {
  const voters = { incoming: new Set([10]), outgoing: new Set<number>() };
  assertEquals(problemOf({ voters }), "no progress for 10");
  const learners = new Set([11]);
  assertEquals(problemOf({ learners }), "no progress for 11");
});

Deno.test("configurationProblem() wants a reason for a learner to wait", () => {
  const learnersNext = new Set([2]);
  assertEquals(
    problemOf({ voters: JOINT, learnersNext }),
    "2 is in LearnersNext, but not Voters[1]",
  );
  assertEquals(
    problemOf({ voters: JOINT, learnersNext: new Set([3]) }, [3]),
    "3 is in LearnersNext, but is already marked as learner",
  );
});

Deno.test("configurationProblem() keeps voters and learners apart", () => {
  assertEquals(
    problemOf({ voters: JOINT, learners: new Set([3]) }, [3]),
    "3 is in Learners and Voters[1]",
  );
  assertEquals(
    problemOf({ voters: JOINT, learners: new Set([2]) }, [2]),
    "2 is in Learners and Voters[0]",
  );
  assertEquals(
    problemOf({ voters: JOINT, learners: new Set([4]) }),
    "4 is in Learners, but is not marked as learner",
  );
});

Deno.test("configurationProblem() leaves nothing of a joint configuration", () => {
  assertEquals(
    problemOf({ voters: VOTERS, autoLeave: true }),
    "AutoLeave must be false when not joint",
  );
});

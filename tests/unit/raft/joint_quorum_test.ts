import { assert, assertEquals } from "@std/assert";
import {
  isJoint,
  isVoterOf,
  jointCommittedIndex,
  jointVoteResult,
  type JointVoters,
  voterIds,
} from "../../../src/raft/joint_quorum.ts";
import type { VoteResult } from "../../../src/raft/quorum.ts";
import { printedRandom } from "./random.ts";

/** Random cases compared with the definitions. */
const CASES = 50_000;

const IDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function votersOf(
  incoming: readonly number[],
  outgoing: readonly number[] = [],
): JointVoters {
  return { incoming: new Set(incoming), outgoing: new Set(outgoing) };
}

function randomIds(next: (bound: number) => number): number[] {
  const density = 1 + next(4);
  return IDS.filter(() => next(5) < density);
}

/** Whether `ids` holds more than half of each set that is not empty. */
function isQuorum(voters: JointVoters, ids: ReadonlySet<number>): boolean {
  return [voters.incoming, voters.outgoing].every((half) =>
    half.size === 0 || half.intersection(ids).size * 2 > half.size
  );
}

/** The definition: the highest index that a quorum has reached. */
function plainCommittedIndex(
  voters: JointVoters,
  acknowledged: ReadonlyMap<number, number>,
): number {
  if (voterIds(voters).length === 0) return Infinity;
  let committed = 0;
  for (const index of new Set(acknowledged.values())) {
    const reached = IDS.filter((id) => (acknowledged.get(id) ?? 0) >= index);
    if (isQuorum(voters, new Set(reached))) {
      committed = Math.max(committed, index);
    }
  }
  return committed;
}

/** The definition: won by a quorum; lost when all open votes cannot make one. */
function plainVoteResult(
  voters: JointVoters,
  votes: ReadonlyMap<number, boolean>,
): VoteResult {
  const granted = IDS.filter((id) => votes.get(id) === true);
  if (isQuorum(voters, new Set(granted))) return "won";
  const possible = IDS.filter((id) => votes.get(id) !== false);
  return isQuorum(voters, new Set(possible)) ? "pending" : "lost";
}

Deno.test("isJoint() holds while there is an outgoing configuration", () => {
  assertEquals(isJoint(votersOf([1, 2])), false);
  assertEquals(isJoint(votersOf([1, 2], [1])), true);
});

Deno.test("voterIds() are those of both, ascending, none twice", () => {
  const voters = votersOf([10, 2], [2, 1]);
  assertEquals(voterIds(voters), [1, 2, 10]);
  assertEquals([1, 2, 3, 10].map((id) => isVoterOf(voters, id)), [
    ...[true, true, false, true],
  ]);
});

Deno.test("jointCommittedIndex() of no voters has no bound", () => {
  assertEquals(jointCommittedIndex(votersOf([]), () => 0), Infinity);
});

Deno.test("jointCommittedIndex() equals the definition", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < CASES; round++) {
    const voters = votersOf(randomIds(next), randomIds(next));
    const acknowledged = new Map(
      IDS.filter(() => next(4) > 0).map((id) => [id, next(8)]),
    );
    const index = jointCommittedIndex(
      voters,
      (id) => acknowledged.get(id) ?? 0,
    );
    if (index !== plainCommittedIndex(voters, acknowledged)) {
      assertEquals(
        index,
        plainCommittedIndex(voters, acknowledged),
        `seed ${seed}, round ${round}`,
      );
    }
  }
});

Deno.test("jointCommittedIndex() never falls while acknowledgements grow", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 2_000; round++) {
    const voters = votersOf([1 + next(9), ...randomIds(next)], randomIds(next));
    const acknowledged = new Map<number, number>();
    let last = 0;
    for (let step = 0; step < 20; step++) {
      const id = 1 + next(9);
      acknowledged.set(id, (acknowledged.get(id) ?? 0) + next(5));
      const index = jointCommittedIndex(
        voters,
        (one) => acknowledged.get(one) ?? 0,
      );
      assert(index >= last, `seed ${seed}, round ${round}, step ${step}`);
      last = index;
    }
  }
});

Deno.test("jointCommittedIndex() and jointVoteResult() know no order of halves", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 5_000; round++) {
    const voters = votersOf([1, ...randomIds(next)], [2, ...randomIds(next)]);
    const swapped = {
      incoming: voters.outgoing,
      outgoing: voters.incoming,
    };
    const indexes = IDS.map(() => next(8));
    const votes = new Map(
      IDS.filter(() => next(3) > 0).map((id) => [id, next(2) === 0]),
    );
    const acknowledged = (id: number) => indexes[id - 1]!;
    assertEquals(
      [
        jointCommittedIndex(swapped, acknowledged),
        jointVoteResult(swapped, votes),
      ],
      [
        jointCommittedIndex(voters, acknowledged),
        jointVoteResult(voters, votes),
      ],
      `seed ${seed}, round ${round}`,
    );
  }
});

Deno.test("jointVoteResult() equals the definition", () => {
  const { next, seed } = printedRandom();
  const seen = new Set<VoteResult>();
  for (let round = 0; round < CASES; round++) {
    const voters = votersOf(randomIds(next), randomIds(next));
    const votes = new Map(
      IDS.filter(() => next(4) > 0).map((id) => [id, next(3) > 0]),
    );
    const result = jointVoteResult(voters, votes);
    seen.add(result);
    if (result !== plainVoteResult(voters, votes)) {
      assertEquals(
        result,
        plainVoteResult(voters, votes),
        `seed ${seed}, round ${round}`,
      );
    }
  }
  assertEquals(seen.size, 3);
});

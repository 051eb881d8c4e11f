import { assert, assertEquals } from "@std/assert";
import type {
  ConfChange,
  NodeChange,
  NodeChangeKind,
} from "../../../src/raft/change.ts";
import {
  type ConfState,
  confStateOf,
} from "../../../src/raft/configuration.ts";
import {
  jointVoteResult,
  type JointVoters,
  voterIds,
} from "../../../src/raft/joint_quorum.ts";
import {
  changeMembers,
  Changer,
  type ChangeResult,
} from "../../../src/raft/membership.ts";
import { ProgressTracker } from "../../../src/raft/tracker.ts";
import { printedRandom } from "./random.ts";

const LAST_INDEX = 10;
const INFLIGHTS = { messagesMax: 10 };

const KINDS: Readonly<Record<string, NodeChangeKind>> = {
  v: "add-node",
  l: "add-learner-node",
  r: "remove-node",
  u: "update-node",
};

/** Changes written as `v1 l2 r3 u4`. */
function parse(text: string): NodeChange[] {
  return text.split(" ").filter((word) => word !== "").map((word) => ({
    kind: KINDS[word[0]!]!,
    nodeId: Number(word.slice(1)),
  }));
}

/** A group in which changes are made. */
class Group {
  readonly tracker = new ProgressTracker(INFLIGHTS);

  /** Adds nodes one by one. */
  constructor(setUp: readonly NodeChange[]) {
    for (const change of setUp) {
      this.take((changer) => changer.simple([change]));
    }
  }

  /** Makes a change and takes its result over. */
  take(make: (changer: Changer) => ChangeResult): void {
    const result = make(new Changer(this.tracker, LAST_INDEX));
    if (result.state === "refused") throw new Error(result.reason);
    this.tracker.setConfiguration(result.configuration, result.progress);
  }

  /** Why a change is refused. */
  refusal(make: (changer: Changer) => ChangeResult): string {
    const result = make(new Changer(this.tracker, LAST_INDEX));
    return result.state === "refused" ? result.reason : "it is not";
  }

  /** All there is to compare. */
  facts(): unknown {
    const members = [...this.tracker.progressMap].map((
      [id, { match, next, state, isLearner, recentActive }],
    ) => [id, match, next, state, isLearner, recentActive]);
    return [this.tracker.confState(), members];
  }
}

function group(setUp: string): Group {
  return new Group(parse(setUp));
}

// -- simple --

Deno.test("Changer.simple() probes new members from the last entry", () => {
  const { tracker } = group("v1 v2 l3");
  const [one, two, three] = [...tracker.progressMap.values()];
  assertEquals([one?.next, two?.match], [LAST_INDEX, 0]);
  assertEquals([two?.isLearner, three?.isLearner], [false, true]);
  assertEquals([two?.recentActive, two?.state], [true, "probe"]);
});

Deno.test("Changer.simple() of an empty log probes from the first entry", () => {
  const changer = new Changer(new ProgressTracker(INFLIGHTS), 0);
  const result = changer.simple(parse("v1"));
  assert(result.state === "changed");
  assertEquals(result.progress.get(1)?.next, 1);
});

Deno.test("Changer.simple() refuses to change two voters (thesis 4.1)", () => {
  const three = group("v1 v2 v3");
  const reason = "more than one voter changed without entering joint config";
  for (const changes of ["v4 v5", "r1 r2", "r1 v4", "l1 l2", "l1 v4"]) {
    assertEquals(three.refusal((c) => c.simple(parse(changes))), reason);
  }
});

Deno.test("Changer.simple() changes any number of learners", () => {
  const three = group("v1 v2 v3 l4");
  three.take((changer) => changer.simple(parse("l5 l6 r4 v7")));
  assertEquals(three.tracker.confState().voters, [1, 2, 3, 7]);
  assertEquals(three.tracker.learnerNodes(), [5, 6]);
});

Deno.test("Changer.simple() never removes all voters", () => {
  const one = group("v1 l2");
  for (const changes of ["r1", "l1", "r1 l3"]) {
    const reason = one.refusal((c) => c.simple(parse(changes)));
    assertEquals(reason, "removed all voters");
  }
  const empty = group("");
  const reason = empty.refusal((c) => c.simple(parse("l1")));
  assertEquals(reason, "removed all voters");
});

Deno.test("Changer.simple() refuses to change a joint configuration", () => {
  const joint = group("v1");
  joint.take((changer) => changer.enterJoint(false, parse("v2")));
  assertEquals(
    joint.refusal((changer) => changer.simple(parse("v3"))),
    "can't apply simple config change in joint config",
  );
});

Deno.test("Changer.simple() promotes and demotes with the progress kept", () => {
  const two = group("v1 l2");
  two.tracker.progress(2)!.maybeUpdate(15);
  two.take((changer) => changer.simple(parse("v2")));
  assertEquals(two.tracker.progress(2)?.match, 15);
  assertEquals(two.tracker.progress(2)?.isLearner, false);
  two.take((changer) => changer.simple(parse("l2")));
  assertEquals(two.tracker.progress(2)?.match, 15);
  assertEquals(two.tracker.progress(2)?.isLearner, true);
});

Deno.test("Changer.simple() skips node 0 and news about nodes", () => {
  const two = group("v1 l2");
  const before = two.facts();
  two.take((changer) => changer.simple(parse("v0 r0 l0 u1 u2 u9")));
  assertEquals(two.facts(), before);
});

// -- joint --

Deno.test("Changer.enterJoint() keeps the old voters until it is left", () => {
  const joint = group("v1 v2 v3");
  joint.take((changer) => changer.enterJoint(true, parse("r1 r2 v4 l3")));
  assertEquals(joint.tracker.confState(), {
    voters: [4],
    votersOutgoing: [1, 2, 3],
    learners: [],
    learnersNext: [3],
    autoLeave: true,
  });
  assertEquals([...joint.tracker.progressMap.keys()], [1, 2, 3, 4]);
  assertEquals(joint.tracker.progress(3)?.isLearner, false);
  joint.take((changer) => changer.leaveJoint());
  assertEquals(joint.tracker.confState(), {
    voters: [4],
    votersOutgoing: [],
    learners: [3],
    learnersNext: [],
    autoLeave: false,
  });
  assertEquals([...joint.tracker.progressMap.keys()], [3, 4]);
  assertEquals(joint.tracker.progress(3)?.isLearner, true);
});

Deno.test("Changer.enterJoint() refuses what cannot be joint", () => {
  const enter = (changes: string) => (changer: Changer) =>
    changer.enterJoint(false, parse(changes));
  assertEquals(
    group("").refusal(enter("v1")),
    "can't make a zero-voter config joint",
  );
  const one = group("v1");
  assertEquals(one.refusal(enter("r1")), "removed all voters");
  one.take(enter("v2"));
  assertEquals(one.refusal(enter("v3")), "config is already joint");
});

Deno.test("Changer.leaveJoint() refuses what is not joint", () => {
  assertEquals(
    group("v1").refusal((changer) => changer.leaveJoint()),
    "can't leave a non-joint config",
  );
});

Deno.test("Changer leaves its base alone", () => {
  const three = group("v1 v2 l3");
  const before = three.facts();
  const changer = new Changer(three.tracker, LAST_INDEX);
  const result = changer.enterJoint(true, parse("v3 r1 l2 v9"));
  assert(result.state === "changed");
  for (const progress of result.progress.values()) progress.maybeUpdate(99);
  assertEquals(three.facts(), before);
});

Deno.test("Changer refuses to go on from a broken configuration", () => {
  const { tracker } = group("v1 l2");
  tracker.progress(2)!.isLearner = false;
  const result = new Changer(tracker, LAST_INDEX).simple(parse("v2"));
  assert(result.state === "refused");
  assertEquals(result.reason, "2 is in Learners, but is not marked as learner");
});

// -- Random changes --

/** Up to 20 changes of nodes 2 to 6; node 1 stays, so there is always a voter. */
function randomChanges(next: (bound: number) => number): NodeChange[] {
  return Array.from({ length: next(20) }, () => ({
    kind: KINDS["vlru"[next(4)]!]!,
    nodeId: 2 + next(5),
  }));
}

Deno.test("Changer comes to the same by a joint change and by simple ones", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 2_000; round++) {
    const setUp = [...parse("v1"), ...randomChanges(next)];
    const changes = randomChanges(next);
    const simple = new Group(setUp);
    for (const change of changes) {
      simple.take((changer) => changer.simple([change]));
    }
    const joint = new Group(setUp);
    joint.take((changer) => changer.enterJoint(next(2) === 0, changes));
    joint.take((changer) => changer.leaveJoint());
    assertEquals(joint.facts(), simple.facts(), `seed ${seed}, round ${round}`);
  }
});

/** Whether `ids` can win an election among `voters`. */
function wins(voters: JointVoters, ids: readonly number[]): boolean {
  const votes = new Map(ids.map((id) => [id, true]));
  return jointVoteResult(voters, votes) === "won";
}

/** Whether two disjoint sets of nodes can decide, one among `a`, one among `b`. */
function canSplit(a: JointVoters, b: JointVoters): boolean {
  const ids = [...new Set([...voterIds(a), ...voterIds(b)])];
  for (let set = 0; set < 2 ** ids.length; set++) {
    const inside = ids.filter((_, at) => (set >> at & 1) === 1);
    const outside = ids.filter((_, at) => (set >> at & 1) === 0);
    if (wins(a, inside) && wins(b, outside)) return true;
  }
  return false;
}

Deno.test("Changer lets no two majorities of neighbours decide apart (thesis 4.1, 4.3)", () => {
  const { next, seed } = printedRandom();
  let changed = 0;
  for (let round = 0; round < 400; round++) {
    const before = new Group([...parse("v1"), ...randomChanges(next)]);
    const changes = randomChanges(next).slice(0, 1 + next(4));
    const { configuration } = before.tracker;
    const changer = new Changer(before.tracker, LAST_INDEX);
    const isSimple = next(2) === 0;
    const result = isSimple
      ? changer.simple(changes)
      : changer.enterJoint(false, changes);
    if (result.state === "refused") continue;
    changed++;
    const { voters } = result.configuration;
    const message = `seed ${seed}, round ${round}: ${
      JSON.stringify([
        confStateOf(configuration),
        confStateOf(result.configuration),
      ])
    }`;
    assertEquals(canSplit(configuration.voters, voters), false, message);
    if (isSimple) continue;
    before.take(() => result);
    before.take((next) => next.leaveJoint());
    const after = before.tracker.configuration.voters;
    assertEquals(canSplit(voters, after), false, message);
  }
  assert(changed > 100);
});

// -- As a change asks for it --

Deno.test("changeMembers() goes the way that a change asks for", () => {
  const three = group("v1 v2 v3");
  const make = (
    transition: ConfChange["transition"],
    text: string,
  ): ConfState | string => {
    const context = new Uint8Array(0);
    const change = { transition, changes: parse(text), context };
    const result = changeMembers(three.tracker, LAST_INDEX, change);
    return result.state === "refused"
      ? result.reason
      : confStateOf(result.configuration);
  };
  const joint = {
    voters: [1, 2, 3, 4],
    votersOutgoing: [1, 2, 3],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  };
  assertEquals(make("auto", "v4"), { ...joint, votersOutgoing: [] });
  assertEquals(make("joint-explicit", "v4"), joint);
  assertEquals(make("joint-implicit", "v4"), { ...joint, autoLeave: true });
  const two = { ...joint, voters: [1, 2, 4], autoLeave: true };
  assertEquals(make("auto", "v4 r3"), two);
  assertEquals(make("auto", ""), "can't leave a non-joint config");
  assertEquals(make("auto", "r1 r2 r3"), "removed all voters");
});

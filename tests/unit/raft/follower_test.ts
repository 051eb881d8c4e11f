import { assert, assertEquals } from "@std/assert";
import { fillConfig } from "../../../src/raft/config.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import type { PeerMessage, Snapshot } from "../../../src/raft/mod.ts";
import { RaftState } from "../../../src/raft/state.ts";
import { step } from "../../../src/raft/step.ts";
import { votersOnly } from "./group_node.ts";
import { entry } from "./harness.ts";

const TERM = 5;

/** Node 2 in term 5, whose log behind index 10 has `terms`. */
function follower(...terms: number[]): RaftState {
  const stable = new MemoryLog({ index: 10, term: 1 });
  stable.append(terms.map((term, at) => entry(term, 11 + at)));
  const hardState = { term: TERM, vote: 0, commit: 10 };
  const confState = votersOnly([1, 2, 3]);
  const config = { id: 2, confState, stable, hardState, random: () => 0 };
  return new RaftState(fillConfig(config));
}

const envelope = { from: 1, to: 2, term: TERM } as const;

function append(
  raft: RaftState,
  previous: { index: number; term: number },
  terms: readonly number[],
  commit = 0,
): PeerMessage | undefined {
  const entries = terms.map((term, at) => entry(term, previous.index + 1 + at));
  step(raft, { kind: "append", ...envelope, previous, entries, commit });
  return raft.afterAppend.at(-1);
}

function restore(raft: RaftState, more: Partial<Snapshot>): PeerMessage {
  const snapshot = {
    index: 20,
    term: 4,
    confState: votersOnly([1, 2, 4]),
    data: new Uint8Array(0),
    ...more,
  };
  step(raft, { kind: "snapshot", ...envelope, snapshot });
  const answer = raft.afterAppend.at(-1);
  assert(answer !== undefined, "it is answered");
  return answer;
}

const accepted = (index: number) => ({
  kind: "append-response",
  from: 2,
  to: 1,
  term: TERM,
  index,
} as const);

Deno.test("a follower acknowledges what the append ends with, not its whole log", () => {
  const raft = follower(1, 2, 2);
  assertEquals(append(raft, { index: 10, term: 1 }, [1]), accepted(11));
  assertEquals(raft.log.lastIndex, 13);
});

Deno.test("a follower acknowledges its commit index to an append before it", () => {
  const raft = follower(1, 2, 2);
  raft.log.commitTo(12);
  assertEquals(append(raft, { index: 10, term: 1 }, [1]), accepted(12));
});

Deno.test("a follower's hint skips what cannot be the leader's", () => {
  const cases = [
    // The log is too short: its last entry may match.
    [{ index: 20, term: 4 }, { index: 15, term: 3 }],
    // Entries of terms above that of the leader's entry cannot.
    [{ index: 15, term: 2 }, { index: 12, term: 2 }],
    [{ index: 14, term: 1 }, { index: 10, term: 1 }],
  ] as const;
  for (const [previous, hint] of cases) {
    const raft = follower(2, 2, 3, 3, 3);
    assertEquals(append(raft, previous, []), {
      kind: "append-rejection",
      from: 2,
      to: 1,
      term: TERM,
      index: previous.index,
      hint,
    });
  }
});

Deno.test("a follower commits no further than the append goes", () => {
  const raft = follower(1, 2, 2);
  append(raft, { index: 10, term: 1 }, [1], 13);
  assertEquals(raft.log.committed, 11);
});

Deno.test("a follower answers a heartbeat with its round, and commits", () => {
  const raft = follower(1, 2);
  step(raft, { kind: "heartbeat", ...envelope, commit: 12, round: 7 });
  assertEquals(raft.log.committed, 12);
  assertEquals([raft.leader, raft.electionElapsed], [1, 0]);
  assertEquals(raft.messages, [{
    kind: "heartbeat-response",
    from: 2,
    to: 1,
    term: TERM,
    round: 7,
  }]);
});

Deno.test("a follower takes over a snapshot's log and members", () => {
  const raft = follower(1, 2);
  assertEquals(restore(raft, {}), accepted(20));
  assertEquals(raft.log.lastId(), { index: 20, term: 4 });
  assertEquals([raft.log.firstIndex, raft.log.committed], [21, 20]);
  assertEquals(raft.tracker.confState(), votersOnly([1, 2, 4]));
  assertEquals(raft.isPromotable(), false, "its state is not on disk");
});

Deno.test("a follower keeps its log where a snapshot says what it has", () => {
  const raft = follower(1, 2, 2);
  assertEquals(restore(raft, { index: 12, term: 2 }), accepted(12));
  assertEquals([raft.log.committed, raft.log.lastIndex], [12, 13]);
  assertEquals(raft.log.hasNextOrInProgressSnapshot(), false);
});

Deno.test("a follower ignores a snapshot of what is committed", () => {
  const raft = follower(1, 2, 2);
  raft.log.commitTo(13);
  assertEquals(restore(raft, { index: 12, term: 2 }), accepted(13));
});

Deno.test("a follower refuses a snapshot that it is no member in", () => {
  const raft = follower(1, 2);
  const answer = restore(raft, { confState: votersOnly([1, 3]) });
  assertEquals(answer, accepted(10));
  assertEquals(raft.log.lastIndex, 12);
});

Deno.test("a learner takes a snapshot, also one that is to become some", () => {
  const members = [
    { ...votersOnly([1, 3]), learners: [2] },
    { ...votersOnly([1, 3]), votersOutgoing: [1, 2], learnersNext: [2] },
  ];
  for (const confState of members) {
    const raft = follower(1);
    assertEquals(restore(raft, { confState }), accepted(20));
  }
});

Deno.test("a follower goes on with entries behind a snapshot at once", () => {
  const raft = follower(1);
  restore(raft, {});
  const answer = append(raft, { index: 20, term: 4 }, [4, 5], 22);
  assertEquals(answer, accepted(22));
  assertEquals(raft.log.nextCommitted(), [], "the snapshot comes first");
});

import { assertEquals } from "@std/assert";
import { fillConfig } from "../../../src/raft/config.ts";
import type { Message } from "../../../src/raft/message.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { NO_NODE } from "../../../src/raft/role.ts";
import { RaftState } from "../../../src/raft/state.ts";
import { step } from "../../../src/raft/step.ts";
import { entry, text } from "./harness.ts";

function follower(): [RaftState, MemoryLog] {
  const stable = new MemoryLog();
  const raft = new RaftState(
    fillConfig({ id: 1, voters: [1, 2, 3], stable, random: () => 0 }),
  );
  raft.becomeFollower(1, 2);
  return [raft, stable];
}

/** The report of an append handed out now. */
function report(raft: RaftState): Message {
  const last = raft.log.lastId();
  raft.log.acceptUnstable();
  return {
    kind: "storage-append-response",
    to: 1,
    term: raft.term,
    index: last.index,
    logTerm: last.term,
    snapshotIndex: 0,
  };
}

Deno.test("step() ignores the report of an append of an older term (ABA)", () => {
  const [raft, stable] = follower();
  const first = [entry(1, 1), entry(1, 2)];
  raft.log.append(first);
  const oldest = report(raft);

  // The leader of term 2 replaces entry 2, that of term 3 has the first one's log.
  raft.becomeFollower(2, 3);
  const second = [entry(2, 2)];
  raft.log.append(second);
  const middle = report(raft);
  raft.becomeFollower(3, 2);
  const third = [entry(1, 2), entry(3, 3)];
  raft.log.append(third);
  const newest = report(raft);

  stable.append(first);
  step(raft, oldest);
  assertEquals(raft.log.hasNextOrInProgressUnstable(), true);
  assertEquals(raft.log.entries(1, 4, Infinity).map(text), [
    "1/1",
    "1/2",
    "3/3",
  ]);

  // The disk now holds 1/1 and 2/2. Had the first report been believed, raft would
  // read 2/2 from the disk where its log has 1/2.
  stable.append(second);
  step(raft, middle);
  assertEquals(raft.log.term(2), 1);

  stable.append(third);
  step(raft, newest);
  assertEquals(raft.log.hasNextOrInProgressUnstable(), false);
  assertEquals([1, 2, 3].map((at) => stable.term(at)), [1, 1, 3]);
});

Deno.test("step() ignores a report whose entry was replaced in the same term", () => {
  const [raft] = follower();
  raft.log.append([entry(1, 1)]);
  const stale = { ...report(raft), term: 2 } as Message;
  raft.becomeFollower(2, 3);
  raft.log.append([entry(2, 1)]);
  step(raft, stale);
  assertEquals(raft.log.hasNextUnstable(), true);
});

Deno.test("step() takes answers to a role that it no longer has for nothing", () => {
  const [raft] = follower();
  step(raft, {
    kind: "vote-response",
    from: 2,
    to: 1,
    term: 1,
    granted: true,
  });
  step(raft, { kind: "append-response", from: 2, to: 1, term: 1, index: 9 });
  assertEquals([raft.role, raft.term, raft.leader], ["follower", 1, 2]);
});

Deno.test("step() forgets the leader and the vote in a newer term", () => {
  const [raft] = follower();
  raft.becomeCandidate();
  assertEquals([raft.term, raft.vote], [2, 1]);
  step(raft, { kind: "append-response", from: 3, to: 1, term: 5, index: 0 });
  assertEquals([raft.role, raft.term, raft.leader, raft.vote], [
    "follower",
    5,
    NO_NODE,
    NO_NODE,
  ]);
});

Deno.test("step() makes a candidate follower when a majority refuses", () => {
  const [raft] = follower();
  raft.becomeCandidate();
  for (const from of [2, 3]) {
    step(raft, { kind: "vote-response", from, to: 1, term: 2, granted: false });
  }
  assertEquals([raft.role, raft.term, raft.vote], ["follower", 2, 1]);
});

Deno.test("step() counts acknowledgements of a majority of three", () => {
  const [raft, stable] = follower();
  raft.becomeCandidate();
  for (const from of [1, 2]) {
    step(raft, { kind: "vote-response", from, to: 1, term: 2, granted: true });
  }
  assertEquals([raft.role, raft.log.lastIndex], ["leader", 1]);
  step(raft, { kind: "append-response", from: 7, to: 1, term: 2, index: 1 });
  step(raft, { kind: "append-response", from: 2, to: 1, term: 2, index: 1 });
  assertEquals(raft.log.committed, 0);
  step(raft, { kind: "append-response", from: 3, to: 1, term: 2, index: 1 });
  assertEquals(raft.log.committed, 1);
  assertEquals(raft.log.hasNextCommitted(), false, "its own disk lags");
  stable.append(raft.log.nextUnstable());
  step(raft, report(raft));
  assertEquals(raft.log.hasNextCommitted(), true);
});

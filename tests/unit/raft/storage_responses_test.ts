import { assertEquals } from "@std/assert";
import { fillConfig } from "../../../src/raft/config.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import { RaftState } from "../../../src/raft/state.ts";
import { step } from "../../../src/raft/step.ts";
import type { TraceEvent } from "../../../src/raft/trace.ts";
import { votersOnly } from "./group_node.ts";
import { entry } from "./harness.ts";

function follower(events: TraceEvent[]): [RaftState, MemoryLog] {
  const stable = new MemoryLog();
  const raft = new RaftState(fillConfig({
    id: 1,
    voters: [1, 2, 3],
    stable,
    random: () => 0,
    trace: (event) => events.push(event),
  }));
  raft.becomeFollower(1, 2);
  events.length = 0;
  return [raft, stable];
}

const report = { kind: "storage-append-response", to: 1, term: 1 } as const;

Deno.test("a report of a snapshot counts in any term", () => {
  const events: TraceEvent[] = [];
  const [raft, stable] = follower(events);
  const confState = votersOnly([1, 2, 3]);
  const snapshot = { index: 9, term: 1, confState, data: new Uint8Array(0) };
  raft.log.restore(snapshot);
  raft.log.acceptUnstable();
  raft.becomeFollower(4, 3);
  stable.restore(snapshot);
  step(raft, { ...report, index: 0, logTerm: 0, snapshotIndex: 9 });
  assertEquals(raft.log.hasNextOrInProgressSnapshot(), false);
  assertEquals([raft.log.applied, raft.log.applying], [9, 9]);
  assertEquals(raft.isPromotable(), true);
});

Deno.test("reports about entries that are gone are told to the observer", () => {
  const events: TraceEvent[] = [];
  const [raft, stable] = follower(events);
  raft.log.append([entry(1, 1)]);
  raft.log.acceptUnstable();
  stable.append([entry(1, 1)]);
  const one = { ...report, index: 1, logTerm: 1, snapshotIndex: 0 };
  step(raft, one);
  assertEquals(events, []);
  step(raft, one);
  raft.becomeFollower(2, 3);
  step(raft, one);
  const told = events.map((event) =>
    event.event === "stable-ignored" ? event.outcome : event.event
  );
  assertEquals(told, ["missing", "became", "stable-outdated"]);
});

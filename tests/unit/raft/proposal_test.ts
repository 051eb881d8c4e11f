import { assert, assertEquals } from "@std/assert";
import { LEAVE_JOINT, type NodeChange } from "../../../src/raft/change.ts";
import type { ProposalResult, RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { data } from "./harness.ts";

const NO_CONTEXT = new Uint8Array(0);

function three(config: Partial<RaftConfig> = {}): Group {
  return new Group({ ids: [1, 2, 3], config });
}

function simple(...changes: NodeChange[]) {
  return { transition: "auto", changes, context: NO_CONTEXT } as const;
}

function reasonOf(result: ProposalResult): string {
  assert(result.state === "refused", result.state);
  return result.reason;
}

Deno.test("RawNode.propose() of a follower goes to its leader", () => {
  const group = three();
  group.elect(1);
  const result = group.node(3).raft.propose(data("a"));
  assertEquals(result, { state: "forwarded", leader: 1 });
  group.settle();
  assertEquals(group.nodes.map(({ applied }) => applied), [["a"], ["a"], [
    "a",
  ]]);
});

Deno.test("RawNode.propose() of a follower is refused where it may not be forwarded", () => {
  const group = three({ disableProposalForwarding: true });
  group.elect(1);
  const result = group.node(3).raft.propose(data("a"));
  assertEquals(result, { state: "not-leader", leader: 1 });
  group.settle();
  assertEquals(group.node(3).applied, []);
});

Deno.test("RawNode.propose() of a candidate is refused", () => {
  const group = three();
  group.node(1).raft.campaign();
  const result = group.node(1).raft.propose(data("a"));
  assertEquals(result, { state: "not-leader", leader: 0 });
});

Deno.test("RawNode.propose() is refused while leadership is transferred", () => {
  const group = three();
  const { raft } = group.elect(1);
  group.isolate(2);
  raft.transferLeadership(2);
  assertEquals(raft.propose(data("a")), { state: "transferring", to: 2 });
});

Deno.test("RawNode.propose() of a removed leader is refused", () => {
  const group = three();
  const { raft } = group.elect(1);
  raft.proposeChange(simple({ kind: "remove-node", nodeId: 1 }));
  group.settle();
  assertEquals(raft.status().role, "leader");
  assertEquals(raft.propose(data("a")), { state: "not-leader", leader: 0 });
});

Deno.test("RawNode.propose() keeps the uncommitted part of the log small while cut off", () => {
  const group = three({ uncommittedBytesMax: 100 });
  const { raft } = group.elect(1);
  group.isolate(1);
  let accepted = 0;
  for (let count = 0; count < 1_000; count++) {
    if (raft.propose(data("ten bytes!")).state === "accepted") accepted++;
  }
  assertEquals(accepted, 10);
  group.heal();
  group.tick(1, 1);
  group.settle();
  assertEquals(group.node(2).applied.length, 10);
  assertEquals(raft.propose(data("ten bytes!")).state, "accepted");
});

Deno.test("RawNode.propose() forgets in a new term what was uncommitted before", () => {
  const group = three({ uncommittedBytesMax: 10 });
  group.elect(1);
  group.isolate(1);
  group.propose(1, "ten bytes!");
  group.elect(2);
  group.heal();
  group.tick(2, 1);
  group.settle();
  group.elect(1);
  assertEquals(group.node(1).raft.propose(data("a")).state, "accepted");
});

Deno.test("RawNode.proposeChange() takes one change at a time", () => {
  const group = three();
  const { raft } = group.elect(1);
  const add = simple({ kind: "add-learner-node", nodeId: 4 });
  const { lastIndex } = raft.status();
  assertEquals(raft.proposeChange(add).state, "accepted");
  assertEquals(
    reasonOf(raft.proposeChange(add)),
    `possible unapplied conf change at index ${lastIndex + 1} ` +
      `(applied to ${lastIndex})`,
  );
  assertEquals(
    raft.status().lastIndex,
    lastIndex + 2,
    "an empty entry instead",
  );
  group.settle();
  assertEquals(raft.proposeChange(add).state, "accepted");
});

Deno.test("RawNode.proposeChange() wants joint configurations left first", () => {
  const group = three();
  const { raft } = group.elect(1);
  const joint = {
    ...simple({ kind: "add-learner-node", nodeId: 4 }),
    transition: "joint-explicit",
  } as const;
  assertEquals(
    reasonOf(raft.proposeChange(LEAVE_JOINT)),
    "not in joint state; refusing empty conf change",
  );
  assertEquals(raft.proposeChange(joint).state, "accepted");
  group.settle();
  assertEquals(
    reasonOf(raft.proposeChange(joint)),
    "must transition out of joint config first",
  );
  assertEquals(raft.proposeChange(LEAVE_JOINT).state, "accepted");
  group.settle();
  assertEquals(raft.confState().votersOutgoing, []);
});

Deno.test("RawNode.proposeChange() refuses one that could not be made", () => {
  const group = new Group({ ids: [1] });
  const { raft } = group.elect(1);
  const removal = simple({ kind: "remove-node", nodeId: 1 });
  assertEquals(reasonOf(raft.proposeChange(removal)), "removed all voters");
});

Deno.test("RawNode.step() refuses a forwarded change that cannot be read", () => {
  const group = three();
  const { raft } = group.elect(1);
  const entry = { kind: "change", data: new Uint8Array([99, 1]) } as const;
  const outcome = raft.step({ kind: "proposal", from: 2, to: 1, entry });
  assertEquals(outcome, "taken");
  group.settle();
  assertEquals(raft.confState().voters, [1, 2, 3]);
});

Deno.test("RawNode.step() tells of a forwarded proposal that nobody takes", () => {
  const group = three();
  const entry = { data: data("a") };
  const { raft } = group.node(1);
  const outcome = raft.step({ kind: "proposal", from: 2, to: 1, entry });
  assertEquals(outcome, "proposal-dropped");
});

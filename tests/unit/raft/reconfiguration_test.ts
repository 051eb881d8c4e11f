import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type {
  ChangeTransition,
  ConfChange,
  NodeChange,
} from "../../../src/raft/change.ts";
import type { RaftConfig } from "../../../src/raft/mod.ts";
import { Group } from "./group.ts";
import { votersOnly } from "./group_node.ts";
import { data } from "./harness.ts";

function change(
  transition: ChangeTransition,
  ...changes: NodeChange[]
): ConfChange {
  return { transition, changes, context: new Uint8Array(0) };
}

/** Nodes 1 to 5 of which the first three are voters, led by node 1. */
function led(config: Partial<RaftConfig> = {}): Group {
  const confState = votersOnly([1, 2, 3]);
  const group = new Group({ ids: [1, 2, 3, 4, 5], confState, config });
  group.elect(1);
  return group;
}

Deno.test("RawNode.applyChange() lets new voters catch up without a heartbeat", () => {
  const group = led();
  group.propose(1, "a");
  const { raft } = group.node(1);
  raft.proposeChange(change("auto", { kind: "add-node", nodeId: 4 }));
  group.settle();
  assertEquals(group.node(4).applied, ["a"]);
  assertEquals(group.node(4).raft.confState().voters, [1, 2, 3, 4]);
});

Deno.test("RawNode.applyChange() commits what fewer voters have agreed on", () => {
  const group = led();
  const { raft } = group.node(1);
  // Node 3 is away, and node 2 gets the removal of node 2 itself, not what follows.
  group.isolate(3);
  raft.proposeChange(change("auto", { kind: "remove-node", nodeId: 3 }));
  group.settle();
  group.isLost = ({ kind, from }) => kind === "append-response" && from === 2;
  raft.proposeChange(change("auto", { kind: "remove-node", nodeId: 2 }));
  raft.propose(data("a"));
  group.settle();
  assertEquals(raft.confState().voters, [1, 2]);
  group.heal();
  group.tick(1, 1);
  group.settle();
  assertEquals(raft.confState().voters, [1]);
  assertEquals(group.node(1).applied, ["a"]);
});

Deno.test("RawNode.applyChange() commits at once where the missing voter is removed", () => {
  const group = new Group({ ids: [1, 2] });
  const { raft } = group.elect(1);
  raft.proposeChange(change("auto", { kind: "remove-node", nodeId: 2 }));
  raft.propose(data("a"));
  const { lastIndex } = raft.status();
  group.isLost = (message) =>
    message.kind === "append-response" && message.index === lastIndex;
  group.settle();
  assertEquals(group.node(1).applied, ["a"]);
});

Deno.test("RawNode.applyChange() leaves a joint configuration by itself, once", () => {
  const group = led({ applyingBytesMax: 1 });
  const { raft } = group.node(1);
  const { lastIndex } = raft.status();
  raft.proposeChange(change(
    "auto",
    { kind: "add-node", nodeId: 4 },
    { kind: "add-node", nodeId: 5 },
  ));
  for (const word of ["a", "b", "c"]) raft.propose(data(word));
  group.settle();
  assertEquals(raft.confState(), votersOnly([1, 2, 3, 4, 5]));
  assertEquals(raft.status().lastIndex, lastIndex + 5);
});

Deno.test("RawNode.applyChange() leaves a joint configuration after a transfer failed", () => {
  const group = led({ electionTicks: 5 });
  const { raft } = group.node(1);
  // Nobody hears of the request to campaign.
  group.isLost = ({ kind }) => kind === "timeout-now";
  raft.proposeChange(change(
    "auto",
    { kind: "add-node", nodeId: 4 },
    { kind: "remove-node", nodeId: 2 },
  ));
  raft.transferLeadership(3);
  group.settle();
  assertEquals(raft.confState().votersOutgoing, [1, 2, 3]);
  group.tick(1, 5);
  group.propose(1, "a");
  assertEquals(raft.confState(), votersOnly([1, 3, 4]));
});

Deno.test("RawNode.applyChange() makes an outgoing voter a learner in the end", () => {
  const group = led();
  const { raft } = group.node(1);
  raft.proposeChange(change(
    "joint-explicit",
    { kind: "add-learner-node", nodeId: 3 },
    { kind: "add-node", nodeId: 4 },
  ));
  group.settle();
  assertEquals(raft.confState().learnersNext, [3]);
  raft.proposeChange(change("auto"));
  group.settle();
  assertEquals(raft.confState(), { ...votersOnly([1, 2, 4]), learners: [3] });
});

for (const kind of ["remove-node", "add-learner-node"] as const) {
  Deno.test(`RawNode.applyChange() lets a leader step down after ${kind}`, () => {
    const group = led({ stepDownOnRemoval: true });
    const { raft } = group.node(1);
    raft.proposeChange(change("auto", { kind, nodeId: 1 }));
    group.settle();
    assertEquals(raft.status().role, "follower");
    assertEquals(raft.campaign(), false);
    group.elect(2);
    assertEquals(group.node(3).raft.confState().voters, [2, 3]);
  });
}

Deno.test("RawNode.applyChange() ends a transfer to a node that is removed", () => {
  const group = led();
  const { raft } = group.node(1);
  raft.proposeChange(change("auto", { kind: "remove-node", nodeId: 3 }));
  group.isolate(3);
  raft.transferLeadership(3);
  assertEquals(raft.status().transferee, 3);
  group.settle();
  assertEquals(raft.status().transferee, 0);
});

Deno.test("RawNode.applyChange() ignores what a snapshot has overtaken", () => {
  const group = led();
  const { raft } = group.node(1);
  raft.proposeChange(change("auto", { kind: "add-node", nodeId: 4 }));
  group.settle();
  const members = raft.confState();
  const { applied } = raft.status();
  const old = change("auto", { kind: "remove-node", nodeId: 2 });
  assertEquals(raft.applyChange(applied, old), members);
  assertEquals(raft.applyChange(1, old), members);
});

Deno.test("RawNode.applyChange() stops at a change that cannot be", () => {
  const group = led();
  const { raft } = group.node(1);
  assertThrows(
    () => raft.applyChange(99, change("auto")),
    AssertionError,
    "can't leave a non-joint config",
  );
});

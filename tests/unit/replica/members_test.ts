import { assertEquals } from "@std/assert";
import { encodeConfChange } from "../../../src/raft/mod.ts";
import {
  decodeMembers,
  idsOf,
  NO_MEMBERS,
  replayMembers,
} from "../../../src/replica/members.ts";

Deno.test("decodeMembers() reads what a replay has made of changes", () => {
  const replay = replayMembers(NO_MEMBERS);
  const change = (
    index: number,
    kind: "add-node" | "add-learner-node" | "remove-node",
    nodeIds: number[],
    context = new Uint8Array(0),
  ) => {
    const changes = nodeIds.map((nodeId) => ({ kind, nodeId }));
    const transition = "auto" as const;
    const data = encodeConfChange({ transition, changes, context });
    return replay.apply({ term: 1, index, kind: "change", data });
  };
  change(1, "add-node", [1]);
  const learner = change(2, "add-learner-node", [2 ** 40]);
  assertEquals(decodeMembers(learner)?.confState, {
    ...NO_MEMBERS.confState,
    voters: [1],
    learners: [2 ** 40],
  });
  const joint = change(3, "add-node", [2, 3]);
  assertEquals(decodeMembers(joint)?.confState, {
    voters: [1, 2, 3],
    votersOutgoing: [1],
    learners: [2 ** 40],
    learnersNext: [],
    autoLeave: true,
  });
  assertEquals(replay.members, decodeMembers(joint)!);
  const again = replayMembers(replay.members);
  const leave = again.apply({
    term: 1,
    index: 4,
    kind: "change",
    data: new Uint8Array(0),
  });
  assertEquals(decodeMembers(leave)?.confState.votersOutgoing, []);
});

Deno.test("decodeMembers() refuses other bytes", () => {
  const confState = { ...NO_MEMBERS.confState, voters: [1, 2] };
  const addresses = new Map([[2, "b:7000"]]);
  const replay = replayMembers({ confState, addresses });
  const changes = [{ kind: "add-node", nodeId: 3 }] as const;
  const context = new Uint8Array(0);
  const data = encodeConfChange({ transition: "auto", changes, context });
  const bytes = replay.apply({ term: 1, index: 1, kind: "change", data });
  for (let length = 0; length < bytes.length; length++) {
    assertEquals(decodeMembers(bytes.slice(0, length)), undefined);
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assertEquals(decodeMembers(longer), undefined);
});

Deno.test("a replay keeps the addresses of nodes that were added, until they are removed", () => {
  const replay = replayMembers(NO_MEMBERS);
  const change = (
    index: number,
    kind: "add-node" | "add-learner-node" | "remove-node",
    nodeId: number,
    address = "",
  ) => {
    const context = new TextEncoder().encode(address);
    const changes = [{ kind, nodeId }];
    const data = encodeConfChange({ transition: "auto", changes, context });
    return decodeMembers(
      replay.apply({ term: 1, index, kind: "change", data }),
    )!.addresses;
  };
  assertEquals(change(1, "add-node", 1).size, 0);
  change(2, "add-learner-node", 2, "ß:7000");
  // A promotion says nothing about the address.
  assertEquals([...change(3, "add-node", 2)], [[2, "ß:7000"]]);
  assertEquals([...change(4, "add-learner-node", 3, "c:1")], [
    [2, "ß:7000"],
    [3, "c:1"],
  ]);
  assertEquals([...change(5, "remove-node", 2)], [[3, "c:1"]]);
});

Deno.test("idsOf() lists every id once, in order", () => {
  const confState = {
    voters: [3, 1],
    votersOutgoing: [1, 5],
    learners: [2],
    learnersNext: [5],
    autoLeave: false,
  };
  assertEquals(idsOf(confState), [1, 2, 3, 5]);
});

import { assertEquals } from "@std/assert";
import { encodeConfChange } from "../../../src/raft/mod.ts";
import {
  decodeMembers,
  MembersReplay,
  NO_MEMBERS,
} from "../../../src/replica/members.ts";

Deno.test("decodeMembers() reads what a replay has made of changes", () => {
  const replay = new MembersReplay(NO_MEMBERS);
  const context = new Uint8Array(0);
  const change = (
    index: number,
    kind: "add-node" | "add-learner-node" | "remove-node",
    nodeIds: number[],
  ) => {
    const changes = nodeIds.map((nodeId) => ({ kind, nodeId }));
    const transition = "auto" as const;
    const data = encodeConfChange({ transition, changes, context });
    return replay.apply({ term: 1, index, kind: "change", data });
  };
  change(1, "add-node", [1]);
  const learner = change(2, "add-learner-node", [2 ** 40]);
  assertEquals(decodeMembers(learner), {
    ...NO_MEMBERS,
    voters: [1],
    learners: [2 ** 40],
  });
  const joint = change(3, "add-node", [2, 3]);
  assertEquals(decodeMembers(joint), {
    voters: [1, 2, 3],
    votersOutgoing: [1],
    learners: [2 ** 40],
    learnersNext: [],
    autoLeave: true,
  });
  assertEquals(replay.members, decodeMembers(joint)!);
  const again = new MembersReplay(replay.members);
  const leave = again.apply({
    term: 1,
    index: 4,
    kind: "change",
    data: context,
  });
  assertEquals(decodeMembers(leave)?.votersOutgoing, []);
});

Deno.test("decodeMembers() refuses other bytes", () => {
  const replay = new MembersReplay({ ...NO_MEMBERS, voters: [1, 2] });
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

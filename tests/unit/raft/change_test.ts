import { assertEquals } from "@std/assert";
import {
  type ChangeTransition,
  type ConfChange,
  entersJoint,
  fromV1,
  LEAVE_JOINT,
  leavesJoint,
} from "../../../src/raft/change.ts";

const ADD = { kind: "add-node", nodeId: 2 } as const;
const REMOVE = { kind: "remove-node", nodeId: 3 } as const;
const CONTEXT = new Uint8Array([7]);

/** A change of `count` nodes. */
function changeOf(transition: ChangeTransition, count: number): ConfChange {
  const changes = [ADD, REMOVE].slice(0, count);
  return { transition, changes, context: CONTEXT };
}

Deno.test("fromV1() makes a change of one node that is made at once", () => {
  const change = { ...ADD, context: CONTEXT };
  assertEquals(fromV1(change), changeOf("auto", 1));
});

Deno.test("leavesJoint() holds for what is empty, context apart", () => {
  assertEquals(leavesJoint(LEAVE_JOINT), true);
  assertEquals(leavesJoint(changeOf("auto", 0)), true);
  assertEquals(leavesJoint(changeOf("auto", 1)), false);
  assertEquals(leavesJoint(changeOf("joint-implicit", 0)), false);
});

Deno.test("entersJoint() leaves a change of one node alone", () => {
  assertEquals(entersJoint(changeOf("auto", 0)), undefined);
  assertEquals(entersJoint(changeOf("auto", 1)), undefined);
});

Deno.test("entersJoint() tells who leaves the joint configuration", () => {
  const [implicit, explicit] = [{ autoLeave: true }, { autoLeave: false }];
  assertEquals(entersJoint(changeOf("auto", 2)), implicit);
  assertEquals(entersJoint(changeOf("joint-implicit", 1)), implicit);
  assertEquals(entersJoint(changeOf("joint-explicit", 1)), explicit);
  assertEquals(entersJoint(changeOf("joint-explicit", 2)), explicit);
});

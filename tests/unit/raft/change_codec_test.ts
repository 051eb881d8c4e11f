import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import {
  type ConfChange,
  LEAVE_JOINT,
  type NodeChange,
} from "../../../src/raft/change.ts";
import {
  decodeConfChange,
  encodeConfChange,
} from "../../../src/raft/change_codec.ts";
import { printedRandom } from "./random.ts";

const TRANSITIONS = ["auto", "joint-implicit", "joint-explicit"] as const;
const KINDS = [
  "add-node",
  "remove-node",
  "update-node",
  "add-learner-node",
] as const;

function randomChange(next: (bound: number) => number): ConfChange {
  const changes: NodeChange[] = [];
  for (let count = next(5); count > 0; count--) {
    const nodeId = Math.floor(next(2 ** 26) * 2 ** next(27));
    changes.push({ kind: KINDS[next(4)]!, nodeId });
  }
  const context = Uint8Array.from({ length: next(6) }, () => next(256));
  return { transition: TRANSITIONS[next(3)]!, changes, context };
}

Deno.test("encodeConfChange() of leaving a joint configuration is empty", () => {
  assertEquals(encodeConfChange(LEAVE_JOINT), new Uint8Array(0));
  assertEquals(decodeConfChange(new Uint8Array(0)), LEAVE_JOINT);
});

Deno.test("encodeConfChange() makes the bytes that logs hold", () => {
  const bytes = encodeConfChange({
    transition: "joint-explicit",
    changes: [
      { kind: "add-node", nodeId: 1 },
      { kind: "remove-node", nodeId: 128 },
      { kind: "update-node", nodeId: 300 },
      { kind: "add-learner-node", nodeId: 2 ** 53 - 1 },
    ],
    context: new Uint8Array([9, 8]),
  });
  assertEquals([...bytes], [
    ...[2, 4],
    ...[0, 1],
    ...[1, 0x80, 0x01],
    ...[2, 0xac, 0x02],
    ...[3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ...[9, 8],
  ]);
});

Deno.test("decodeConfChange() gives back every change", () => {
  const { next, seed } = printedRandom();
  for (let round = 0; round < 2_000; round++) {
    const change = randomChange(next);
    const decoded = decodeConfChange(encodeConfChange(change));
    assertEquals(decoded, change, `seed ${seed}, round ${round}`);
  }
});

Deno.test("decodeConfChange() keeps a context alone", () => {
  const change = { ...LEAVE_JOINT, context: new Uint8Array([1]) };
  assertEquals(decodeConfChange(encodeConfChange(change)), change);
});

Deno.test("decodeConfChange() refuses bytes that are no change", () => {
  const broken = [
    [3, 0], // no such transition
    [0], // no count
    [0, 1], // no change
    [0, 1, 4, 1], // no such kind
    [0, 1, 0], // no id
    [0, 1, 0, 0x80], // half an id
    [0, 1, 0, 0x81, 0x00], // an id with a digit too many
    [0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f], // too large
    [0, 0xff, 0xff, 0x03, 0, 1], // more changes than bytes
  ];
  for (const bytes of broken) {
    assertEquals(
      decodeConfChange(Uint8Array.from(bytes)),
      undefined,
      `${bytes}`,
    );
  }
});

Deno.test("decodeConfChange() of any bytes encodes to the same ones", () => {
  const { next, seed } = printedRandom();
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: next(10) }, () => next(6));
    const change = decodeConfChange(bytes);
    if (change === undefined) continue;
    // The long form of an empty change is not made, but understood.
    if (bytes.length === 2 && bytes[0] === 0 && bytes[1] === 0) continue;
    taken++;
    assertEquals(encodeConfChange(change), bytes, `seed ${seed}: ${bytes}`);
  }
  assert(taken > 100);
});

Deno.test("encodeConfChange() refuses ids that are no safe integers", () => {
  for (const nodeId of [-1, 1.5, 2 ** 53, NaN]) {
    const changes = [{ kind: "add-node", nodeId } as const];
    const encode = () => encodeConfChange({ ...LEAVE_JOINT, changes });
    assertThrows(encode, AssertionError);
  }
});

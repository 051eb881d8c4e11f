/**
 * Messages of Raft of all kinds, drawn at random.
 *
 * @module
 */

import type {
  Append,
  ConfState,
  Entry,
  EntryId,
  PeerMessage,
} from "../../src/raft/mod.ts";
import type { Draw } from "./payload_values.ts";

/** Up to `lengthMax` random bytes. */
export function drawBytes(draw: Draw, lengthMax: number): Uint8Array {
  return Uint8Array.from({ length: draw(lengthMax + 1) }, () => draw(256));
}

/** A whole number of any size up to 2^53 − 1, small ones often. */
export function drawNumber(draw: Draw): number {
  const high = draw(3) === 0 ? draw(2 ** 21) : 0;
  const low = draw(2) === 0 ? draw(200) : draw(2 ** 32);
  return high * 2 ** 32 + low;
}

function drawId(draw: Draw): EntryId {
  return { index: drawNumber(draw), term: drawNumber(draw) };
}

function drawNodes(draw: Draw): number[] {
  return Array.from({ length: draw(4) }, () => 1 + draw(2 ** 31));
}

function drawConfState(draw: Draw): ConfState {
  return {
    voters: drawNodes(draw),
    votersOutgoing: drawNodes(draw),
    learners: drawNodes(draw),
    learnersNext: drawNodes(draw),
    autoLeave: draw(2) === 0,
  };
}

/** An entry's data, and its kind unless it is a normal one. */
function drawProposed(draw: Draw): Pick<Entry, "data" | "kind"> {
  const kind = (["change", "change-v1", undefined, undefined] as const)[
    draw(4)
  ];
  const data = drawBytes(draw, draw(20) === 0 ? 10_000 : 60);
  return kind === undefined ? { data } : { data, kind };
}

function drawAppend(draw: Draw): Omit<Append, "from" | "to"> {
  const previous = { index: drawNumber(draw) % 2 ** 50, term: draw(5) };
  let { index, term } = previous;
  const entries = Array.from({ length: draw(6) }, (): Entry => {
    term = Math.max(1, term + (draw(4) === 0 ? draw(3) : 0));
    return { term, index: ++index, ...drawProposed(draw) };
  });
  const commit = drawNumber(draw);
  return { kind: "append", term: term + draw(2), previous, entries, commit };
}

type Body = PeerMessage extends infer M
  ? M extends PeerMessage ? Omit<M, "from" | "to">
  : never
  : never;

/** A message of each kind, but for its nodes. */
const BODIES: readonly ((draw: Draw, term: number) => Body)[] = [
  (draw, term) => ({
    kind: "vote",
    term,
    last: drawId(draw),
    isTransfer: draw(2) === 0,
  }),
  (draw, term) => ({ kind: "pre-vote", term, last: drawId(draw) }),
  (draw, term) => ({ kind: "vote-response", term, granted: draw(2) === 0 }),
  (draw, term) => ({ kind: "pre-vote-response", term, granted: draw(2) === 0 }),
  (draw, term) => ({ kind: "timeout-now", term, lastIndex: drawNumber(draw) }),
  (draw, term) => ({
    kind: "transfer-leadership",
    term,
    transferee: 1 + draw(99),
  }),
  drawAppend,
  (draw, term) => ({ kind: "append-response", term, index: drawNumber(draw) }),
  (draw, term) => ({
    kind: "append-rejection",
    term,
    index: drawNumber(draw),
    hint: drawId(draw),
  }),
  (draw, term) => ({
    kind: "heartbeat",
    term,
    commit: drawNumber(draw),
    round: drawNumber(draw),
  }),
  (draw, term) => ({
    kind: "heartbeat-response",
    term,
    round: drawNumber(draw),
  }),
  (draw, term) => ({
    kind: "snapshot",
    term,
    snapshot: {
      ...drawId(draw),
      confState: drawConfState(draw),
      data: drawBytes(draw, 40),
    },
  }),
  (draw) => ({ kind: "proposal", entry: drawProposed(draw) }),
  (draw) => ({ kind: "read-index", context: drawNumber(draw) }),
  (draw, term) => ({
    kind: "read-index-response",
    term,
    index: drawNumber(draw),
    context: drawNumber(draw),
  }),
];

/** Kinds of messages. */
export const MESSAGE_KINDS = BODIES.length;

/** A sound message, of the kind with the number `kind`, or any. */
export function drawMessage(
  draw: Draw,
  kind = draw(MESSAGE_KINDS),
): PeerMessage {
  const nodes = { from: 1 + draw(9), to: 1 + draw(2 ** 31) };
  return { ...BODIES[kind]!(draw, drawNumber(draw)), ...nodes };
}

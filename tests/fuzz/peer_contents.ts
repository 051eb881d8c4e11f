/**
 * Contents of all kinds of frames, drawn at random.
 *
 * @module
 */

import type { FrameKind } from "../../src/transport/frame.ts";
import {
  CHALLENGE,
  HELLO,
  PROOF,
  REFUSAL,
} from "../../src/transport/handshake_messages.ts";
import { LANES } from "../../src/transport/lane.ts";
import {
  CHUNK,
  OFFER,
  PROGRESS,
  RESULT,
} from "../../src/transport/snapshot_messages.ts";
import type { Draw } from "./payload_values.ts";

/** How contents of a kind of frame are made and read. */
export interface FuzzedContent {
  readonly kind: FrameKind;
  /** A sound one. */
  readonly make: (draw: Draw) => Uint8Array;
  /** Reads one; throws a `PeerError` when it is not sound. */
  readonly read: (content: Uint8Array) => unknown;
}

/** Up to `lengthMax` random bytes. */
export function drawBytes(draw: Draw, lengthMax: number): Uint8Array {
  return Uint8Array.from({ length: draw(lengthMax + 1) }, () => draw(256));
}

/** A whole number of any size, small ones often. */
export function drawNumber(draw: Draw): number {
  const high = draw(3) === 0 ? draw(2 ** 21) : 0;
  const low = draw(2) === 0 ? draw(200) : draw(2 ** 32);
  return high * 2 ** 32 + low;
}

function exactly(draw: Draw, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => draw(256));
}

function word(draw: Draw): string {
  return ["a", "größe", "0123456789abcdef", "x".repeat(64)][draw(4)]!;
}

/** All kinds but that of Raft's messages. */
export const CONTENTS: readonly FuzzedContent[] = [
  {
    kind: "hello",
    make: (draw) =>
      HELLO.encode({
        version: drawNumber(draw),
        cluster: word(draw),
        from: 1 + draw(9),
        to: 1 + draw(2 ** 30),
        lane: LANES[draw(LANES.length)]!,
        instance: word(draw),
        nonce: exactly(draw, 32),
      }),
    read: (content) => HELLO.decode(content),
  },
  {
    kind: "challenge",
    make: (draw) => CHALLENGE.encode({ nonce: exactly(draw, 32) }),
    read: (content) => CHALLENGE.decode(content),
  },
  {
    kind: "proof",
    make: (draw) => PROOF.encode({ tag: exactly(draw, 32) }),
    read: (content) => PROOF.decode(content),
  },
  {
    kind: "refusal",
    make: (draw) => REFUSAL.encode({ problem: ["proof", ""][draw(2)]! }),
    read: (content) => REFUSAL.decode(content),
  },
  {
    kind: "snapshotOffer",
    make: (draw) =>
      OFFER.encode({
        attempt: drawNumber(draw),
        id: word(draw),
        bytes: drawNumber(draw),
        message: drawBytes(draw, 100),
      }),
    read: (content) => OFFER.decode(content),
  },
  {
    kind: "snapshotProgress",
    make: (draw) =>
      PROGRESS.encode({ attempt: drawNumber(draw), offset: drawNumber(draw) }),
    read: (content) => PROGRESS.decode(content),
  },
  {
    kind: "snapshotChunk",
    make: (draw) =>
      CHUNK.encode({
        attempt: drawNumber(draw),
        offset: drawNumber(draw),
        data: exactly(draw, 1 + draw(300)),
      }),
    read: (content) => CHUNK.decode(content),
  },
  {
    kind: "snapshotResult",
    make: (draw) =>
      RESULT.encode({
        attempt: drawNumber(draw),
        result: (["failed", "taken", "unwanted"] as const)[draw(3)]!,
      }),
    read: (content) => RESULT.decode(content),
  },
];

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
import {
  CLOSING,
  OPENING,
  PUBLICATION,
  REPLIES,
  REQUESTS,
  TAKEN,
  UNBLOCKING,
} from "../../src/forward/messages.ts";
import {
  decodeMessage,
  encodeMessage,
} from "../../src/transport/message_codec.ts";
import type { Draw } from "./payload_values.ts";
import { drawBytes, drawMessage, drawNumber } from "./peer_messages.ts";

/** How contents of a kind of frame are made and read. */
export interface FuzzedContent {
  readonly kind: FrameKind;
  /** A sound one. */
  readonly make: (draw: Draw) => Uint8Array;
  /** Reads one; throws a `PeerError` when it is not sound. */
  readonly read: (content: Uint8Array) => unknown;
}

function exactly(draw: Draw, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => draw(256));
}

function word(draw: Draw): string {
  return ["a", "größe", "0123456789abcdef", "x".repeat(64)][draw(4)]!;
}

/** All kinds; Raft's messages are of many themselves, and come more often. */
export const CONTENTS: readonly FuzzedContent[] = [
  ...Array.from({ length: 8 }, (): FuzzedContent => ({
    kind: "message",
    make: (draw) => encodeMessage(drawMessage(draw)),
    read: (content) => decodeMessage(content),
  })),
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
        clientPort: draw(65_536),
        tlsPort: draw(65_536),
        forwardPort: draw(65_536),
        address: word(draw),
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
  {
    kind: "channelOpening",
    make: (draw) =>
      OPENING.encode({
        channel: drawNumber(draw),
        user: word(draw),
        name: word(draw),
        address: word(draw),
        localAddress: word(draw),
        libraryName: word(draw),
        libraryVersion: word(draw),
      }),
    read: (content) => OPENING.decode(content),
  },
  {
    kind: "requests",
    make: (draw) =>
      REQUESTS.encode({
        channel: drawNumber(draw),
        bytes: drawBytes(draw, 300),
        isFirst: draw(2) === 0,
        isLast: draw(2) === 0,
        database: draw(16),
        isResp3: draw(2) === 0,
        isNoTouch: draw(2) === 0,
        isTransaction: draw(2) === 0,
        watched: drawBytes(draw, 50),
        index: drawNumber(draw),
      }),
    read: (content) => REQUESTS.decode(content),
  },
  {
    kind: "repliesTaken",
    make: (draw) =>
      TAKEN.encode({ channel: drawNumber(draw), bytes: drawNumber(draw) }),
    read: (content) => TAKEN.decode(content),
  },
  {
    kind: "unblocking",
    make: (draw) =>
      UNBLOCKING.encode({ channel: drawNumber(draw), isError: draw(2) === 0 }),
    read: (content) => UNBLOCKING.decode(content),
  },
  {
    kind: "publication",
    make: (draw) =>
      PUBLICATION.encode({
        channel: drawBytes(draw, 50),
        message: drawBytes(draw, 300),
        isShard: draw(2) === 0,
      }),
    read: (content) => PUBLICATION.decode(content),
  },
  {
    kind: "channelClosing",
    make: (draw) => CLOSING.encode({ channel: drawNumber(draw) }),
    read: (content) => CLOSING.decode(content),
  },
  {
    kind: "replies",
    make: (draw) =>
      REPLIES.encode({
        channel: drawNumber(draw),
        bytes: drawBytes(draw, 300),
        end: (["more", "done", "closed"] as const)[draw(3)]!,
        database: draw(16),
      }),
    read: (content) => REPLIES.decode(content),
  },
];

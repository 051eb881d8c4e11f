/**
 * What a message may hold up: messages of different lanes wait for each other nowhere,
 * neither on their way nor for their turn, so that nothing large is in front of a
 * sign of life.
 *
 * @module
 */

import type { PeerMessage, SnapshotMessage } from "./message.ts";

/** The lanes, most urgent first. */
export const RAFT_LANES = ["control", "append", "snapshot", "other"] as const;

/** Name of a lane. */
export type RaftLane = typeof RAFT_LANES[number];

/** Messages but those that come with a snapshot. */
export type PlainMessage = Exclude<PeerMessage, SnapshotMessage>;

/** Lanes that carry all of their messages themselves. */
export type PlainLane = Exclude<RaftLane, "snapshot">;

const LANE_OF_KIND: Readonly<
  & Record<PlainMessage["kind"], PlainLane>
  & Record<SnapshotMessage["kind"], "snapshot">
> = {
  "vote": "control",
  "pre-vote": "control",
  "vote-response": "control",
  "pre-vote-response": "control",
  "timeout-now": "control",
  "heartbeat": "control",
  "heartbeat-response": "control",
  "read-index": "control",
  "read-index-response": "control",
  "append": "append",
  "append-response": "append",
  "append-rejection": "append",
  "snapshot": "snapshot",
  "transfer-leadership": "other",
  "proposal": "other",
};

/** The lane of `message`. */
export function laneOf(message: PlainMessage): PlainLane;
/** The lane of `message`. */
export function laneOf(message: PeerMessage): RaftLane;
export function laneOf(message: PeerMessage): RaftLane {
  return LANE_OF_KIND[message.kind];
}

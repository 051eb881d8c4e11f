/**
 * Lanes: connections of their own between two nodes, so that a snapshot or a heavy
 * batch of entries is never in front of a heartbeat. The lane of clients is not Raft's:
 * it leads to a port of its own, see `src/forward`.
 *
 * @module
 */

import {
  APPEND_LANE_BYTES_MAX,
  APPEND_LANE_MESSAGES_MAX,
  CONTROL_LANE_MESSAGES_MAX,
  FORWARD_BYTES_MAX,
  FORWARD_CHANNELS_MAX,
  OTHER_LANE_MESSAGES_MAX,
  PEER_FRAME_BYTES_MAX,
  SMALL_LANE_BYTES_MAX,
  SNAPSHOT_CHUNK_BYTES,
  SNAPSHOT_LANE_MESSAGES_MAX,
} from "../config/mod.ts";
import { RAFT_LANES } from "../raft/mod.ts";

/** The lanes; a lane's place is its number in a handshake. */
export const LANES = [...RAFT_LANES, "clients"] as const;

/** Name of a lane. */
export type Lane = typeof LANES[number];

/** What may wait on a lane. */
export interface LaneBounds {
  /** Messages. */
  readonly messages: number;
  /** Bytes of their contents. */
  readonly bytes: number;
  /** Bytes of one content; the receiver refuses larger ones. */
  readonly messageBytes: number;
}

/**
 * Bounds of the lanes. What waits for the lane of snapshots is only named, not held; on
 * that of clients a message is a channel, and its bytes those under way.
 */
export const LANE_BOUNDS: Readonly<Record<Lane, LaneBounds>> = {
  control: {
    messages: CONTROL_LANE_MESSAGES_MAX,
    bytes: SMALL_LANE_BYTES_MAX,
    messageBytes: SMALL_LANE_BYTES_MAX,
  },
  append: {
    messages: APPEND_LANE_MESSAGES_MAX,
    bytes: APPEND_LANE_BYTES_MAX,
    messageBytes: PEER_FRAME_BYTES_MAX,
  },
  snapshot: {
    messages: SNAPSHOT_LANE_MESSAGES_MAX,
    bytes: SMALL_LANE_BYTES_MAX,
    messageBytes: 2 * SNAPSHOT_CHUNK_BYTES,
  },
  clients: {
    messages: FORWARD_CHANNELS_MAX,
    bytes: FORWARD_BYTES_MAX,
    messageBytes: PEER_FRAME_BYTES_MAX,
  },
  other: {
    messages: OTHER_LANE_MESSAGES_MAX,
    bytes: APPEND_LANE_BYTES_MAX,
    messageBytes: PEER_FRAME_BYTES_MAX,
  },
};

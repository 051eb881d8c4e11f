/**
 * What the transport counts.
 *
 * @module
 */

import type { PeerProblem } from "../base/mod.ts";
import { type Lane, LANES } from "./lane.ts";

/** Why a message was not sent. */
export type DropReason =
  /** The lane had as many messages as it may. */
  | "full"
  /** It had as many bytes. */
  | "bytes"
  /** There is no connection, and the last attempt failed. */
  | "unreachable"
  /** The peer was removed while it waited. */
  | "removed";

/** Counts of one lane to, and from, one node. */
export interface LaneCounts {
  /**
   * Messages that wait now; on the lane of snapshots, with the one on its way. On that of
   * clients, batches of requests that have not been answered.
   */
  waiting: number;
  /** Bytes of their contents; none on the lane of snapshots. */
  waitingBytes: number;
  /** Messages handed to connections; snapshots that were taken; frames of clients. */
  sent: number;
  /** Bytes of their contents. */
  sentBytes: number;
  /** Messages that came. */
  received: number;
  /** Bytes of their contents. */
  receivedBytes: number;
  /** Messages that were not sent, by reason. */
  readonly dropped: Record<DropReason, number>;
  /** Connections made to the node. */
  connects: number;
  /** Attempts that failed, and connections that ended. */
  failures: number;
}

/** Counts of one node, by lane. */
export type PeerCounts = Readonly<Record<Lane, LaneCounts>>;

/** All counts. */
export interface TransportCounts {
  /** By node id; a removed node keeps its own. */
  readonly peers: Map<number, PeerCounts>;
  /** Connections by others that were refused or ended, by problem. */
  readonly refused: Map<PeerProblem, number>;
  /** Accepted connections that have not proved themselves. */
  halfOpen: number;
  /** Accepted connections that have. */
  accepted: number;
}

/** Nothing counted. */
export function noCounts(): TransportCounts {
  return { peers: new Map(), refused: new Map(), halfOpen: 0, accepted: 0 };
}

function laneCounts(): LaneCounts {
  return {
    waiting: 0,
    waitingBytes: 0,
    sent: 0,
    sentBytes: 0,
    received: 0,
    receivedBytes: 0,
    dropped: { full: 0, bytes: 0, unreachable: 0, removed: 0 },
    connects: 0,
    failures: 0,
  };
}

/** Counts of `node`, made with the first use. */
export function countsOf(counts: TransportCounts, node: number): PeerCounts {
  const found = counts.peers.get(node);
  if (found !== undefined) return found;
  const made = Object.fromEntries(
    LANES.map((lane) => [lane, laneCounts()]),
  ) as Record<Lane, LaneCounts>;
  counts.peers.set(node, made);
  return made;
}

/**
 * What the replicas of a simulation are told.
 *
 * @module
 */

import { COMMIT_NEWS_MS } from "../../../src/config/mod.ts";
import type { ReplicaOptions } from "../../../src/replica/mod.ts";
import type { MemberSettings } from "./settings.ts";

/** Name of the group. */
export const CLUSTER = "simulated";

/** Ticks of the shortest election timeout. */
export const ELECTION_TICKS = 10;

/** Log kept for a node that catches up: a snapshot must not be too old when it arrives. */
const CATCH_UP_BYTES = 200_000;

/** Options of node `id` of a group that began with `voters`. */
export function replicaOptions(
  id: number,
  voters: readonly number[],
  trustsLog: boolean,
  { driftMax, fsync, replica, tickMs }: MemberSettings,
): ReplicaOptions {
  return {
    nodeId: id,
    voters,
    fsync,
    tickMs,
    electionTicks: ELECTION_TICKS,
    proposedBytesMax: replica.proposedBytesMax,
    applyingBytesMax: replica.applyingBytesMax,
    snapshotBytes: replica.snapshotBytes,
    group: {
      cluster: CLUSTER,
      mayBegin: false,
      trustsLog,
      incomingMessagesMax: replica.incomingMessagesMax,
      incomingBytesMax: 100_000,
      appendBytesMax: replica.appendBytesMax,
      inflightAppendsMax: replica.inflightAppendsMax,
      inflightBytesMax: 100_000,
      commitNewsMs: COMMIT_NEWS_MS,
      retainedBytesMax: replica.retainedBytesMax,
      catchUpBytesMax: Math.max(replica.retainedBytesMax, CATCH_UP_BYTES),
      leaseDriftMax: driftMax,
      leaseSlackMs: tickMs,
    },
  };
}

/**
 * What a node tells its replica of the options that it was started with.
 *
 * @module
 */

import {
  APPEND_BYTES_MAX,
  APPLYING_BYTES_MAX,
  CATCH_UP_BYTES_MAX,
  COMMIT_NEWS_MS,
  ELECTION_TICKS,
  type GroupSettings,
  INCOMING_BYTES_MAX,
  INCOMING_MESSAGES_MAX,
  INFLIGHT_APPENDS_MAX,
  INFLIGHT_BYTES_MAX,
  LEASE_DRIFT_PER_MILLE,
  LEASE_SLACK_MS,
  type Options,
  PROPOSED_BYTES_MAX,
  RAFT_TICK_MS,
  RETAINED_BYTES_MAX,
} from "../config/mod.ts";
import type { GroupOptions } from "./group_options.ts";
import type { ReplicaOptions } from "./options.ts";

/** This node's id while it is alone. */
const SOLE_NODE_ID = 1;

/** The options of the replica of a node that was started with `options`. */
export function replicaOptions(options: Options): ReplicaOptions {
  const { fsync, group, snapshotBytes, trustsLog } = options;
  const common = {
    fsync,
    tickMs: RAFT_TICK_MS,
    electionTicks: ELECTION_TICKS,
    proposedBytesMax: PROPOSED_BYTES_MAX,
    applyingBytesMax: APPLYING_BYTES_MAX,
    snapshotBytes,
  };
  if (group === undefined) {
    return { ...common, nodeId: SOLE_NODE_ID, voters: [SOLE_NODE_ID] };
  }
  const { nodeId, isJoining, peers } = group;
  return {
    ...common,
    nodeId,
    voters: isJoining ? [] : peers.map((peer) => peer.nodeId),
    group: groupOptions(group, trustsLog),
  };
}

function groupOptions(
  { cluster }: GroupSettings,
  trustsLog: boolean,
): GroupOptions {
  return {
    cluster,
    mayBegin: true,
    trustsLog,
    incomingMessagesMax: INCOMING_MESSAGES_MAX,
    incomingBytesMax: INCOMING_BYTES_MAX,
    appendBytesMax: APPEND_BYTES_MAX,
    inflightAppendsMax: INFLIGHT_APPENDS_MAX,
    inflightBytesMax: INFLIGHT_BYTES_MAX,
    commitNewsMs: COMMIT_NEWS_MS,
    retainedBytesMax: RETAINED_BYTES_MAX,
    catchUpBytesMax: CATCH_UP_BYTES_MAX,
    leaseDriftMax: LEASE_DRIFT_PER_MILLE / 1000,
    leaseSlackMs: LEASE_SLACK_MS,
  };
}

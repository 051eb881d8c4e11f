/**
 * Commands by which clients of Redis Cluster see a group: the leader is the master of
 * all slots, the other members are its replicas.
 *
 * Source: https://redis.io/commands/?group=cluster
 *
 * @module
 */

import {
  CLUSTER_DISABLED,
  fixedMembers,
  fixedSlots,
  OK,
  type Reply,
} from "../../../resp/mod.ts";
import { container } from "../container.ts";
import { type HostCall, type HostReply, lower } from "../context.ts";
import { facts } from "./facts.ts";
import { countKeysInSlot, getKeysInSlot, keySlotOf } from "./keys.ts";
import {
  countFailureReports,
  links,
  myId,
  myShardId,
  nodes,
  replicas,
} from "./nodes.ts";
import { shards, slots } from "./slots.ts";

export { replicationFields, role } from "./replication.ts";
export { rosterFor } from "./roster.ts";
export { type ClusterNode, type ClusterView, isLeading } from "./view.ts";

function maybeDisabled({ server }: HostCall): Reply | undefined {
  return server.cluster.isEnabled ? undefined : CLUSTER_DISABLED;
}

/** Slots go with the lead, and epochs are Raft's terms. */
function refuseSlots(call: HostCall): Reply {
  return fixedSlots(lower(call, 1));
}

/** Members are the log's. */
function refuseMembers(call: HostCall): Reply {
  return fixedMembers(lower(call, 1));
}

/** `CLUSTER subcommand …` */
export const cluster = container("cluster", {
  addslots: refuseSlots,
  addslotsrange: refuseSlots,
  bumpepoch: refuseSlots,
  "count-failure-reports": countFailureReports,
  countkeysinslot: countKeysInSlot,
  delslots: refuseSlots,
  delslotsrange: refuseSlots,
  failover: refuseMembers,
  flushslots: refuseSlots,
  forget: refuseMembers,
  getkeysinslot: getKeysInSlot,
  info: facts,
  keyslot: keySlotOf,
  links,
  meet: refuseMembers,
  myid: myId,
  myshardid: myShardId,
  nodes,
  replicas,
  replicate: refuseMembers,
  reset: refuseMembers,
  // Members are in the log, which keeps them.
  saveconfig: () => OK,
  "set-config-epoch": refuseSlots,
  setslot: refuseSlots,
  shards,
  slaves: replicas,
  slots,
}, maybeDisabled);

/** Sets whether the client's reads may be answered by a node that does not lead. */
function setReplicaReads(call: HostCall, isOn: boolean): HostReply {
  const disabled = maybeDisabled(call);
  if (disabled !== undefined) return disabled;
  call.session.readsReplica = isOn;
  return OK;
}

/** `READONLY` */
export function readonly(call: HostCall): HostReply {
  return setReplicaReads(call, true);
}

/** `READWRITE` */
export function readwrite(call: HostCall): HostReply {
  return setReplicaReads(call, false);
}

/** `ASKING`: no slot is ever on its way from one node to another. */
export function asking(call: HostCall): HostReply {
  return maybeDisabled(call) ?? OK;
}

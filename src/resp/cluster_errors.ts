/**
 * Errors of the commands about a cluster, with the texts of Redis 7 where it has them.
 *
 * @module
 */

import { error, type Reply } from "./reply.ts";

/** The node was started without `--cluster-protocol`. */
export const CLUSTER_DISABLED: Reply = error(
  "ERR This instance has cluster support disabled",
);

/** There is no such slot. */
export const INVALID_SLOT: Reply = error("ERR Invalid slot");

/** There is no such slot, or a number of keys below zero is asked for. */
export const INVALID_SLOT_OR_COUNT: Reply = error(
  "ERR Invalid slot or number of keys",
);

/** No member has this name. */
export function unknownNode(name: string): Reply {
  return error(`ERR Unknown node ${name}`);
}

/** The member has no replicas, as it does not lead. */
export const NODE_IS_NO_MASTER: Reply = error(
  "ERR The specified node is not a master",
);

/** CLUSTER ADDSLOTS and the like; `subcommand` in lower case. */
export function fixedSlots(subcommand: string): Reply {
  return error(
    `ERR CLUSTER ${subcommand.toUpperCase()} is not served: ` +
      "who leads the group holds all slots",
  );
}

/** CLUSTER MEET and the like; `subcommand` in lower case. */
export function fixedMembers(subcommand: string): Reply {
  return error(
    `ERR CLUSTER ${subcommand.toUpperCase()} is not served: ` +
      "LANE.CLUSTER changes the members of the group",
  );
}

/** The keys of `slot` are on the node that takes clients at `host` and `port`. */
export function moved(slot: number, host: string, port: number): Reply {
  return error(`MOVED ${slot} ${host}:${port}`);
}

/** Nobody is known to lead, or where the leader takes clients. */
export const CLUSTERDOWN: Reply = error("CLUSTERDOWN The cluster is down");

// -- WAIT and WAITAOF --

/** WAIT where this node does not lead. */
export const WAIT_ON_REPLICA: Reply = error(
  "ERR WAIT cannot be used with replica instances. Please also note that " +
    "since Redis 4.0 if a replica is configured to be writable (which is not " +
    "the default) writes to replicas are just local and are not propagated.",
);

/** WAITAOF where this node does not lead. */
export const WAITAOF_ON_REPLICA: Reply = error(
  "ERR WAITAOF cannot be used with replica instances. Please also note that " +
    "writes to replicas are just local and are not propagated.",
);

/** There is one local node. */
export const WAITAOF_NUMLOCAL: Reply = error(
  "ERR value is out of range, value must between 0 and 1",
);

/** CLIENT UNBLOCK has ended a wait with an error. */
export const CLIENT_UNBLOCKED: Reply = error(
  "UNBLOCKED client unblocked via CLIENT UNBLOCK",
);

/** This node leads no more. */
export const STATE_CHANGED: Reply = error(
  "UNBLOCKED force unblock from blocking operation, instance state changed " +
    "(master -> replica?)",
);

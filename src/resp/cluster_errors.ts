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
      "the members of the group are given at its start",
  );
}

/** The keys of `slot` are on the node that takes clients at `host` and `port`. */
export function moved(slot: number, host: string, port: number): Reply {
  return error(`MOVED ${slot} ${host}:${port}`);
}

/** Nobody is known to lead, or where the leader takes clients. */
export const CLUSTERDOWN: Reply = error("CLUSTERDOWN The cluster is down");

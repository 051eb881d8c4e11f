/**
 * CLUSTER INFO.
 *
 * Source: https://redis.io/commands/cluster-info/
 *
 * @module
 */

import { SLOTS } from "../../../base/mod.ts";
import { type Reply, verbatim } from "../../../resp/mod.ts";
import type { HostCall } from "../context.ts";

/** `CLUSTER INFO`: the group is well while this node knows who leads it. */
export function facts({ server }: HostCall): Reply {
  const { lastLeaderId, leaderId, nodes, term } = server.cluster;
  const assigned = lastLeaderId === 0 ? 0 : SLOTS;
  const served = leaderId === 0 ? 0 : SLOTS;
  const fields: readonly (readonly [string, string | number])[] = [
    ["cluster_state", served === 0 ? "fail" : "ok"],
    ["cluster_slots_assigned", assigned],
    ["cluster_slots_ok", served],
    ["cluster_slots_pfail", 0],
    ["cluster_slots_fail", assigned - served],
    ["cluster_known_nodes", nodes.length],
    ["cluster_size", assigned === 0 ? 0 : 1],
    ["cluster_current_epoch", term],
    ["cluster_my_epoch", term],
  ];
  return verbatim(
    fields.map(([name, value]) => `${name}:${value}\r\n`).join(""),
  );
}

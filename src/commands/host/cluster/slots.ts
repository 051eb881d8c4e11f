/**
 * Who serves which slots: CLUSTER SLOTS and CLUSTER SHARDS.
 *
 * Sources: https://redis.io/commands/cluster-slots/,
 * https://redis.io/commands/cluster-shards/
 *
 * @module
 */

import { SLOTS } from "../../../base/mod.ts";
import {
  array,
  bulk,
  integer,
  map,
  record,
  type Reply,
} from "../../../resp/mod.ts";
import type { HostCall } from "../context.ts";
import {
  isReachable,
  type Roster,
  rosterFor,
  type ShownNode,
} from "./roster.ts";
import type { ClusterView } from "./view.ts";

function nodeOfSlots({ host, name, port }: ShownNode): Reply {
  // Behind the name Redis tells other names of the node, which it has none of.
  return array([bulk(host), integer(port), bulk(name), map([])]);
}

/** `CLUSTER SLOTS`: no slots while it is not known where their holder takes clients. */
export function slots(call: HostCall): Reply {
  const { master, replicas } = rosterFor(call);
  if (master === undefined || master.port === 0) return array([]);
  const nodes = [master, ...replicas.filter(isReachable)].map(nodeOfSlots);
  return array([array([integer(0), integer(SLOTS - 1), ...nodes])]);
}

function offsetOf(view: ClusterView, node: ShownNode): number {
  if (node.isOwn) return view.appliedIndex;
  return view.heldIndex(node.id) ?? 0;
}

function nodeOfShard(view: ClusterView, node: ShownNode): Reply {
  const isOnline = node.isOwn || node.connectedMs !== 0;
  return record({
    id: bulk(node.name),
    ...(node.clientPort === 0 ? {} : { port: integer(node.clientPort) }),
    ...(node.tlsPort === 0 ? {} : { "tls-port": integer(node.tlsPort) }),
    ip: bulk(node.host),
    endpoint: bulk(node.host),
    role: bulk(node.isMaster ? "master" : "replica"),
    "replication-offset": integer(offsetOf(view, node)),
    health: bulk(isOnline ? "online" : "fail"),
  });
}

function shard(view: ClusterView, { master, replicas }: Roster): Reply {
  const bounds = master === undefined ? [] : [integer(0), integer(SLOTS - 1)];
  const nodes = master === undefined ? replicas : [master, ...replicas];
  return record({
    slots: array(bounds),
    nodes: array(nodes.map((node) => nodeOfShard(view, node))),
  });
}

/** `CLUSTER SHARDS` */
export function shards(call: HostCall): Reply {
  return array([shard(call.server.cluster, rosterFor(call))]);
}

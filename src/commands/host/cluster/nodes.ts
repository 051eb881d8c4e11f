/**
 * The members one by one: CLUSTER NODES, REPLICAS, SLAVES, LINKS, MYID, MYSHARDID,
 * COUNT-FAILURE-REPORTS.
 *
 * Source: https://redis.io/commands/cluster-nodes/
 *
 * @module
 */

import { SLOTS } from "../../../base/mod.ts";
import {
  array,
  bulk,
  integer,
  NODE_IS_NO_MASTER,
  record,
  type Reply,
  unknownNode,
  verbatim,
} from "../../../resp/mod.ts";
import { type HostCall, word } from "../context.ts";
import { nodeName, shardName } from "./names.ts";
import { type Roster, rosterFor, type ShownNode } from "./roster.ts";

function flagsOf(node: ShownNode): string {
  return [
    node.isOwn ? "myself" : "",
    node.isMaster ? "master" : "slave",
    node.isOwn || node.connectedMs !== 0 ? "" : "fail?",
    node.clientPort === 0 ? "noaddr" : "",
    node.isVoter ? "" : "nofailover",
  ].filter((flag) => flag !== "").join(",");
}

/** A node's line, without its end. */
function lineOf(node: ShownNode, { master }: Roster, term: number): string {
  const isConnected = node.isOwn || node.connectedMs !== 0;
  const fields = [
    node.name,
    `${node.host}:${node.port}@${node.peerPort}`,
    flagsOf(node),
    node.isMaster ? "-" : master?.name ?? "-",
    // Nodes notice each other's end by their connections: no ping waits, no pong is noted.
    "0 0",
    `${term}`,
    isConnected ? "connected" : "disconnected",
  ];
  if (node.isMaster) fields.push(`0-${SLOTS - 1}`);
  return fields.join(" ");
}

/** `CLUSTER NODES` */
export function nodes(call: HostCall): Reply {
  const roster = rosterFor(call);
  const { term } = call.server.cluster;
  const lines = roster.nodes.map((node) => `${lineOf(node, roster, term)}\n`);
  return verbatim(lines.join(""));
}

/** Runs `then` with the node that argument 2 names. */
function withNode(
  call: HostCall,
  then: (node: ShownNode, roster: Roster) => Reply,
): Reply {
  const roster = rosterFor(call);
  const name = word(call, 2);
  const node = roster.nodes.find((node) => node.name === name);
  return node === undefined ? unknownNode(name) : then(node, roster);
}

/** `CLUSTER REPLICAS node-id`, `CLUSTER SLAVES node-id` */
export function replicas(call: HostCall): Reply {
  const { term } = call.server.cluster;
  return withNode(call, (node, roster) => {
    if (!node.isMaster) return NODE_IS_NO_MASTER;
    return array(
      roster.replicas.map((replica) => bulk(lineOf(replica, roster, term))),
    );
  });
}

/** `CLUSTER COUNT-FAILURE-REPORTS node-id`: nodes send each other no such reports. */
export function countFailureReports(call: HostCall): Reply {
  return withNode(call, () => integer(0));
}

function link(node: ShownNode, direction: "to" | "from"): Reply {
  return record({
    direction: bulk(direction),
    node: bulk(node.name),
    "create-time": integer(node.connectedMs),
    events: bulk("r"),
    "send-buffer-allocated": integer(0),
    "send-buffer-used": integer(0),
  });
}

/** `CLUSTER LINKS`: two for each node that there is a connection to. */
export function links(call: HostCall): Reply {
  const others = rosterFor(call).nodes.filter(({ connectedMs, isOwn }) =>
    !isOwn && connectedMs !== 0
  );
  return array(
    others.flatMap((node) => [link(node, "to"), link(node, "from")]),
  );
}

/** `CLUSTER MYID` */
export function myId({ server }: HostCall): Reply {
  return bulk(nodeName(server.cluster.name, server.cluster.ownId));
}

/** `CLUSTER MYSHARDID` */
export function myShardId({ server }: HostCall): Reply {
  return bulk(shardName(server.cluster.name));
}

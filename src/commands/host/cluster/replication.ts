/**
 * The group as Redis's replication: the leader is the master, the members that it is
 * connected to are its replicas, and offsets are indexes of the log.
 *
 * Sources: https://redis.io/commands/role/, https://redis.io/commands/info/
 *
 * @module
 */

import { array, bulk, integer, type Reply } from "../../../resp/mod.ts";
import type { HostCall } from "../context.ts";
import { shardName } from "./names.ts";
import { type Roster, rosterFor, type ShownNode } from "./roster.ts";
import { type ClusterView, isLeading } from "./view.ts";

/** A replica as its master knows it. */
interface Replica {
  readonly node: ShownNode;
  /** Index up to which it has the log. */
  readonly offset: number;
}

/** Those that the leader is connected to and has heard of. */
function replicasOf(view: ClusterView, { nodes }: Roster): Replica[] {
  return nodes.filter(({ connectedMs, isOwn }) => !isOwn && connectedMs !== 0)
    .map((node) => ({ node, offset: view.heldIndex(node.id) ?? 0 }));
}

/** Whether this node hears the one that leads. */
function isLinked({ leaderId }: ClusterView, { nodes }: Roster): boolean {
  return nodes.some(({ connectedMs, id }) =>
    id === leaderId && connectedMs !== 0
  );
}

/** `ROLE` */
export function role(call: HostCall): Reply {
  const view = call.server.cluster;
  const roster = rosterFor(call);
  if (isLeading(view)) {
    const replicas = replicasOf(view, roster).map(({ node, offset }) =>
      array([bulk(node.host), bulk(`${node.clientPort}`), bulk(`${offset}`)])
    );
    const offset = integer(view.appliedIndex);
    return array([bulk("master"), offset, array(replicas)]);
  }
  const { master } = roster;
  return array([
    bulk("slave"),
    bulk(master?.host ?? ""),
    integer(master?.clientPort ?? 0),
    bulk(isLinked(view, roster) ? "connected" : "connect"),
    integer(view.appliedIndex),
  ]);
}

type Fields = (readonly [name: string, value: string | number])[];

function leaderFields(view: ClusterView, roster: Roster): Fields {
  const replicas = replicasOf(view, roster);
  return [
    ["role", "master"],
    ["connected_slaves", replicas.length],
    ...replicas.map(({ node, offset }, place) =>
      [
        `slave${place}`,
        `ip=${node.host},port=${node.clientPort},state=online,` +
        `offset=${offset},lag=0`,
      ] as const
    ),
  ];
}

function followerFields(view: ClusterView, roster: Roster): Fields {
  const { master, nodes } = roster;
  const isUp = isLinked(view, roster);
  const isVoter = nodes.some((node) => node.isOwn && node.isVoter);
  return [
    ["role", "slave"],
    ["master_host", master?.host ?? ""],
    ["master_port", master?.clientPort ?? 0],
    ["master_link_status", isUp ? "up" : "down"],
    // Who is known to lead has been heard of within an election timeout.
    ["master_last_io_seconds_ago", isUp ? 0 : -1],
    ["master_sync_in_progress", 0],
    ["slave_read_repl_offset", view.appliedIndex],
    ["slave_repl_offset", view.appliedIndex],
    // One that does not vote is never elected.
    ["slave_priority", isVoter ? 100 : 0],
    ["slave_read_only", 1],
    ["replica_announced", 1],
    ["connected_slaves", 0],
  ];
}

/** INFO's section about replication; `runId`: what stands for the history of a node alone. */
export function replicationFields(view: ClusterView, runId: string): Fields {
  const roster = rosterFor({
    client: { isTls: false, localAddress: "" },
    server: { cluster: view },
  });
  return [
    ...isLeading(view)
      ? leaderFields(view, roster)
      : followerFields(view, roster),
    ["master_failover_state", "no-failover"],
    ["master_replid", view.name === "" ? runId : shardName(view.name)],
    ["master_replid2", "0".repeat(runId.length)],
    ["master_repl_offset", view.appliedIndex],
    ["second_repl_offset", -1],
    ["repl_backlog_active", 0],
    ["raft_node_id", view.ownId],
    ["raft_leader", view.leaderId],
    ["raft_term", view.term],
  ];
}

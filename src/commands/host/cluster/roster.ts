/**
 * The members of the group with the names, addresses and parts that clients of Redis
 * Cluster know: the leader is the master of all slots, the others are its replicas.
 *
 * While nobody is known to lead, who led last stays the master, as in Redis until a
 * replica has taken over.
 *
 * @module
 */

import type { HostClient, HostServer } from "../context.ts";
import { nodeName } from "./names.ts";
import type { ClusterNode } from "./view.ts";

/** A member for clients. */
export interface ShownNode extends ClusterNode {
  /** Forty hexadecimal digits. */
  readonly name: string;
  /** Port that a client reaches it at by the way it has come here; 0 = not known, or none. */
  readonly port: number;
  /** Whether it is the node that answers. */
  readonly isOwn: boolean;
  /** Whether it holds the slots. */
  readonly isMaster: boolean;
}

/** The members for clients. */
export interface Roster {
  /** All of them, by rising id. */
  readonly nodes: readonly ShownNode[];
  /** Who holds the slots, if it is known. */
  readonly master: ShownNode | undefined;
  /** The others. */
  readonly replicas: readonly ShownNode[];
}

/** Host of `host:port` or `[host]:port`. */
function hostOfEndpoint(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

/** Who asks, and of what group. */
export interface RosterRequest {
  /** The client. */
  readonly client: Pick<HostClient, "isTls" | "localAddress">;
  /** The server. */
  readonly server: Pick<HostServer, "cluster">;
}

/** The members for the client that calls. */
export function rosterFor({ client, server }: RosterRequest): Roster {
  const view = server.cluster;
  const nodes = view.nodes.map((node) => ({
    ...node,
    host: node.host === "" ? hostOfEndpoint(client.localAddress) : node.host,
    name: nodeName(view.name, node.id),
    port: client.isTls ? node.tlsPort : node.clientPort,
    isOwn: node.id === view.ownId,
    isMaster: node.id === view.lastLeaderId,
  }));
  return {
    nodes,
    master: nodes.find(({ isMaster }) => isMaster),
    replicas: nodes.filter(({ isMaster }) => !isMaster),
  };
}

/** Whether clients may be sent to `node`, as far as this node knows. */
export function isReachable(node: ShownNode): boolean {
  return node.port !== 0 && (node.isOwn || node.connectedMs !== 0);
}

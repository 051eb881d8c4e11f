/**
 * What each node of a group on this machine is started with.
 *
 * @module
 */

import type { ClusterOptions } from "./options.ts";
import { LOOPBACK } from "./ports.ts";

/** One node. */
export interface NodePlan {
  /** Its id. */
  readonly id: number;
  /** Its client port. */
  readonly port: number;
  /** Port of its metrics. */
  readonly adminPort: number;
  /** Its flags. */
  readonly flags: readonly string[];
}

/** Ports of all nodes, as many of each as there are nodes. */
export interface ClusterPorts {
  /** For clients. */
  readonly client: readonly number[];
  /** For metrics. */
  readonly admin: readonly number[];
  /** For the other nodes. */
  readonly raft: readonly number[];
}

/** The nodes of `options`, at `ports`, each with a directory of its own below `dir`. */
export function planNodes(
  options: ClusterOptions,
  ports: ClusterPorts,
  dir: string,
): NodePlan[] {
  const addresses = ports.raft.map((port) => `${LOOPBACK}:${port}`);
  const peers = addresses.map((address, at) => `${at + 1}@${address}`);
  return addresses.map((address, at) => ({
    id: at + 1,
    port: ports.client[at]!,
    adminPort: ports.admin[at]!,
    flags: [
      ...options.nodeFlags,
      `--bind=${LOOPBACK}`,
      `--port=${ports.client[at]}`,
      "--tls-port=0",
      `--admin-port=${ports.admin[at]}`,
      `--storage=fs:${dir}/node-${at + 1}`,
      "--log-level=notice",
      `--node-id=${at + 1}`,
      `--raft-bind=${address}`,
      `--peers=${peers.join()}`,
      "--join=no",
    ],
  }));
}

/**
 * What a member of a group of nodes is started with.
 *
 * @module
 */

import { PEER_NAME_BYTES_MAX, PEERS_MAX } from "./peer_limits.ts";
import type { Values } from "./values.ts";

/** What reads in a group may see; see the README for what each promises. */
export type ReadConsistency = "lease" | "read-index" | "stale";

/** Where nodes reach each other. */
export interface NodeAddress {
  /** Name or address of the host. */
  readonly hostname: string;
  /** TCP port. */
  readonly port: number;
}

/** A node of a group, and where it is. */
export interface PeerSettings extends NodeAddress {
  /** Its id. */
  readonly nodeId: number;
}

/** Files of what nodes prove to each other who they are with, all PEM. */
export interface PeerTlsFiles {
  /** This node's certificate, and those between it and the authority. */
  readonly certFile: string;
  /** Its private key. */
  readonly keyFile: string;
  /** The authority's certificate. */
  readonly caFile: string;
}

/** A member's settings. */
export interface GroupSettings {
  /** This node's id. */
  readonly nodeId: number;
  /** Where it listens for the others. */
  readonly raftBind: NodeAddress;
  /** Port on that host for requests that other nodes forward; 0 picks one. */
  readonly forwardPort: number;
  /** All nodes that are known at the start, this one among them. */
  readonly peers: readonly PeerSettings[];
  /** Whether the group is there already, and takes this node in. */
  readonly isJoining: boolean;
  /** The group's name. */
  readonly cluster: string;
  /** What its nodes know; empty = nothing. */
  readonly secret: string;
  /** TLS between the nodes; undefined = none. */
  readonly tls: PeerTlsFiles | undefined;
  /** What reads may see. */
  readonly readConsistency: ReadConsistency;
}

/** The address in `text`, such as `10.0.0.1:7000`, `host:7000` or `[::1]:7000`. */
export function parseAddress(text: string): NodeAddress | undefined {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:@,]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { hostname: match[1] ?? match[2]!, port };
}

/** `address` as {@linkcode parseAddress} reads it. */
export function addressText({ hostname, port }: NodeAddress): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

function parsePeer(text: string): PeerSettings | undefined {
  const match = /^(\d{1,15})@(.+)$/.exec(text.trim());
  const address = match === null ? undefined : parseAddress(match[2]!);
  const nodeId = Number(match?.[1]);
  if (address === undefined || address.port === 0 || nodeId === 0) {
    return undefined;
  }
  return { nodeId, ...address };
}

function peersOf(values: Values, nodeId: number): PeerSettings[] {
  const wanted = "ID@HOST:PORT,… with different ids from 1 on";
  const peers = values.text("peers").split(",").map((text) =>
    parsePeer(text) ?? values.bad("peers", wanted)
  );
  const ids = new Set(peers.map((peer) => peer.nodeId));
  if (ids.size < peers.length) values.bad("peers", wanted);
  if (peers.length > PEERS_MAX) {
    values.bad("peers", `at most ${PEERS_MAX} nodes`);
  }
  if (!ids.has(nodeId)) values.bad("peers", `a list with node ${nodeId} in it`);
  // The same order on all nodes: the log of a new group begins with them.
  return peers.sort((one, other) => one.nodeId - other.nodeId);
}

const TLS_FLAGS = ["peer-tls-cert", "peer-tls-key", "peer-tls-ca"] as const;

function tlsOf(values: Values): PeerTlsFiles | undefined {
  const files = TLS_FLAGS.map((name) => values.text(name));
  if (files.every((file) => file === "")) return undefined;
  TLS_FLAGS.forEach((name, at) => {
    if (files[at] === "") {
      values.bad(name, "a file, together with the other two of --peer-tls-…");
    }
  });
  const [certFile, keyFile, caFile] = files as [string, string, string];
  return { certFile, keyFile, caFile };
}

/**
 * The settings in `values`; undefined for a node alone.
 *
 * @throws {OptionError} For anything that cannot be used.
 */
export function groupSettings(values: Values): GroupSettings | undefined {
  const nodeId = values.integer("node-id", 0, 10 ** 15 - 1);
  if (nodeId === 0) {
    for (const name of ["raft-bind", "peers", ...TLS_FLAGS]) {
      if (values.text(name) !== "") {
        values.bad(name, "given together with --node-id");
      }
    }
    return undefined;
  }
  const raftBind = parseAddress(values.text("raft-bind")) ??
    values.bad("raft-bind", "HOST:PORT");
  const cluster = values.text("cluster");
  if (!/^[\x21-\x7e]+$/.test(cluster) || cluster.length > PEER_NAME_BYTES_MAX) {
    values.bad("cluster", `1 to ${PEER_NAME_BYTES_MAX} printable characters`);
  }
  return {
    nodeId,
    raftBind,
    forwardPort: values.integer("forward-port", 0, 65_535),
    peers: peersOf(values, nodeId),
    isJoining: values.oneOf("join", ["yes", "no"]) === "yes",
    cluster,
    secret: values.text("cluster-secret"),
    tls: tlsOf(values),
    readConsistency: values.oneOf("read-consistency", [
      "lease",
      "read-index",
      "stale",
    ]),
  };
}

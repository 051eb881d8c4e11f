/**
 * The raft Worker's connections to the other nodes of its group.
 *
 * A node alone never loads this file, nor what it imports.
 *
 * @module
 */

import {
  type After,
  type Clock,
  isOperatingError,
  Logger,
  type LogLevel,
  PeerError,
  type Random,
  systemAfter,
} from "../base/mod.ts";
import {
  addressText,
  type GroupSettings,
  parseAddress,
  PEER_ADDRESS_BYTES_MAX,
  type PeerSettings,
  REMOVED_REFUSED_MS,
  SNAPSHOT_SEND_BYTES_PER_SECOND,
} from "../config/mod.ts";
import type { PeerMessage, Snapshot, SnapshotMessage } from "../raft/mod.ts";
import type { PeerFacts } from "../admin/mod.ts";
import {
  type GroupConnection,
  type GroupMembers,
  idsOf,
  type PeerPort,
  type Replica,
} from "../replica/mod.ts";
import {
  type DirectoryIdentity,
  type FileSystem,
  KnownNodes,
} from "../storage/mod.ts";
import {
  type Lane,
  makeProver,
  type Network,
  NO_PORTS,
  type NodePorts,
  type PeerCertificates,
  type Prover,
  type SnapshotFate,
  systemNetwork,
  Transport,
} from "../transport/mod.ts";
import { IncomingSnapshots } from "./incoming_snapshots.ts";
import { openSnapshotSource } from "./snapshot_source.ts";

/** What connections are made with. */
export interface PeerConnectionParts {
  /** The group. */
  readonly settings: GroupSettings;
  /** What it shows the others, and takes of them; undefined: plain TCP. */
  readonly certificates?: PeerCertificates | undefined;
  /** Whose directory it is. */
  readonly identity: DirectoryIdentity;
  /** The directory. */
  readonly files: FileSystem;
  /** The raft Worker's lease page. */
  readonly leasePage: SharedArrayBuffer;
  /** Where it writes how far the members are. */
  readonly progressPage: SharedArrayBuffer;
  /** The node's other ports. */
  readonly ports: Partial<NodePorts>;
  /** Measures spans. */
  readonly clock: Clock;
  /** Draws nonces and pauses. */
  readonly random: Random;
  /** Lowest level printed. */
  readonly logLevel: LogLevel;
}

/** What is another one in a simulation. */
export interface Outside {
  /** Makes connections. */
  readonly network: Network;
  /** Proves that the node knows the cluster's secret. */
  readonly prover: Prover;
  /** Timers. */
  readonly after: After;
  /** Prints a line for people. */
  readonly log: (level: LogLevel, line: string) => void;
  /** Bytes of snapshots that are sent in a second. */
  readonly snapshotBytesPerSecond: number;
}

/** The system's. */
function systemOutside(
  { certificates, logLevel, settings }: PeerConnectionParts,
): Outside {
  const logger = new Logger("peers", logLevel);
  return {
    network: systemNetwork(certificates),
    prover: makeProver(new TextEncoder().encode(settings.secret)),
    after: systemAfter,
    log: (level, line) => logger.log(level, line),
    snapshotBytesPerSecond: SNAPSHOT_SEND_BYTES_PER_SECOND,
  };
}

/** See the module. */
export class PeerConnection implements GroupConnection {
  /** See {@linkcode GroupConnection}. */
  readonly leasePage: SharedArrayBuffer;
  /** See {@linkcode GroupConnection}. */
  readonly progressPage: SharedArrayBuffer;
  /** See {@linkcode GroupConnection}. */
  readonly peers: PeerPort = {
    send: (messages) => this.#send(messages),
    isConnected: (id) => this.#transport.isConnected(id),
    portsOf: (id) => this.#ports.get(id) ?? NO_PORTS,
  };
  readonly #parts: PeerConnectionParts;
  /** What other nodes have said of their ports. */
  readonly #ports = new Map<number, NodePorts>();
  readonly #transport: Transport;
  readonly #incoming: IncomingSnapshots;
  readonly #snapshotsSent: Record<SnapshotFate | "gone", number> = {
    taken: 0,
    unwanted: 0,
    failed: 0,
    full: 0,
    removed: 0,
    gone: 0,
  };
  readonly #known: KnownNodes;
  #replica: Replica | undefined;
  /** When a leader was heard of, or this node began. */
  #ledMs: number;
  /** Members as of the last change. */
  #members = new Set<number>();

  /**
   * Accepts the other nodes, and dials them.
   *
   * @throws {ListenError} When the address cannot be had.
   */
  static async open(
    parts: PeerConnectionParts,
    outside = systemOutside(parts),
  ): Promise<PeerConnection> {
    const connection = new PeerConnection(parts, outside);
    const { peers, raftBind } = parts.settings;
    await connection.#transport.listen(raftBind);
    for (const peer of peers) connection.addPeer(peer);
    return connection;
  }

  private constructor(parts: PeerConnectionParts, outside: Outside) {
    this.#parts = parts;
    this.#ledMs = parts.clock.monotonicMs();
    this.leasePage = parts.leasePage;
    this.progressPage = parts.progressPage;
    this.#known = new KnownNodes(parts.files);
    const { cluster, nodeId } = parts.settings;
    this.#incoming = new IncomingSnapshots(
      parts.files,
      (index) => this.#isWanted(index),
    );
    this.#transport = new Transport(
      {
        own: {
          node: nodeId,
          cluster,
          instance: parts.identity.directory.toString(16),
          ports: parts.ports,
          address: ownAddress(parts.settings),
        },
        ...outside,
        clock: parts.clock,
        random: parts.random,
      },
      {
        recognizes: (node, instance) => this.#recognizes(node, instance),
        receive: (message) => this.#receive(message),
        admitsRemoved: () => this.#isLost(),
        openSnapshot: (offer) => this.#incoming.open(offer),
        announced: (node, ports, address) =>
          this.#announced(node, ports, address),
        unreachable: (node, lane) => this.#unreachable(node, lane),
      },
    );
  }

  /** Keeps connections to `peer`, unless it is this node. */
  addPeer(peer: PeerSettings): void {
    const { nodeId } = peer;
    if (nodeId !== this.#parts.settings.nodeId) {
      this.#transport.addPeer(nodeId, peer);
    }
  }

  /** Numbers for metrics, live. */
  get facts(): PeerFacts {
    return {
      transport: this.#transport.counts,
      snapshotsSent: this.#snapshotsSent,
      snapshotsReceived: this.#incoming.counts,
    };
  }

  /** See {@linkcode GroupConnection}: connects to new members, and cuts off those that were removed. */
  membersChanged({ addresses, confState }: GroupMembers): void {
    const { nodeId, peers } = this.#parts.settings;
    const ids = new Set(idsOf(confState));
    for (const id of this.#members) {
      if (!ids.has(id) && id !== nodeId) this.#transport.removePeer(id);
    }
    this.#members = ids;
    for (const [id, text] of addresses) {
      const address = parseAddress(text);
      if (!ids.has(id) || address === undefined) continue;
      this.addPeer({ nodeId: id, ...address });
    }
    for (const peer of peers) {
      const isAdded = addresses.has(peer.nodeId);
      if (ids.has(peer.nodeId) && !isAdded) this.addPeer(peer);
    }
  }

  /** See {@linkcode GroupConnection}. */
  started(replica: Replica): void {
    this.#replica = replica;
  }

  /** See {@linkcode GroupConnection}. */
  adopt(snapshot: Snapshot): Promise<void> {
    return this.#incoming.adopt(snapshot);
  }

  /** None is while another one takes the place of the log. */
  #isWanted(index: number): boolean {
    const replica = this.#replica;
    return replica !== undefined && replica.replacement === undefined &&
      index > replica.status().commit;
  }

  /** Ends all connections. */
  close(): void {
    this.#transport.close();
  }

  /** A node that the disk cannot remember is not let in, and tries again. */
  async #recognizes(node: number, instance: string): Promise<boolean> {
    try {
      return await this.#known.recognizes(node, parseInt(instance, 16));
    } catch (cause) {
      if (!isOperatingError(cause)) throw cause;
      throw new PeerError("directory", cause.message);
    }
  }

  #receive(message: PeerMessage): void {
    const { kind } = message;
    const isOfLeader = kind === "append" || kind === "heartbeat" ||
      kind === "snapshot";
    if (isOfLeader) this.#ledMs = this.#parts.clock.monotonicMs();
    this.#replica?.receive(message);
  }

  /**
   * Whether no leader has been heard of for long. What this node knows of the members may
   * be old then: one that it knows as removed may be back, and lead, or need its vote.
   */
  #isLost(): boolean {
    if (this.#replica?.status().role === "leader") return false;
    const silentMs = this.#parts.clock.monotonicMs() - this.#ledMs;
    return silentMs > REMOVED_REFUSED_MS;
  }

  /**
   * Whoever dials is answered, known or not: to a node that was away, a leader that was
   * added meanwhile is told of by nothing but the log, which only that leader can send.
   */
  #announced(node: number, ports: NodePorts, text: string): void {
    this.#ports.set(node, ports);
    const address = parseAddress(text);
    if (address === undefined || address.port === 0) return;
    if (!this.#transport.hasPeer(node)) {
      this.addPeer({ nodeId: node, ...address });
    }
  }

  #unreachable(node: number, lane: Lane): void {
    if (lane === "append" || lane === "control") {
      this.#replica?.reportUnreachable(node);
    }
  }

  #send(messages: readonly PeerMessage[]): void {
    const plain: Exclude<PeerMessage, SnapshotMessage>[] = [];
    for (const message of messages) {
      if (message.kind === "snapshot") void this.#sendSnapshot(message);
      else plain.push(message);
    }
    if (plain.length > 0) this.#transport.send(plain);
  }

  async #sendSnapshot(message: SnapshotMessage): Promise<void> {
    const { files, identity } = this.#parts;
    const { index, term } = message.snapshot;
    const source = await openSnapshotSource(files, index);
    if (source === undefined) {
      this.#snapshotsSent.gone++;
      this.#replica?.reportSnapshot(message.to, false);
      return;
    }
    // A node writes the snapshot of one index once, so this tells one from another.
    const id = `${identity.directory.toString(16)}-${index}-${term}`;
    this.#transport.sendSnapshot({ id, message, source }, (fate) => {
      this.#snapshotsSent[fate]++;
      const isDone = fate === "taken" || fate === "unwanted";
      this.#replica?.reportSnapshot(message.to, isDone);
    });
  }
}

/** Where the others reach this node, as its operator has said; empty if that is not known. */
function ownAddress({ nodeId, peers }: GroupSettings): string {
  const own = peers.find((peer) => peer.nodeId === nodeId);
  const text = own === undefined ? "" : addressText(own);
  return text.length > PEER_ADDRESS_BYTES_MAX ? "" : text;
}

/**
 * What the Workers of a node tell each other by `postMessage`: starting,
 * stopping, and facts for the operator. Requests never travel this way.
 *
 * @module
 */

import type { PeerFacts, ServeFacts } from "../admin/mod.ts";
import type { HistogramFacts } from "../base/mod.ts";
import type { Options } from "../config/mod.ts";
import type { ReaderGrant } from "../core/mod.ts";
import type { LinkPort } from "../link/mod.ts";
import type { Certificate } from "../net/mod.ts";
import type { FromRaft, ToRaft } from "../replica/mod.ts";
import type { SnapshotPoint } from "../storage/mod.ts";
import type { NodePorts, PeerCertificates } from "../transport/mod.ts";

/** What the serve Worker starts with. */
export interface ServeStart {
  /** The node's. */
  readonly options: Options;
  /** Certificate of the TLS port, if there is to be one. */
  readonly certificate: Certificate | undefined;
  /** End of the link to the raft Worker. */
  readonly log: LinkPort;
  /** Counters of the raft Worker. */
  readonly raftStatistics: SharedArrayBuffer;
  /** What the node shows other nodes, and takes of them; undefined: connections are plain TCP. */
  readonly peerCertificates: PeerCertificates | undefined;
  /** The raft Worker's lease, where there is a group. */
  readonly leasePage: SharedArrayBuffer;
  /** How far the members of the group are, where there is one. */
  readonly progressPage: SharedArrayBuffer;
}

/** main → serve. */
export type ToServe =
  | { readonly kind: "start"; readonly start: ServeStart }
  /** Serve no new request, finish what is under way, close the log. */
  | { readonly kind: "stop" }
  /** Asks for a `facts` message. */
  | { readonly kind: "facts" };

/** serve → main. */
export type FromServe =
  /** Of a member of a group, before anything else: other nodes may be told of its ports. */
  | { readonly kind: "bound"; readonly ports: NodePorts }
  /** The client port is open. */
  | {
    readonly kind: "ready";
    readonly port: number;
    readonly tlsPort: number | undefined;
    readonly recoveredIndex: number;
    readonly keys: number;
  }
  | { readonly kind: "stopped" }
  /** Whether the state is being loaded once more; clients wait meanwhile. */
  | { readonly kind: "reloading"; readonly isLoading: boolean }
  /** A client asked for an orderly stop. */
  | { readonly kind: "shutdown" }
  /** The node cannot go on. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Numbers for metrics. */
  | { readonly kind: "facts"; readonly facts: ServeFacts };

/** main → raft. */
export type ToRaftWorker =
  /** Once. */
  | ToRaft
  /** Asks for a `facts` message. A node alone does not hear it: it waits in another way. */
  | { readonly kind: "facts" };

/** raft → main. */
export type FromRaftWorker =
  /** Once, as the last thing that the Worker does. */
  | FromRaft
  /** Numbers for metrics; undefined before there are connections. */
  | { readonly kind: "facts"; readonly facts: PeerFacts | undefined };

/** serve → snapshot. */
export interface ToSnapshot {
  /** How to read the core. */
  readonly grant: ReaderGrant;
  /** Pinned view to write; the Worker releases it. */
  readonly slot: number;
  /** Directory to write to. */
  readonly directory: string;
  /** What of the log the view holds. */
  readonly point: SnapshotPoint;
}

/** snapshot → serve. */
export type FromSnapshot =
  | {
    readonly kind: "written";
    readonly bytes: number;
    /** Seconds by which the Worker's timers were late. */
    readonly loopGapSeconds: HistogramFacts;
  }
  | { readonly kind: "failed"; readonly reason: string };

/** serve → reload. */
export type ToReload =
  | {
    readonly kind: "start";
    /** Directory to read. */
    readonly directory: string;
    /** Index of the last entry to read. */
    readonly index: number;
  }
  /** What was sent last is dealt with. */
  | { readonly kind: "next" };

/** An entry of the log on its way back. */
export interface ReloadedEntry {
  /** Its index. */
  readonly index: number;
  /** Its data; empty for an entry that changes nothing. */
  readonly data: Uint8Array;
}

/** reload → serve: each is answered by `next`. */
export type FromReload =
  /** All that is to come has been read and is whole. */
  | { readonly kind: "whole" }
  /** A block of the newest snapshot's content. */
  | { readonly kind: "block"; readonly bytes: Uint8Array }
  /** Entries behind the snapshot, in order. */
  | { readonly kind: "entries"; readonly entries: readonly ReloadedEntry[] }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly reason: string };

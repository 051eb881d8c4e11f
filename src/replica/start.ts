/**
 * What the main thread and the raft Worker tell each other by `postMessage`: the start
 * and the end. All else goes over the link to the serve Worker.
 *
 * @module
 */

import type { LogLevel } from "../base/mod.ts";
import type { GroupSettings } from "../config/mod.ts";
import type { LinkPort } from "../link/mod.ts";
import type { NodePorts, PeerCertificates } from "../transport/mod.ts";
import type { ReplicaOptions } from "./options.ts";

/** The group of a member. */
export interface GroupStart {
  /** Addresses, name and secret. */
  readonly settings: GroupSettings;
  /** What it shows the others, and takes of them; undefined: connections are plain TCP. */
  readonly certificates: PeerCertificates | undefined;
  /** Zeroed memory of `LEASE_PAGE_BYTES` bytes. */
  readonly leasePage: SharedArrayBuffer;
  /** Zeroed memory of `PROGRESS_PAGE_BYTES` bytes. */
  readonly progressPage: SharedArrayBuffer;
  /** The node's other ports, which the others are told. */
  readonly ports: NodePorts;
}

/** main → raft, once. */
export interface ToRaft {
  /** Tag of the message. */
  readonly kind: "start";
  /** The shard whose log this is, from 0; for log lines. */
  readonly shard: number;
  /** Directory of the WAL and snapshots. The sender holds its lock. */
  readonly directory: string;
  /** Bytes after which the WAL begins a new segment. */
  readonly segmentBytes: number;
  /** End of the link to the serve Worker. */
  readonly link: LinkPort;
  /** Zeroed memory of `STATISTICS_BYTES` bytes. */
  readonly statistics: SharedArrayBuffer;
  /** Identity, policies and bounds. */
  readonly options: ReplicaOptions;
  /** How a member reaches the others of its group; undefined for a node alone. */
  readonly group?: GroupStart | undefined;
  /** Lowest level printed. */
  readonly logLevel: LogLevel;
}

/** raft → main, once, as the last thing that the Worker does. */
export type FromRaft =
  /** After STOP; the serve Worker has been sent STOPPED. */
  | { readonly kind: "stopped" }
  /** The serve Worker has been sent FAILED, if it made room for it. */
  | { readonly kind: "failed"; readonly reason: string };

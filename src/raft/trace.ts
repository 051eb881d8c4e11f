/**
 * What a node tells an observer. The node itself neither keeps nor prints anything.
 *
 * @module
 */

import type { ConfChange } from "./change.ts";
import type { Configuration } from "./configuration.ts";
import type { EntryId } from "./entry.ts";
import type { RaftLog } from "./log.ts";
import type { Conflict } from "./log_matching.ts";
import type {
  AppendRejection,
  PreVoteRequest,
  TermMessage,
  VoteRequest,
} from "./message.ts";
import type { Progress } from "./progress.ts";
import type { Role } from "./role.ts";
import type { Snapshot } from "./snapshot.ts";
import type { StableOutcome } from "./unstable_log.ts";

/** The two kinds of elections. */
export type ElectionKind = VoteRequest["kind"] | PreVoteRequest["kind"];

/** Where a node stands, for comparing logs. */
export interface Standing {
  /** Its newest entry. */
  readonly last: EntryId;
  /** Its vote. */
  readonly vote: number;
  /** Its term. */
  readonly term: number;
}

type Event<Kind extends string, Facts = unknown> =
  & { readonly event: Kind }
  & Facts;

/** The node itself: its start, its roles, its members. */
export type NodeEvent =
  | Event<"started", {
    readonly voters: readonly number[];
    readonly term: number;
    readonly log: RaftLog;
  }>
  | Event<"became", { readonly role: Role; readonly term: number }>
  | Event<"configured", { readonly configuration: Configuration }>
  | Event<"change-refused", {
    readonly change: ConfChange;
    readonly isV1: boolean;
    readonly configuration: Configuration;
    readonly reason: string;
  }>
  | Event<"auto-leave", {
    readonly configuration: Configuration;
    readonly isInitiated: boolean;
  }>
  | Event<"quorum-inactive">
  | Event<"leader-forgotten", {
    readonly leader: number;
    readonly term: number;
  }>
  | Event<"forget-refused">;

/** Messages that the rules about terms sort out. */
export type TermEvent =
  | Event<"higher-term", {
    readonly message: TermMessage;
    readonly term: number;
  }>
  | Event<"lower-term", {
    readonly message: TermMessage;
    readonly term: number;
  }>
  | Event<"no-progress", { readonly from: number }>;

/** Elections. */
export type ElectionEvent =
  | Event<"election-started", { readonly term: number }>
  | Event<"campaign-refused", {
    readonly reason: "leader" | "unpromotable" | "unapplied-change";
    readonly term: number;
  }>
  | Event<"vote-requested", {
    readonly kind: ElectionKind;
    readonly to: number;
    readonly last: EntryId;
    readonly term: number;
  }>
  | Event<"vote-ignored", {
    readonly message: VoteRequest | PreVoteRequest;
    readonly own: Standing;
    readonly ticksLeft: number;
  }>
  | Event<"vote-answered", {
    readonly message: VoteRequest | PreVoteRequest;
    readonly granted: boolean;
    readonly own: Standing;
  }>
  | Event<"vote-received", {
    readonly kind: ElectionKind;
    readonly from: number;
    readonly granted: boolean;
    readonly term: number;
  }>
  | Event<"votes-counted", {
    readonly kind: ElectionKind;
    readonly granted: number;
    readonly rejected: number;
  }>;

/**
 * Why a transfer is given up: another one was asked for, it took too long, or the
 * node is no voter any more.
 */
export type AbortReason = "replaced" | "timeout" | "no-voter";

/** Leadership transfers. */
export type TransferEvent =
  | Event<"transfer-started", { readonly to: number; readonly term: number }>
  | Event<"transfer-ignored", {
    readonly reason: "same" | "self" | "learner" | "no-leader";
    readonly to: number;
    readonly term: number;
  }>
  | Event<"transfer-aborted", {
    readonly to: number;
    readonly term: number;
    readonly reason: AbortReason;
  }>
  | Event<"timeout-now-sent", {
    readonly to: number;
    /** Whether the node was up to date before the transfer was asked for. */
    readonly isImmediate: boolean;
  }>
  | Event<"timeout-now-received", {
    readonly from: number;
    readonly term: number;
  }>
  | Event<"timeout-now-ignored", {
    readonly from: number;
    readonly term: number;
    readonly role: Role;
  }>;

/** Replication, as the leader sees it. */
export type LeaderEvent =
  | Event<"append-refused", { readonly message: AppendRejection }>
  | Event<"progress-decreased", {
    readonly to: number;
    readonly progress: Progress;
  }>
  | Event<"snapshot-sent", {
    readonly to: number;
    readonly snapshot: Snapshot;
    readonly log: RaftLog;
    readonly progress: Progress;
  }>
  | Event<"replication-paused", {
    readonly to: number;
    readonly progress: Progress;
  }>
  | Event<"snapshot-not-sent", {
    readonly to: number;
    readonly reason: "inactive" | "unavailable";
  }>
  | Event<"snapshot-overtaken", {
    readonly from: number;
    readonly progress: Progress;
  }>
  | Event<"snapshot-reported", {
    readonly from: number;
    readonly isSent: boolean;
    readonly progress: Progress;
  }>
  | Event<"unreachable", {
    readonly from: number;
    readonly progress: Progress;
  }>;

/** Proposals and reads that are not taken. */
export type RefusalEvent =
  | Event<"proposal-dropped", {
    readonly reason: "no-leader" | "not-forwarded" | "transfer" | "too-much";
    readonly leader: number;
    readonly term: number;
    readonly transferee: number;
  }>
  | Event<"read-dropped", { readonly term: number }>;

/** Replication, as a follower sees it, and its storage. */
export type FollowerEvent =
  | Event<"append-rejected", {
    readonly from: number;
    readonly previous: EntryId;
    readonly ownTerm: number;
  }>
  | Event<"conflict", Conflict>
  | Event<"unstable-replaced", {
    readonly from: number;
    readonly isAll: boolean;
  }>
  | Event<"stable-ignored", {
    readonly id: EntryId;
    readonly outcome: StableOutcome;
    readonly ownTerm: number | undefined;
  }>
  | Event<"stable-outdated", {
    readonly messageTerm: number;
    readonly term: number;
  }>
  | Event<"snapshot-restoring", {
    readonly snapshot: Snapshot;
    readonly log: RaftLog;
  }>
  | Event<"snapshot-refused", { readonly snapshot: Snapshot }>
  | Event<"snapshot-restored", {
    readonly snapshot: Snapshot;
    readonly log: RaftLog;
    /** Whether the log held it already, so that only the commit index moved. */
    readonly isForward: boolean;
  }>
  | Event<"snapshot-handled", {
    readonly snapshot: Snapshot;
    readonly committed: number;
    readonly isRestored: boolean;
  }>;

/**
 * Everything that can be observed. Logs and progresses in it are the node's own: good
 * during the call, never to be changed.
 */
export type TraceEvent =
  | NodeEvent
  | TermEvent
  | ElectionEvent
  | TransferEvent
  | LeaderEvent
  | RefusalEvent
  | FollowerEvent;

/** Takes what a node tells. Must not call the node. */
export type Trace = (event: TraceEvent) => void;

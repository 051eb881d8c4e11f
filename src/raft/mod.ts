/**
 * Raft consensus, as pure synchronous TypeScript: no clock, no I/O, no promise and
 * no randomness of its own. After "Consensus: Bridging Theory and Practice" (Diego
 * Ongaro, 2014; "the thesis" in comments) and the design of etcd/raft's RawNode with
 * asynchronous storage writes.
 *
 * A group of one voter goes the same way as any other: it votes for itself, and
 * acknowledges its own entries, through its own disk.
 *
 * Invariants, asserted always: `applied <= applying <= committed <= last`; the term
 * never goes back; a committed entry never changes; only a leader appends; only
 * entries of the current term are committed by counting.
 *
 * @module
 */

export {
  type ChangeTransition,
  type ConfChange,
  type ConfChangeV1,
  LEAVE_JOINT,
  type NodeChange,
  type NodeChangeKind,
} from "./change.ts";
export { decodeConfChange, encodeConfChange } from "./change_codec.ts";
export type { RaftConfig, ReadConsistency } from "./config.ts";
export type { Configuration, ConfState } from "./configuration.ts";
export {
  EMPTY_DATA,
  type Entry,
  type EntryId,
  type EntryKind,
  type ProposedEntry,
} from "./entry.ts";
export { type HardState, INITIAL_HARD_STATE } from "./hard_state.ts";
export {
  laneOf,
  type PlainLane,
  type PlainMessage,
  RAFT_LANES,
  type RaftLane,
} from "./lane.ts";
export { MemoryLog, type StableLog } from "./memory_log.ts";
export type {
  Append,
  AppendRejection,
  AppendResponse,
  ForwardedProposal,
  ForwardedReadIndex,
  Heartbeat,
  HeartbeatResponse,
  Message,
  PeerMessage,
  PreVoteRequest,
  PreVoteResponse,
  ReadIndexResponse,
  SnapshotMessage,
  StorageAppendResponse,
  StorageApplyResponse,
  StorageMessage,
  TermMessage,
  TimeoutNow,
  TransferLeadership,
  VoteRequest,
  VoteResponse,
} from "./message.ts";
export type { ProposalResult } from "./proposal.ts";
export { RawNode } from "./raw_node.ts";
export type { ReadState } from "./read_queue.ts";
export { canWait, hasAppend, type Ready, type SoftState } from "./ready.ts";
export type { Role } from "./role.ts";
export type { Snapshot } from "./snapshot.ts";
export type { MemberStatus, RaftStatus } from "./status.ts";
export type { StepOutcome } from "./step.ts";
export type { Trace, TraceEvent } from "./trace.ts";

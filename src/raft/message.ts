/**
 * Messages between the nodes of a group, and between a node and its own storage.
 *
 * A node also sends messages to itself: its vote for itself and its own
 * acknowledgement of entries count only when the disk holds what they promise, so they
 * go out like those of any other voter (see `Ready.afterAppend`).
 *
 * @module
 */

import type { Entry, EntryId, ProposedEntry } from "./entry.ts";
import type { Snapshot } from "./snapshot.ts";

/** Where a message comes from and where it goes. */
interface Addressed {
  /** Node id of the sender. */
  readonly from: number;
  /** Node id of the receiver. */
  readonly to: number;
}

/** A message that the rules about terms apply to. */
interface OfTerm extends Addressed {
  /** The sender's term, but where the message says otherwise. */
  readonly term: number;
}

// -- Elections --

/** A candidate asks for a vote (RequestVote, thesis section 3.4). */
export interface VoteRequest extends OfTerm {
  /** Tag of the union. */
  readonly kind: "vote";
  /** The newest entry of the candidate's log. */
  readonly last: EntryId;
  /**
   * Whether the leader itself asked for this election: voters then give up the
   * promise that they made to it (thesis section 4.2.3).
   */
  readonly isTransfer: boolean;
}

/**
 * A node asks whether it would get a vote in `term`, which is one beyond its own
 * (thesis section 9.6). Neither side changes its term.
 */
export interface PreVoteRequest extends OfTerm {
  /** Tag of the union. */
  readonly kind: "pre-vote";
  /** The newest entry of the sender's log. */
  readonly last: EntryId;
}

/** The answer of a voter to a candidate. */
export interface VoteResponse extends OfTerm {
  /** Tag of the union. */
  readonly kind: "vote-response";
  /** Whether the vote was given. */
  readonly granted: boolean;
}

/**
 * The answer to a {@linkcode PreVoteRequest}. Its term is that of the request when
 * granted, else the voter's own.
 */
export interface PreVoteResponse extends OfTerm {
  /** Tag of the union. */
  readonly kind: "pre-vote-response";
  /** Whether the vote would be given. */
  readonly granted: boolean;
}

/**
 * The leader asks the node to campaign at once (thesis section 3.10).
 */
export interface TimeoutNow extends OfTerm {
  /** Tag of the union. */
  readonly kind: "timeout-now";
  /**
   * Index of the leader's newest entry. A node whose log has moved on meanwhile
   * ignores the request: it arrived after the leader had given up the transfer.
   */
  readonly lastIndex: number;
}

/** A node asks the leader to hand over its leadership. */
export interface TransferLeadership extends OfTerm {
  /** Tag of the union. */
  readonly kind: "transfer-leadership";
  /** Node id of the leader to be. */
  readonly transferee: number;
}

// -- Replication --

/** A leader's entries behind `previous` (AppendEntries, thesis section 3.5). */
export interface Append extends OfTerm {
  /** Tag of the union. */
  readonly kind: "append";
  /** The entry before the first one. */
  readonly previous: EntryId;
  /** Entries, in order and without gaps; none in one that only probes or commits. */
  readonly entries: readonly Entry[];
  /** The leader's commit index. */
  readonly commit: number;
}

/** A node holds the leader's log durably up to an index. */
export interface AppendResponse extends OfTerm {
  /** Tag of the union. */
  readonly kind: "append-response";
  /** The highest index that is durable and equal to the leader's log. */
  readonly index: number;
}

/** A node's log does not hold the entry before those of an append. */
export interface AppendRejection extends OfTerm {
  /** Tag of the union. */
  readonly kind: "append-rejection";
  /** Index of the missing entry, `previous.index` of the append. */
  readonly index: number;
  /**
   * The last entry of the node's log that may be in the leader's as well; term 0
   * when it is not known.
   */
  readonly hint: EntryId;
}

/** A sign of life of the leader (thesis section 3.4). */
export interface Heartbeat extends OfTerm {
  /** Tag of the union. */
  readonly kind: "heartbeat";
  /** The commit index, as far as the receiver is known to hold the entries. */
  readonly commit: number;
  /** Number of the round of heartbeats that it belongs to; rises within a term. */
  readonly round: number;
}

/** A node has heard a leader's heartbeat, and follows it. */
export interface HeartbeatResponse extends OfTerm {
  /** Tag of the union. */
  readonly kind: "heartbeat-response";
  /** The heartbeat's round. */
  readonly round: number;
}

/** A leader's snapshot for a node whose next entry is compacted away. */
export interface SnapshotMessage extends OfTerm {
  /** Tag of the union. */
  readonly kind: "snapshot";
  /** The snapshot. */
  readonly snapshot: Snapshot;
}

// -- Clients' requests that followers hand on --

/** A follower hands a proposal to its leader. */
export interface ForwardedProposal extends Addressed {
  /** Tag of the union. */
  readonly kind: "proposal";
  /** The entry. */
  readonly entry: ProposedEntry;
}

/** A follower asks its leader for an index to read at. */
export interface ForwardedReadIndex extends Addressed {
  /** Tag of the union. */
  readonly kind: "read-index";
  /** The asker's own number for the request. The leader only gives it back. */
  readonly context: number;
}

/** The leader's answer to a {@linkcode ForwardedReadIndex}. */
export interface ReadIndexResponse extends OfTerm {
  /** Tag of the union. */
  readonly kind: "read-index-response";
  /** A read that sees all entries up to here is linearizable. */
  readonly index: number;
  /** The request's. */
  readonly context: number;
}

// -- The node's own storage --

/** The node's own disk has done the appends up to and including one `Ready`. */
export interface StorageAppendResponse {
  /** Tag of the union. */
  readonly kind: "storage-append-response";
  /** This node. */
  readonly to: number;
  /**
   * The node's term when the append was handed out. The entries of a response of an
   * older term are ignored: between the two, another leader may have replaced entries
   * by others and then by the same (index, term) again, so that (index, term) alone
   * does not prove which write is on disk. The append of the newer term, which the
   * disk does later, reports for all.
   */
  readonly term: number;
  /** Index of the newest entry then, 0 when no entry was on its way. */
  readonly index: number;
  /** Term of that entry. */
  readonly logTerm: number;
  /**
   * Index of the snapshot that came with the `Ready`, 0 without one. It counts in any
   * term: what it holds was committed.
   */
  readonly snapshotIndex: number;
}

/** The state machine has the entries of one `Ready.committed`. */
export interface StorageApplyResponse {
  /** Tag of the union. */
  readonly kind: "storage-apply-response";
  /** This node. */
  readonly to: number;
  /** Index of the last of the entries. */
  readonly index: number;
  /** Their bytes, as raft counts them. */
  readonly bytes: number;
}

/** Messages of a node's own storage. */
export type StorageMessage = StorageAppendResponse | StorageApplyResponse;

/** Messages that the rules about terms apply to. */
export type TermMessage =
  | VoteRequest
  | PreVoteRequest
  | VoteResponse
  | PreVoteResponse
  | TimeoutNow
  | TransferLeadership
  | Append
  | AppendResponse
  | AppendRejection
  | Heartbeat
  | HeartbeatResponse
  | SnapshotMessage
  | ReadIndexResponse;

/** Messages between nodes. */
export type PeerMessage =
  | TermMessage
  | ForwardedProposal
  | ForwardedReadIndex;

/** Whatever `RawNode.step()` takes. */
export type Message = PeerMessage | StorageMessage;

/** Whether `message` answers another one, and so can only come from a member. */
export function isResponse(message: PeerMessage): boolean {
  switch (message.kind) {
    case "vote-response":
    case "pre-vote-response":
    case "append-response":
    case "append-rejection":
    case "heartbeat-response":
    case "read-index-response":
      return true;
    default:
      return false;
  }
}

/**
 * Whether `message` may leave only when everything this node has decided so far is
 * durable: it promises something about the node's disk.
 */
export function waitsForDisk(message: PeerMessage): boolean {
  switch (message.kind) {
    case "vote-response":
    case "pre-vote-response":
    case "append-response":
    case "append-rejection":
      return true;
    default:
      return false;
  }
}

/**
 * Messages between the nodes of a group, and between a node and its own storage.
 *
 * A node also sends messages to itself: its vote for itself and its own
 * acknowledgement of entries count only when the disk holds what they promise, so they
 * go out like those of any other voter (see `Ready.afterAppend`).
 *
 * @module
 */

/** The answer of a voter to a candidate. */
export interface VoteResponse {
  /** Tag of the union. */
  readonly kind: "vote-response";
  /** Node id of the voter. */
  readonly from: number;
  /** Node id of the candidate. */
  readonly to: number;
  /** The term of the election. */
  readonly term: number;
  /** Whether the vote was given. */
  readonly granted: boolean;
}

/** A voter holds the leader's log durably up to an index. */
export interface AppendResponse {
  /** Tag of the union. */
  readonly kind: "append-response";
  /** Node id of the voter. */
  readonly from: number;
  /** Node id of the leader. */
  readonly to: number;
  /** The leader's term. */
  readonly term: number;
  /** The highest index that is durable and equal to the leader's log. */
  readonly index: number;
}

/** The node's own disk has done the appends up to and including one `Ready`. */
export interface StorageAppendResponse {
  /** Tag of the union. */
  readonly kind: "storage-append-response";
  /** This node. */
  readonly to: number;
  /**
   * The node's term when the append was handed out. A response of an older term is
   * ignored: between the two, another leader may have replaced entries by others and
   * then by the same (index, term) again, so that (index, term) alone does not
   * prove which write is on disk. The append of the newer term, which the disk does
   * later, reports for all.
   */
  readonly term: number;
  /** Index of the newest entry then. */
  readonly index: number;
  /** Term of that entry. */
  readonly logTerm: number;
}

/** The state machine has the entries of one `Ready.committed`. */
export interface StorageApplyResponse {
  /** Tag of the union. */
  readonly kind: "storage-apply-response";
  /** This node. */
  readonly to: number;
  /** Index of the last of the entries. */
  readonly index: number;
  /** Bytes of their data. */
  readonly bytes: number;
}

/** Whatever `RawNode.step()` takes. */
export type Message =
  | VoteResponse
  | AppendResponse
  | StorageAppendResponse
  | StorageApplyResponse;

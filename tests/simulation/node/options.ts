/**
 * What a node of a simulation is made of.
 *
 * @module
 */

import { EMPTY_DATA, type RaftConfig } from "../../../src/raft/mod.ts";
import type { DiskImage } from "./port.ts";

/** Settings that all nodes of a group share. */
export type RaftSettings = Pick<
  RaftConfig,
  | "electionTicks"
  | "preVote"
  | "checkQuorum"
  | "quietTicks"
  | "stepDownOnRemoval"
  | "disableProposalForwarding"
  | "synchronousStorage"
  | "appendBytesMax"
  | "inflightAppendsMax"
  | "inflightBytesMax"
  | "applyingBytesMax"
  | "uncommittedBytesMax"
>;

/** What a {@linkcode RaftNode} is made of. */
export interface RaftNodeOptions {
  /** Its id. */
  readonly id: number;
  /** What its disk holds. */
  readonly image: DiskImage;
  /** Voters whose log begins with entries that make them so; none in other groups. */
  readonly bootstrap: readonly number[];
  /** See {@linkcode RaftSettings}. */
  readonly raft: RaftSettings;
  /** A tick by the node's own clock. */
  readonly tickMs: number;
  /** Its clock at the start. */
  readonly nowMs: number;
  /** Chance; see `RaftConfig.random`. */
  readonly random: (bound: number) => number;
  /** Entries applied after which a snapshot is taken. */
  readonly snapshotEntries: number;
  /** Entries before a snapshot that the log keeps. */
  readonly keptEntries: number;
  /** Ticks after which a read that got no index is asked for again. */
  readonly readRetryTicks: number;
  /** The first of its reads' numbers: none of the same node's earlier life. */
  readonly firstContext: number;
  /** Whether appends that may wait do. */
  readonly mergesAppends: boolean;
}

/** An empty disk. */
export const EMPTY_IMAGE: DiskImage = {
  snapshot: {
    index: 0,
    term: 0,
    data: EMPTY_DATA,
    confState: {
      voters: [],
      votersOutgoing: [],
      learners: [],
      learnersNext: [],
      autoLeave: false,
    },
  },
  entries: [],
  base: { index: 0, term: 0 },
  hardState: { term: 0, vote: 0, commit: 0 },
};

/**
 * What a simulated world knows of a node: events go in, work comes out. Whatever stands
 * behind it (the pure core alone, or more of the server), it reads no clock, does no I/O,
 * waits for no promise, and has its chance from the world.
 *
 * @module
 */

import type {
  ConfChange,
  ConfState,
  Entry,
  HardState,
  Role,
  Snapshot,
} from "../../../src/raft/mod.ts";

/** One unit of the log's file: found whole or not at all after a crash. */
export interface LogUnit {
  /** Replaces the snapshot and the whole log. */
  readonly snapshot: Snapshot | undefined;
  /** Replace all from the first one's index on. */
  readonly entries: readonly Entry[];
  /** Replaces the hard state. */
  readonly hardState: HardState | undefined;
  /** Whether the unit must be synced before it counts as written. */
  readonly mustSync: boolean;
}

/** What a disk holds. */
export interface DiskImage {
  /** The newest snapshot; index 0 in a group that began with entries. */
  readonly snapshot: Snapshot;
  /** Entries, from an index on that is at most the snapshot's next one. */
  readonly entries: readonly Entry[];
  /** The entry before them. */
  readonly base: { readonly index: number; readonly term: number };
  /** The hard state. */
  readonly hardState: HardState;
}

/** How a request of a client ended, as far as the node knows. */
export type Answer =
  | {
    /** The request's. */
    readonly ticket: number;
    /** Done, as of the entry at `index`. */
    readonly state: "done";
    /** A write's entry, or the last one that a read has seen. */
    readonly index: number;
    /** What was read; what was written. */
    readonly value: number;
  }
  | {
    /** The request's. */
    readonly ticket: number;
    /** It has not happened and never will; or nobody knows whether it will. */
    readonly state: "failed" | "unknown";
  };

/** What a node wants done after an event. Each list is in order. */
export interface Work<M> {
  /** Messages to other nodes. */
  readonly messages: readonly M[];
  /** Units for the log's file; reported by {@linkcode Node.appended}, one by one. */
  readonly appends: readonly LogUnit[];
  /** Own snapshots to be kept; reported by {@linkcode Node.snapshotted}. */
  readonly snapshots: readonly Snapshot[];
  /** Portions for the state machine; each is reported by {@linkcode Node.applied}. */
  readonly applies: number;
  /** Answers to clients. */
  readonly answers: readonly Answer[];
}

/** A command of a client: writes `value` into the register `key`. */
export interface Command {
  /** The client, whose commands have rising numbers. */
  readonly client: number;
  /** The command's number. */
  readonly sequence: number;
  /** The register. */
  readonly key: number;
  /** Written once only in a simulation. */
  readonly value: number;
}

/** What checks look at. */
export interface NodeView {
  /** The latest term. */
  readonly term: number;
  /** The vote in it, 0 = none. */
  readonly vote: number;
  /** The role. */
  readonly role: Role;
  /** The leader as far as known, 0 = none. */
  readonly leader: number;
  /** Commit index. */
  readonly commit: number;
  /** Index of the last entry in the state machine. */
  readonly applied: number;
  /** Hash of the state machine's contents, where it is at hand. */
  readonly machineHash: number | undefined;
  /** Whether work waits for the append before it, so that not all of the log was handed out. */
  readonly isHeld: boolean;
  /** Whether a snapshot of a later index is on its way into the state machine. */
  readonly isRestoring: boolean;
}

/** See the module. */
export interface Node<M> {
  /** Its id. */
  readonly id: number;

  /** A message came. */
  receive(message: M): void;
  /** What became of a message that was handed out: it arrived, or was lost. */
  reportSent(message: M, hasArrived: boolean): void;
  /** It is `nowMs` by the node's own clock. */
  elapse(nowMs: number): void;
  /** The oldest unit of those handed out is written (and synced if it must be). */
  appended(): void;
  /** The oldest own snapshot of those handed out is kept. */
  snapshotted(): void;
  /** It is the turn of the oldest portion for the state machine. */
  applied(): void;

  /** A client writes. */
  write(ticket: number, command: Command, bytes: number): void;
  /** A client reads. */
  read(ticket: number, key: number): void;
  /** An operator changes the members; false if the node does not lead or may not. */
  changeMembers(change: ConfChange, isV1: boolean): boolean;
  /** An operator hands leadership over. */
  transferLeadership(to: number): void;
  /** An operator makes the node forget its leader. */
  forgetLeader(): void;

  /** Hands out the work there is. */
  takeWork(): Work<M>;
  /** The node at this moment. */
  view(): NodeView;
  /** The members as of the entries applied. */
  members(): ConfState;
}

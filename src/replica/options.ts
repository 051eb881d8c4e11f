/**
 * What a replica must be told, and its bounds.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { FsyncPolicy } from "../config/mod.ts";
import { checkGroupOptions, type GroupOptions } from "./group_options.ts";

/** Settings of a replica. */
export interface ReplicaOptions {
  /** This node's id in the group; positive. */
  readonly nodeId: number;
  /**
   * Ids of the group's voters at its beginning, in the same order on all nodes. None: the
   * node joins a group that takes it in.
   */
  readonly voters: readonly number[];
  /** When entries are synced to disk. Term and vote are synced always. */
  readonly fsync: FsyncPolicy;
  /** Milliseconds of one tick of Raft's logical clock. */
  readonly tickMs: number;
  /** Ticks without a leader before a voter campaigns, at least. */
  readonly electionTicks: number;
  /**
   * Bytes of proposals taken from the ring and not yet committed. At the bound the
   * ring is not read, so that it fills up and its writer waits.
   */
  readonly proposedBytesMax: number;
  /**
   * Bytes of committed entries on their way to the serve Worker. At the bound no
   * more are taken out of the log.
   */
  readonly applyingBytesMax: number;
  /** Bytes written to the WAL since the last snapshot at which another is wanted. */
  readonly snapshotBytes: number;
  /** For a member of a group; undefined for a node alone. */
  readonly group?: GroupOptions;
}

/** Asserts that `options` make sense together. */
export function checkOptions(options: ReplicaOptions): void {
  assert(options.tickMs > 0, "a tick takes time");
  assert(options.proposedBytesMax > 0, "some bytes can be proposed");
  assert(options.applyingBytesMax > 0, "some bytes can be applied");
  assert(options.snapshotBytes > 0, "a snapshot stands for some WAL");
  if (options.group !== undefined) {
    checkGroupOptions(options.group);
    return;
  }
  assert(
    options.voters.length === 1 && options.voters[0] === options.nodeId,
    "a node alone is the only voter",
  );
}

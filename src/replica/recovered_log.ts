/**
 * What raft starts from.
 *
 * @module
 */

import type { FsyncPolicy } from "../config/mod.ts";
import type { HardState, MemoryLog } from "../raft/mod.ts";
import type { GroupMembers } from "./members.ts";

/** What was found on disk, as far as raft needs it. */
export interface RecoveredLog {
  /**
   * Entries behind the newest one that the serve Worker has been sent. For a member of a
   * group some before that one as well.
   */
  readonly stable: MemoryLog;
  /** Term, vote and commit index. */
  readonly hardState: HardState;
  /** Bytes of the newest snapshot; 0 without one. */
  readonly snapshotBytes: number;
  /**
   * Index of the newest entry that the serve Worker has been sent.
   *
   * @default {stable.firstIndex - 1}
   */
  readonly applied?: number;
  /**
   * The members of the group as of that entry.
   *
   * @default {the voters of the options}
   */
  readonly members?: GroupMembers;
  /**
   * Whether the log ends where the node stopped, whatever the fsync policy: after a stop in
   * order, or when there was no log.
   *
   * @default {true}
   */
  readonly isWhole?: boolean;
}

/** Whether the node may have acknowledged entries that are not in `log` any more. */
export function mayLackItsEnd(
  { isWhole = true }: RecoveredLog,
  fsync: FsyncPolicy,
): boolean {
  return fsync !== "always" && !isWhole;
}

/**
 * From the disk to a replica that can start: the newest snapshot and the committed log
 * behind it go to the serve Worker while they are read, the rest stays for raft.
 *
 * ```text
 *   snapshot ──────► SNAPSHOT_BLOCK… SNAPSHOT_END ─┐
 *   WAL, committed ► ENTRY…                        ├─► serve Worker
 *   WAL, the tail ─► RecoveredLog ─► raft          ┘
 * ```
 *
 * Memory stays small however long the log is: only the tail that is not known to be
 * committed is kept.
 *
 * @module
 */

import { RECOVERY_PORTION_BYTES } from "../config/mod.ts";
import type { LinkEnd } from "../link/mod.ts";
import { type Entry, type EntryId, MemoryLog } from "../raft/mod.ts";
import {
  type FileSystem,
  findSnapshot,
  readEntries,
  readSnapshot,
  type RecoveredWal,
  removeTemporary,
  Wal,
  type WalOptions,
} from "../storage/mod.ts";
import { Feed } from "./feed.ts";
import type { RecoveredLog } from "./replica.ts";

/** Where a snapshot stands, and its size. */
interface SnapshotPoint extends EntryId {
  readonly bytes: number;
}

const START_OF_LOG: SnapshotPoint = { index: 0, term: 0, bytes: 0 };

/** What was found. */
export interface Recovered {
  /** The WAL, ready to be written. */
  readonly wal: Wal;
  /** What raft starts from. */
  readonly log: RecoveredLog;
}

/**
 * Reads everything, and sends what is known to be committed. Blocks the thread while the
 * ring is full.
 *
 * @returns Undefined when the serve Worker sent STOP meanwhile.
 * @throws {CorruptionError} For damage; the node must not start then.
 */
export async function recover(
  files: FileSystem,
  walOptions: WalOptions,
  link: LinkEnd,
): Promise<Recovered | undefined> {
  const feed = new Feed(link);
  await removeTemporary(files);
  const base = feedSnapshot(files, feed);
  if (base === undefined) return undefined;
  const { wal, recovered } = await Wal.open(files, walOptions, base.index);
  const stable = feedEntries(files, recovered, base, feed);
  if (stable === undefined) {
    await wal.close();
    return undefined;
  }
  const { term, vote } = recovered.hardState;
  const commit = stable.firstIndex - 1;
  const hardState = { term, vote, commit };
  return { wal, log: { stable, hardState, snapshotBytes: base.bytes } };
}

/** Feeds the snapshot; where it stands, or undefined for STOP. */
function feedSnapshot(
  files: FileSystem,
  feed: Feed,
): SnapshotPoint | undefined {
  const snapshot = findSnapshot(files);
  if (snapshot === undefined) return START_OF_LOG;
  let offset = 0;
  for (const block of readSnapshot(files, snapshot)) {
    if (!feed.snapshotBlock(offset, block)) return undefined;
    offset += block.length;
  }
  return feed.snapshotEnd(snapshot.index, snapshot.term) ? snapshot : undefined;
}

/**
 * Feeds the committed entries behind `base`; the log of what is left, or undefined for
 * STOP.
 */
function feedEntries(
  files: FileSystem,
  recovered: RecoveredWal,
  base: EntryId,
  feed: Feed,
): MemoryLog | undefined {
  const tail: Entry[] = [];
  let portion: Entry[] = [];
  let bytes = 0;
  let last = base;
  for (const entry of readEntries(files, recovered, base.index)) {
    if (entry.index > recovered.hardState.commit) {
      // A copy: its data would hold on to the whole segment.
      tail.push({ ...entry, data: entry.data.slice() });
      continue;
    }
    portion.push(entry);
    bytes += entry.data.length;
    last = entry;
    if (bytes < RECOVERY_PORTION_BYTES) continue;
    if (!feed.entries(portion)) return undefined;
    portion = [];
    bytes = 0;
  }
  if (!feed.entries(portion)) return undefined;
  const stable = new MemoryLog({ index: last.index, term: last.term });
  stable.append(tail);
  return stable;
}

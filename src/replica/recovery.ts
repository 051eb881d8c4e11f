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
 * committed is kept, and in a member of a group a bounded part before it.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { RECOVERY_PORTION_BYTES } from "../config/mod.ts";
import type { LinkEnd } from "../link/mod.ts";
import type { Entry, EntryId } from "../raft/mod.ts";
import {
  type FileSystem,
  findSnapshot,
  type FoundSnapshot,
  readEntries,
  readSnapshot,
  type RecoveredWal,
  removeTemporary,
  Wal,
  type WalOptions,
} from "../storage/mod.ts";
import { Feed } from "./feed.ts";
import { KeptEntries } from "./kept_entries.ts";
import {
  decodeMembers,
  type GroupMembers,
  NO_MEMBERS,
  replayMembers,
} from "./members.ts";
import type { RecoveredLog } from "./recovered_log.ts";

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
 * @param retainedBytesMax Bytes of the newest committed entries to keep for raft.
 * @returns Undefined when the serve Worker sent STOP meanwhile.
 * @throws {CorruptionError} For damage; the node must not start then.
 */
export async function recover(
  files: FileSystem,
  walOptions: WalOptions,
  link: LinkEnd,
  retainedBytesMax = 0,
): Promise<Recovered | undefined> {
  await removeTemporary(files);
  const snapshot = findSnapshot(files);
  const members = replayMembers(membersIn(snapshot));
  const feed = new Feed(link, members);
  const base = feedSnapshot(files, snapshot, feed);
  if (base === undefined) return undefined;
  const { wal, recovered } = await Wal.open(
    files,
    walOptions,
    base.index,
    base.index === 0 ? undefined : base.term,
  );
  const kept = new KeptEntries(base, retainedBytesMax);
  const applied = feedEntries(files, recovered, base, feed, kept);
  const isWhole = recovered.isCleanStop || recovered.segments.length === 0;
  if (applied === undefined) {
    await wal.close(isWhole);
    return undefined;
  }
  const { term, vote } = recovered.hardState;
  return {
    wal,
    log: {
      stable: kept.toLog(),
      hardState: { term, vote, commit: applied },
      snapshotBytes: base.bytes,
      applied,
      members: members.members,
      isWhole,
    },
  };
}

/** The members that a snapshot holds; none where there is none, or in that of a node alone. */
function membersIn(snapshot: FoundSnapshot | undefined): GroupMembers {
  const bytes = snapshot?.members;
  if (bytes === undefined) return NO_MEMBERS;
  const members = decodeMembers(bytes);
  assert(members !== undefined, "the members in a snapshot can be read");
  return members;
}

/** Feeds the snapshot; where it stands, or undefined for STOP. */
function feedSnapshot(
  files: FileSystem,
  snapshot: FoundSnapshot | undefined,
  feed: Feed,
): SnapshotPoint | undefined {
  if (snapshot === undefined) return START_OF_LOG;
  let offset = 0;
  for (const block of readSnapshot(files, snapshot)) {
    if (!feed.snapshotBlock(offset, block)) return undefined;
    offset += block.length;
  }
  return feed.snapshotEnd(snapshot) ? snapshot : undefined;
}

/**
 * Feeds the committed entries behind `base`, and keeps the others.
 *
 * @returns Index of the last entry that was fed, or undefined for STOP.
 */
function feedEntries(
  files: FileSystem,
  recovered: RecoveredWal,
  base: EntryId,
  feed: Feed,
  kept: KeptEntries,
): number | undefined {
  let portion: Entry[] = [];
  let bytes = 0;
  let last = base.index;
  for (const entry of readEntries(files, recovered, base.index)) {
    if (entry.index > recovered.hardState.commit) {
      kept.add(entry);
      continue;
    }
    kept.addFed(entry);
    portion.push(entry);
    bytes += entry.data.length;
    last = entry.index;
    if (bytes < RECOVERY_PORTION_BYTES) continue;
    if (!feed.entries(portion)) return undefined;
    portion = [];
    bytes = 0;
  }
  return feed.entries(portion) ? last : undefined;
}

/**
 * Log entries and their identity.
 *
 * @module
 */

/** One entry of the Raft log. Never changed once made: others hold the same object. */
export interface Entry {
  /** Term of the leader that made the entry; from 1. */
  readonly term: number;
  /** Position in the log; from 1, without gaps. */
  readonly index: number;
  /**
   * What the state machine applies. Raft never looks inside. Empty in the entry
   * that starts a term.
   */
  readonly data: Uint8Array;
}

/**
 * What identifies an entry in all logs of a group: two entries of the same index
 * and term are the same entry, and so are all before them (the Log Matching
 * Property, thesis section 3.5).
 */
export interface EntryId {
  /** Position in the log, 0 for the start of the log. */
  readonly index: number;
  /** Term of the entry, 0 for the start of the log. */
  readonly term: number;
}

/** The data of an entry that changes nothing. */
export const EMPTY_DATA: Uint8Array = new Uint8Array(0);

/** Bytes of data in `entries`. Headers do not count, so empty entries are free. */
export function dataBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.length;
  return bytes;
}

/**
 * The longest prefix of `entries` whose data stays within `bytesMax`, but at
 * least one entry if there is any, so that a large one cannot block the rest.
 */
export function limitEntries(
  entries: readonly Entry[],
  bytesMax: number,
): readonly Entry[] {
  let bytes = 0;
  for (let count = 0; count < entries.length; count++) {
    bytes += entries[count]!.data.length;
    if (bytes > bytesMax && count > 0) return entries.slice(0, count);
  }
  return entries;
}

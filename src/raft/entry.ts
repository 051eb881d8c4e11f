/**
 * Log entries and their identity.
 *
 * @module
 */

/**
 * Who reads an entry's data:
 *
 * - `normal`: the state machine.
 * - `change`: raft; a membership change in the bytes of `encodeConfChange`.
 * - `change-v1`: the same, of one node that is changed at once.
 */
export type EntryKind = "normal" | "change" | "change-v1";

/** One entry of the Raft log. Never changed once made: others hold the same object. */
export interface Entry {
  /** Term of the leader that made the entry; from 1. */
  readonly term: number;
  /** Position in the log; from 1, without gaps. */
  readonly index: number;
  /**
   * What the state machine applies. Raft never looks inside that of normal
   * entries. Empty in the entry that starts a term.
   */
  readonly data: Uint8Array;
  /** @default {"normal"} */
  readonly kind?: EntryKind;
}

/** An entry before a leader has given it its place. */
export type ProposedEntry = Pick<Entry, "data" | "kind">;

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

/**
 * Bytes that count for an entry besides its data where memory and messages are
 * bounded, so that entries without data are bounded too.
 */
export const ENTRY_OVERHEAD_BYTES = 24;

/** Whether `entry` changes the membership. */
export function isChange(entry: ProposedEntry): boolean {
  return (entry.kind ?? "normal") !== "normal";
}

/** Bytes of data in `entries`. Headers do not count, so empty entries are free. */
export function dataBytes(entries: readonly ProposedEntry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.length;
  return bytes;
}

/** Bytes of `entries`, with {@linkcode ENTRY_OVERHEAD_BYTES} for each. */
export function entryBytes(entries: readonly ProposedEntry[]): number {
  return dataBytes(entries) + entries.length * ENTRY_OVERHEAD_BYTES;
}

/**
 * A copy of the longest part of `entries` from position `from` and before `to` whose
 * {@linkcode entryBytes} stay within `bytesMax`, but at least one entry if there is any,
 * so that a large one cannot block the rest. Looks at no more than it gives.
 */
export function sliceWithin(
  entries: readonly Entry[],
  from: number,
  to: number,
  bytesMax: number,
): Entry[] {
  if (bytesMax === Infinity) return entries.slice(from, to);
  const end = Math.min(to, entries.length);
  let bytes = 0;
  let at = from;
  while (at < end) {
    bytes += entries[at]!.data.length + ENTRY_OVERHEAD_BYTES;
    if (bytes > bytesMax && at > from) break;
    at++;
  }
  return entries.slice(from, at);
}

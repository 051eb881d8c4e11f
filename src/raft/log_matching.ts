/**
 * How a follower's log is made equal to the leader's (thesis section 3.5).
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Entry, EntryId } from "./entry.ts";
import type { RaftLog } from "./log.ts";
import type { AppendOutcome } from "./unstable_log.ts";

/** What an append did to a follower's log. */
export type AppendResult =
  | {
    /** The log holds the entries now. */
    readonly state: "matched";
    /** Index of the last of them. */
    readonly lastIndex: number;
    /** An older entry that had to go, with the entry that took its place. */
    readonly conflict: Conflict | undefined;
    /** What happened to entries on their way to disk; undefined if nothing was new. */
    readonly outcome: AppendOutcome | undefined;
    /** Index of the first new entry. */
    readonly newFrom: number;
  }
  | {
    /** The entry before them is missing; nothing was appended. */
    readonly state: "no-match";
  };

/** Two entries at one index. */
export interface Conflict {
  /** Their index. */
  readonly index: number;
  /** Term of the entry that was there. */
  readonly existingTerm: number;
  /** Term of the leader's entry. */
  readonly conflictingTerm: number;
}

/**
 * Appends a leader's `entries` behind `previous`, and commits up to `commit` as far as
 * the entries go: what lies behind them may not be the leader's.
 *
 * Entries that are there already stay, and so do those behind them: the append may be
 * an old one that was overtaken.
 */
export function matchAndAppend(
  log: RaftLog,
  previous: EntryId,
  entries: readonly Entry[],
  commit: number,
): AppendResult {
  if (!log.matches(previous)) return { state: "no-match" };
  const lastIndex = previous.index + entries.length;
  const at = entries.findIndex((entry) => !log.matches(entry));
  const first = entries[at];
  const result: AppendResult = {
    state: "matched",
    lastIndex,
    conflict: first && conflictAt(log, first),
    outcome: first && log.append(entries.slice(at)),
    newFrom: first?.index ?? lastIndex + 1,
  };
  log.commitTo(Math.min(commit, lastIndex));
  return result;
}

function conflictAt(log: RaftLog, entry: Entry): Conflict | undefined {
  const { index, term } = entry;
  if (index > log.lastIndex) return undefined;
  assert(index > log.committed, "a leader has every committed entry");
  return { index, existingTerm: log.term(index), conflictingTerm: term };
}

/**
 * The newest entry at or before `index` whose term is at most `term`: the newest that
 * may be equal to one in a log that ends, or differs, with an entry of `term` there.
 * Skips whole terms, so that a leader and a follower agree within about one append for
 * each term in which they differ (thesis section 3.5, last paragraphs).
 *
 * @returns Term 0 when the entry's term is not known any more, or at the log's start.
 */
export function findConflictByTerm(
  log: RaftLog,
  index: number,
  term: number,
): EntryId {
  for (let at = index; at > 0; at--) {
    const own = log.termAt(at);
    if (own === undefined) return { index: at, term: 0 };
    if (own <= term) return { index: at, term: own };
  }
  return { index: 0, term: 0 };
}

/**
 * Whether a log that ends with `last` is at least as up to date as `log`: its owner
 * may lead then, since it has every committed entry (thesis section 3.6.1).
 */
export function isUpToDate(log: RaftLog, last: EntryId): boolean {
  const own = log.lastId();
  return last.term > own.term ||
    (last.term === own.term && last.index >= own.index);
}

/**
 * What a voter must find again after a crash, besides its log.
 *
 * @module
 */

/** The persistent state of thesis figure 3.1, and the commit index as a hint. */
export interface HardState {
  /** The latest term this node has seen. Never goes back. */
  readonly term: number;
  /** The candidate that got this node's vote in `term`; 0 = none. */
  readonly vote: number;
  /**
   * Highest index known to be committed when this was made. May lag: it is not
   * worth a sync of its own, since a later leader commits again.
   */
  readonly commit: number;
}

/** The state of a node that never took part in an election. */
export const INITIAL_HARD_STATE: HardState = { term: 0, vote: 0, commit: 0 };

/** Whether `a` and `b` hold the same values. */
export function sameHardState(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.vote === b.vote && a.commit === b.commit;
}

/**
 * Whether writing `next` after `previous`, along with `entries` new entries, must
 * be synced to disk before anything that depends on it leaves the node.
 */
export function mustSync(
  next: HardState,
  previous: HardState,
  entries: number,
): boolean {
  return entries > 0 || next.term !== previous.term ||
    next.vote !== previous.vote;
}

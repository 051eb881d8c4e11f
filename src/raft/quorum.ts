/**
 * Arithmetic of majorities: how far a set of voters agrees, and how a vote went.
 *
 * @module
 */

/** How many of `voters` are a majority. No majority of none: the empty set agrees to all. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/**
 * The highest index that a majority has acknowledged.
 *
 * @param acknowledged One index a voter, in any order; 0 = nothing yet.
 * @returns `Infinity` for no voters, so that a joint decision of two sets
 * may take the smaller of the two results.
 */
export function committedIndex(acknowledged: readonly number[]): number {
  const count = acknowledged.length;
  if (count === 0) return Infinity;
  if (count === 1) return acknowledged[0]!;
  const sorted = acknowledged.toSorted((a, b) => b - a);
  return sorted[majorityOf(count) - 1]!;
}

/** How an election stands. */
export type VoteResult = "pending" | "won" | "lost";

/**
 * The outcome of an election.
 *
 * @param votes One item a voter: granted, refused, or undefined for no answer yet.
 * @returns `"won"` for no voters, as in {@linkcode committedIndex}.
 */
export function voteResult(
  votes: readonly (boolean | undefined)[],
): VoteResult {
  if (votes.length === 0) return "won";
  const needed = majorityOf(votes.length);
  let granted = 0;
  let refused = 0;
  for (const vote of votes) {
    if (vote === true) granted++;
    else if (vote === false) refused++;
  }
  if (granted >= needed) return "won";
  return votes.length - refused < needed ? "lost" : "pending";
}

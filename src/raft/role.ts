/**
 * What a node is to its group.
 *
 * @module
 */

/**
 * What a node does in its term. A pre-candidate asks whether it would win an
 * election before it starts one (thesis section 9.6).
 */
export type Role = "follower" | "pre-candidate" | "candidate" | "leader";

/** No node: nobody was voted for, or no leader is known. */
export const NO_NODE = 0;

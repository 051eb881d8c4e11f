/**
 * What may be wrong with a rule.
 *
 * Source: https://redis.io/commands/acl-setuser/
 *
 * @module
 */

/** Why a rule cannot be applied. */
export type RuleProblem =
  /** No such command or category. */
  | "unknown"
  | "syntax"
  /** A key pattern beside `~*`. */
  | "all-keys"
  /** A channel pattern beside `&*`. */
  | "all-channels"
  /** The user does not have the password. */
  | "no-password"
  /** No hash of a password. */
  | "bad-hash"
  /** A first argument of a subcommand. */
  | "first-argument";

/** Redis's text for each problem. */
export const PROBLEM_TEXTS: Readonly<Record<RuleProblem, string>> = {
  "unknown": "Unknown command or category name in ACL",
  "syntax": "Syntax error",
  "all-keys": "Adding a pattern after the * pattern (or the 'allkeys' flag) " +
    "is not valid and does not have any effect. Try 'resetkeys' to start " +
    "with an empty list of patterns",
  "all-channels":
    "Adding a pattern after the * pattern (or the 'allchannels' flag) " +
    "is not valid and does not have any effect. Try 'resetchannels' to start " +
    "with an empty list of channels",
  "no-password":
    "The password you are trying to remove from the user does not exist",
  "bad-hash":
    "The password hash must be exactly 64 characters and contain only " +
    "lowercase hexadecimal characters",
  "first-argument": "Allowing first-arg of a subcommand is not supported",
};

/**
 * What is known of a command.
 *
 * @module
 */

/** Where a command runs. */
export type CommandHome =
  /** In the core. */
  | "core"
  /** In TypeScript. */
  | "host"
  /** Not served: answered as an unknown command. */
  | "none";

/** Positions of a command's keys. */
export interface KeyPositions {
  /** Index of the first key among the words; 0 = no keys. */
  readonly first: number;
  /** Index of the last; negative counts from the end. */
  readonly last: number;
  /** Distance between two keys. */
  readonly step: number;
}

/** One command. */
export interface CommandRow {
  /** Lower-case name. */
  readonly name: string;
  /** Group of the documentation. */
  readonly group: string;
  /** Version of Redis that has it first. */
  readonly since: string;
  /** Words of a request; negative = at least. */
  readonly arity: number;
  /** Redis's flags. */
  readonly flags: readonly string[];
  /** ACL categories beyond those implied by flags. */
  readonly categories: readonly string[];
  /** Where its keys are. */
  readonly keys: KeyPositions;
  /** Where it runs. */
  readonly home: CommandHome;
}

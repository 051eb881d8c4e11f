/**
 * What is known of a CONFIG parameter.
 *
 * @module
 */

/** How a parameter's text is read. */
export type ParameterKind =
  | "bool"
  | "integer"
  | "memory"
  /** Memory, or a share of it such as `5%`. */
  | "memory-or-percent"
  | "enum"
  | "string"
  /** Pairs of seconds and changes. */
  | "save"
  /** Characters of keyspace event classes. */
  | "events"
  /** Class, hard limit, soft limit, seconds; any number of times. */
  | "output-limits"
  /** Numbers from 0 to 100. */
  | "percentiles";

/** Another name of a parameter. */
export interface AliasRow {
  /** Name, in lower case. */
  readonly name: string;
  /** The parameter's own name. */
  readonly aliasOf: string;
}

/** What a section lists. */
export type SectionRow = ParameterRow | AliasRow;

/** One parameter. */
export interface ParameterRow {
  /** Name, in lower case. */
  readonly name: string;
  /** How its text is read. */
  readonly kind: ParameterKind;
  /** Value before anything sets it, as CONFIG GET shows it. */
  readonly initial: string;
  /** Whether CONFIG SET may change it. */
  readonly isMutable: boolean;
  /** Whether it changes what the server does. */
  readonly isEffective: boolean;
  /** The parameter that this one is another name of; they have one value. */
  readonly aliasOf?: string;
  /** Words of an enum. */
  readonly words?: readonly string[];
  /** Least number; a smaller one is refused. */
  readonly min?: number;
  /** Largest number; a larger one is refused. Without it: 2^63 - 1. */
  readonly max?: number;
  /** What a smaller number is taken for. */
  readonly clampMin?: number;
  /** What a larger number is taken for. */
  readonly clampMax?: number;
}

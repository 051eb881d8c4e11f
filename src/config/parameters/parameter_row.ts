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
  | "enum"
  | "string"
  /** Pairs of seconds and changes. */
  | "save"
  /** Characters of keyspace event classes. */
  | "events";

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
  /** Words of an enum. */
  readonly words?: readonly string[];
  /** Least integer. */
  readonly min?: number;
  /** Largest integer. */
  readonly max?: number;
}

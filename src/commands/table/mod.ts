/**
 * The command table: one row a command, for the host and for the core, whose
 * dispatch is generated from it.
 *
 * A row's place in {@linkcode COMMANDS} is the command's id, in the host and in
 * the core; it holds within one build and is never written to disk. Subcommands
 * have no id: they hang below their container. Facts are those of Redis 7.2
 * (https://redis.io/commands/), summaries are our own.
 *
 * @module
 */

export {
  type ArgumentSpec,
  type ArgumentType,
  parseArguments,
} from "./arguments.ts";
export { CATEGORIES, categoriesOf } from "./categories.ts";
export type {
  CommandClass,
  CommandGroup,
  CommandHome,
  CommandRow,
  Deprecation,
} from "./command_row.ts";
export type {
  KeyBegin,
  KeyFind,
  KeyPositions,
  KeySpec,
  LegacyRange,
} from "./key_spec.ts";
export { legacyRange } from "./key_spec.ts";
export { CommandNames, type Rename } from "./command_names.ts";
export { COMMANDS, findRow, isServed } from "./rows.ts";
export { formatSyntax } from "./syntax.ts";

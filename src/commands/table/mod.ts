/**
 * The command table: one row a command, for the host and for the core, whose
 * dispatch is generated from it.
 *
 * @module
 */

export type { CommandHome, CommandRow, KeyPositions } from "./command_row.ts";
export { COMMANDS } from "./rows.ts";

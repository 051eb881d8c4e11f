/**
 * CONFIG parameters: every one of Redis 7, its kind, and the present values.
 *
 * @module
 */

export type { ParameterKind, ParameterRow } from "./parameter_row.ts";
export { PARAMETERS } from "./sections/mod.ts";
export type { SetProblem } from "./read_value.ts";
export { listNoOps, ParameterStore } from "./store.ts";

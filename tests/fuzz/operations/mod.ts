/**
 * Operations of every group, drawn by their weights.
 *
 * @module
 */

import type {
  Operation,
  OperationContext,
  OperationMaker,
} from "../core_operation.ts";
import { BITMAP_OPERATIONS } from "./bitmaps.ts";
import { GENERIC_OPERATIONS } from "./generic.ts";
import { GROUP_OPERATIONS } from "./groups.ts";
import { HASH_EXPIRY_OPERATIONS } from "./hash_expiry.ts";
import { HASH_OPERATIONS } from "./hashes.ts";
import { LIST_OPERATIONS } from "./lists.ts";
import { PLACE_OPERATIONS } from "./places.ts";
import { SET_OPERATIONS } from "./sets.ts";
import { SORTED_SET_OPERATIONS } from "./sorted_sets.ts";
import { STREAM_OPERATIONS } from "./streams.ts";
import { STRING_OPERATIONS } from "./strings.ts";

/** Makers repeated as their weights say, each group as often as the share beside it. */
const MAKERS = makeTable([
  [30, STRING_OPERATIONS],
  [10, BITMAP_OPERATIONS],
  [25, HASH_OPERATIONS],
  [8, HASH_EXPIRY_OPERATIONS],
  [30, LIST_OPERATIONS],
  [20, SET_OPERATIONS],
  [25, SORTED_SET_OPERATIONS],
  [10, PLACE_OPERATIONS],
  [20, STREAM_OPERATIONS],
  [20, GROUP_OPERATIONS],
  [15, GENERIC_OPERATIONS],
]);

function makeTable(
  groups: readonly (readonly [number, readonly OperationMaker[]])[],
): OperationMaker[] {
  const table: OperationMaker[] = [];
  for (const [share, makers] of groups) {
    const total = makers.reduce((sum, { weight }) => sum + weight, 0);
    for (const maker of makers) {
      const times = Math.ceil(maker.weight / total * share * 50);
      for (let time = 0; time < times; time++) table.push(maker);
    }
  }
  return table;
}

/** Makes an operation and does it to the model of `context`. */
export function makeOperation(context: OperationContext): Operation {
  const maker = MAKERS[context.random.below(MAKERS.length)]!;
  return maker.make(context);
}

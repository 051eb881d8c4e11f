// === Admission of removals that no request asks for: see admission.ts ===

import { header } from "../memory/layout";
import { hasRoomFor } from "../memory/heap";
import { copiesBytes, promiseCopies, promisedInAll } from "./admission";

/** Whether a view leaves room for `copies` copies of leaves more than what is promised. */
export function hasRoomForCopies(copies: u64): bool {
  return header.viewsOpen == 0 || hasRoomFor(promisedInAll() + copiesBytes(copies));
}

/** Leaves that one removal may change: its own, that of its due time, and a hash's key's. */
const DUE_LEAVES: u64 = 3;

/** Copies of leaves that the last `admitRemovals` promised. */
export let removalCopies: u64 = 0;

/** How many of `most` keys and fields that are due may go, and promises what copies of pages take for them. */
export function admitRemovals(most: u32): u32 {
  let removals = most;
  while (removals != 0 && !hasRoomForCopies(removals * DUE_LEAVES)) removals >>= 1;
  removalCopies = removals * DUE_LEAVES;
  promiseCopies(removalCopies);
  return removals;
}

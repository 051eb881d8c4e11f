// === What an entry says of those who wait ===
//
// Ends of waits, and what those may take whom the entry wakes.

import { promisedInAll } from "../admission/admission";
import { promiseDeliveries } from "../admission/deliveries";
import { OBJECT_HEADER } from "../memory/heap";
import { database, LOCAL_DATABASE } from "../memory/layout";
import { BUDGET_UNIT } from "../waits/budget";
import { WAIT_STREAM, waitersOf } from "../waits/waiters";
import { END_ROW } from "../waits/wake";
import { Batch, gatheringBatch, groupReadsInFlight, largerBuffer, reserveEntry } from "./batch";

/** Adds the end of the wait of waiter `id`; whether there was memory for it. */
export function addEnd(id: u64, end: u32): bool {
  const batch = gatheringBatch();
  if (!reserveEntry(batch, END_ROW)) return false;
  if (batch.endCount == batch.endCapacity) {
    const wanted = max(63, batch.endCapacity * 2);
    const buffer = largerBuffer(batch.ends, batch.endCount * END_ROW, wanted * END_ROW);
    if (buffer == 0) return false;
    batch.ends = buffer;
    batch.endCapacity = wanted;
  }
  const at = <usize>batch.ends + OBJECT_HEADER + <usize>batch.endCount * END_ROW;
  batch.endCount++;
  store<u64>(at, id);
  store<u64>(at, end, 8);
  return true;
}

/** The field `wakes` of the batch's entry: whether somebody reads a stream outside of the log, and the budget. */
export function entryWakes(batch: Batch): u32 {
  return <u32>(database(LOCAL_DATABASE).root != 0) | (deliveryUnits(batch) << 1);
}

/** Budget of the deliveries to those whom the batch wakes. */
function deliveryUnits(batch: Batch): u32 {
  if (batch.writes == 0 || (waitersOf(WAIT_STREAM) == 0 && groupReadsInFlight == 0)) return 0;
  batch.deliveriesFree = promiseDeliveries(promisedInAll());
  return <u32>min((batch.deliveries + batch.deliveriesFree) / BUDGET_UNIT, <u64>i32.MAX_VALUE);
}

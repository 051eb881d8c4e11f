// === Admission of deliveries to consumers who wait ===
//
// What an entry of the log may take for those whom it wakes (waits/budget.ts), beyond
// what its writes were promised for that.

import { hasRoomFor } from "../memory/heap";

/** Promised to entries in flight. */
export let promisedDeliveries: u64 = 0;
/** Parts of which a promise consists, each half of the one before. */
const LARGEST: u64 = 1 << 30;
const SMALLEST: u64 = 64 * 1024;

/** Promises half of the memory that is free beside `promised` bytes to the deliveries of an entry; its bytes. */
export function promiseDeliveries(promised: u64): u64 {
  let bytes: u64 = 0;
  for (let part = LARGEST; part >= SMALLEST; part >>= 1) {
    if (hasRoomFor(promised + (bytes + part) * 2)) bytes += part;
  }
  promisedDeliveries += bytes;
  return bytes;
}

/** The entry to which that was promised is over. */
export function keepDeliveries(bytes: u64): void {
  promisedDeliveries -= bytes;
}

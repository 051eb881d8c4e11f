// === What those who are woken may take ===
//
// How much a group's consumer who waited is given is known when a key gets ready, not
// when the write that makes it ready is admitted: another write on its way to the log
// may move the group back, or put another stream in the key's place. So each entry of
// the log says how much memory all deliveries to those whom it wakes may take, which
// its leader keeps free until then. Who finds less gets fewer entries, or is told that
// memory is full, by the same count on every replica.

/** What a delivered entry costs in half empty pages, its two records and their slots. */
export const PENDING_BYTES: u64 = 192;
/** A name of a consumer is kept twice, in pages that may split. */
export const CONSUMER_BYTES: u64 = 2048;
/** The unit of an entry's budget. */
export const BUDGET_UNIT: u64 = 64;

let left: u64 = 0;

/** An entry that begins lets `units` be taken. */
export function setBudget(units: u32): void {
  left = <u64>units * BUDGET_UNIT;
}

/** Whether `bytes` may be taken. */
export function isWithinBudget(bytes: u64): bool {
  return bytes <= left;
}

/** Takes `bytes`, or what is left. */
export function takeBudget(bytes: u64): void {
  left -= min(left, bytes);
}

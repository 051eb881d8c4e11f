// === Admission of requests that wait, and of those that wake them ===
//
// A request that waits leaves a waiter behind. One that makes a key ready also pays
// for what those who are woken then do.

import { argumentCount } from "../request/parser";
import { CMD_BLOCKING, CMD_DENYOOM, ID_MOVE, ID_RENAME, ID_RENAMENX, ID_SWAPDB, ID_XADD } from "../generated/commands";
import { CHUNK_BYTES_MAX } from "../lists/items";
import { CONSUMER_BYTES, PENDING_BYTES } from "../waits/budget";
import { hasWaiters, waiterBytes, waiterKeys } from "../waits/waiters";

/** What serving a waiter may take: an item that moves into a list, which is perhaps new. */
const SERVED_BYTES: u64 = 2 * CHUNK_BYTES_MAX + 2048;
/** An entry that a group delivers to who waits for it, who is perhaps a new consumer; four keys at least are a waiter's. */
const DELIVERED_BYTES: u64 = (CONSUMER_BYTES + PENDING_BYTES) / 4 + 192;

/** Whether a command gives what there is other names, under which somebody may wait for it. */
function renames(commandId: u32): bool {
  return commandId == ID_RENAME || commandId == ID_RENAMENX || commandId == ID_MOVE || commandId == ID_SWAPDB;
}

/** Whether a command with these flags may wait. */
export function mayWait(flags: u32): bool {
  return (flags & CMD_BLOCKING) != 0;
}

/** Whether a command may make ready what somebody waits for. */
export function mayWake(commandId: u32, flags: u32): bool {
  return hasWaiters() && ((flags & CMD_DENYOOM) != 0 || renames(commandId));
}

/** What is delivered of an added entry, at most. */
export function addedDeliveries(): u64 {
  return waiterKeys() * DELIVERED_BYTES;
}

/** `needed`, and the bytes of the waiter or of what is delivered by the request in the table. */
export function withWaits(commandId: u32, flags: u32, needed: u32): u32 {
  let bytes: u64 = needed;
  if (mayWait(flags)) bytes += waiterBytes(argumentCount) + SERVED_BYTES;
  if (commandId == ID_XADD) bytes += addedDeliveries();
  return <u32>min(bytes, <u64>u32.MAX_VALUE);
}

/**
 * What serving everybody who waits now may take, `copyBytes` for a copy of a page.
 * Where a command makes nothing ready, those who are told so at most leave: memory
 * that is full must let itself be emptied.
 */
export function servedBytes(wakes: bool, copyBytes: u64): u64 {
  return waiterKeys() * ((wakes ? SERVED_BYTES : 0) + copyBytes);
}

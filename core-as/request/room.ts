// === Room to work in: a buffer for one command ===

import { allocate, free, KIND_BUFFER, KIND_LEDGER, OBJECT_HEADER } from "../memory/heap";
import { textScratch } from "../memory/state";
import { replyOutOfMemory } from "./reply";

/**
 * An object of `size` bytes, header included, for as long as a command runs; 0 after
 * answering, unless `isSilent`, that there is no memory. A write was admitted with the
 * room and has it.
 */
export function takeRoom(size: u64, isWrite: bool, isSilent: bool = false): usize {
  const object = size > u32.MAX_VALUE ? <usize>0 : allocate(<u32>size, isWrite ? KIND_LEDGER : KIND_BUFFER);
  if (object != 0) return object;
  if (isWrite) unreachable(); // admission checked the room
  if (!isSilent) replyOutOfMemory();
  return 0;
}

// === In scratch where that suffices ===

/** The buffer that `openRoom` took; 0 = it is scratch. */
let buffer: usize = 0;

/**
 * Address of `bytes` bytes: in the first `scratchBytes` of textScratch, or in a buffer
 * as `takeRoom` gives it. One at a time; `closeRoom` must follow unless it is 0.
 */
export function openRoom(bytes: u64, scratchBytes: u32, isWrite: bool, isSilent: bool = false): usize {
  buffer = 0;
  if (bytes <= scratchBytes) return textScratch();
  buffer = takeRoom(bytes + OBJECT_HEADER, isWrite, isSilent);
  return buffer == 0 ? 0 : buffer + OBJECT_HEADER;
}

/** Lets go of the room that `openRoom` gave. */
export function closeRoom(): void {
  if (buffer != 0) free(buffer);
  buffer = 0;
}

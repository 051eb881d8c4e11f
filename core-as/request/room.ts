// === Room to work in: a buffer for one command ===

import { allocate, KIND_BUFFER, KIND_LEDGER } from "../memory/heap";
import { replyOutOfMemory } from "./reply";

/**
 * An object of `size` bytes, header included, for as long as a command runs; 0 after
 * answering that there is no memory. A write was admitted with the room and has it.
 */
export function takeRoom(size: u64, isWrite: bool): usize {
  const object = size > u32.MAX_VALUE ? <usize>0 : allocate(<u32>size, isWrite ? KIND_LEDGER : KIND_BUFFER);
  if (object != 0) return object;
  if (isWrite) unreachable(); // admission checked the room
  replyOutOfMemory();
  return 0;
}

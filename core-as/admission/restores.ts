// === How much memory a RESTORE may need ===
//
// Compressed, a payload may be many times its size, so it is read as if the value
// were built. That costs as much as a small value's building; while memory has
// room for far more than is promised, a short payload is judged by its length.

import { argumentAt, argumentLength } from "../request/parser";
import { header } from "../memory/layout";
import { hasRoomFor, SLAB_SIZE_MAX } from "../memory/heap";
import { measureRoughly, measureValue, ROUGH_BYTES_MAX } from "../rdb/value_restore";

/** With so much room beyond all promises it does not matter that one is generous: no write is refused for it. */
const AMPLE_BYTES: u64 = 256 << 20;

function isAmple(promised: u64): bool {
  return header.memoryLimit == 0 && hasRoomFor(promised + AMPLE_BYTES);
}

/** Bytes that the RESTORE in the table may need, `carried` of them for what it carries; `promised` are to others. */
export function restoredBytes(carried: u32, promised: u64): u32 {
  const payload = argumentAt(3);
  const length = argumentLength(3);
  if (length <= ROUGH_BYTES_MAX && isAmple(promised)) {
    const most = measureRoughly(payload, length);
    // Larger objects get chunks set aside for them.
    if (carried + most < SLAB_SIZE_MAX) return carried + <u32>most;
  }
  const value = measureValue(payload, length);
  return value > u32.MAX_VALUE - carried ? u32.MAX_VALUE : carried + <u32>value;
}

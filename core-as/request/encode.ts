// === The request in the table as a RESP array ===
//
// Requests that came as inline lines are kept and proposed in this form.

import { argumentAt, argumentCount, argumentLength } from "./parser";
import { textScratch } from "../memory/state";
import { writeUnsigned } from "../text/integers";

/** Bytes of the request in the table as a RESP array, at most. */
export function encodedBytes(): u32 {
  let bytes: u32 = 16;
  for (let i: u32 = 0; i < argumentCount; i++) bytes += argumentLength(i) + 16;
  return bytes;
}

function countBytes(count: u32): u32 {
  return writeUnsigned(textScratch(), count) + 3;
}

/** Bytes that `encodeRequest` writes. */
export function requestBytes(): u32 {
  let bytes = countBytes(argumentCount);
  for (let i: u32 = 0; i < argumentCount; i++) bytes += countBytes(argumentLength(i)) + argumentLength(i) + 2;
  return bytes;
}

function writeCount(at: usize, type: u8, count: u32): usize {
  store<u8>(at, type);
  const digits = writeUnsigned(at + 1, count);
  store<u16>(at + 1 + digits, 0x0a0d);
  return at + digits + 3;
}

/** Writes the request in the table as a RESP array; bytes written. */
export function encodeRequest(at: usize): u32 {
  let p = writeCount(at, 0x2a, argumentCount);
  for (let i: u32 = 0; i < argumentCount; i++) {
    const length = argumentLength(i);
    p = writeCount(p, 0x24, length);
    memory.copy(p, argumentAt(i), length);
    store<u16>(p + length, 0x0a0d);
    p += length + 2;
  }
  return <u32>(p - at);
}

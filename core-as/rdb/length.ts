// === RDB: the payload being read, and lengths ===
//
//   00LLLLLL                  length below 64
//   01LLLLLL LLLLLLLL         length below 16,384
//   10000000 u32 big endian   length
//   10000001 u64 big endian   length
//   11EEEEEE                  not a length: a string in encoding E (strings.ts)
//
// A payload comes from a client: nothing in it is believed. Readers return false
// when it ends too early or cannot be what it should be, and never look outside.

/** Next byte to read, and the end. */
let at: usize = 0;
let end: usize = 0;

/** Starts reading `length` bytes at `from`. */
export function openPayload(from: usize, length: u32): void {
  at = from;
  end = from + length;
}

/** Bytes not yet read. */
export function payloadLeft(): u32 {
  return <u32>(end - at);
}

/** Address of the next `count` bytes, which count as read; 0 when there are fewer. */
export function takeBytes(count: u64): usize {
  if (count > payloadLeft()) return 0;
  const taken = at;
  at += <usize>count;
  return taken;
}

/** Value of the last `readLength` that succeeded: a length, or an encoding. */
export let lengthRead: u64 = 0;
/** Whether that is an encoding. */
export let isEncoding: bool = false;

/** Reads a length or an encoding. */
export function readLength(): bool {
  if (at == end) return false;
  const first = <u32>load<u8>(at++);
  const kind = first >> 6;
  isEncoding = kind == 3;
  if (kind == 0 || kind == 3) {
    lengthRead = first & 63;
    return true;
  }
  if (kind == 1) {
    if (at == end) return false;
    lengthRead = ((first & 63) << 8) | load<u8>(at++);
    return true;
  }
  return readWideLength(first);
}

function readWideLength(first: u32): bool {
  const bytes = takeBytes(first == 0x80 ? 4 : 8);
  if (bytes == 0 || first > 0x81) return false;
  lengthRead = first == 0x80 ? <u64>bswap(load<u32>(bytes)) : bswap(load<u64>(bytes));
  return true;
}

/** Most bytes that `writeLength` writes. */
export const LENGTH_BYTES_MAX: u32 = 9;

/** Writes a length; bytes written. */
export function writeLength(out: usize, length: u64): u32 {
  if (length < 64) {
    store<u8>(out, <u8>length);
    return 1;
  }
  if (length < 16384) {
    store<u8>(out, <u8>(0x40 | (length >> 8)));
    store<u8>(out, <u8>length, 1);
    return 2;
  }
  if (length <= u32.MAX_VALUE) {
    store<u8>(out, 0x80);
    store<u32>(out, bswap(<u32>length), 1);
    return 5;
  }
  store<u8>(out, 0x81);
  store<u64>(out, bswap(length), 1);
  return 9;
}

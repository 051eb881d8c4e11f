// === MONITOR: what ran, for those who watch ===
//
// While somebody watches, every command that a client's request ran is noted as a
// row of text, which the host takes after each crossing:
//
//   owner u32 │ database u32 │ bytes u32 │ ` "word" "word" …`, escaped as Redis does
//
// Rows that find no room are lost, and the host is told.

import { argumentAt, argumentCount, argumentLength } from "../request/parser";
import { enlarge, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { databaseIndex } from "../memory/state";
import { Session } from "../request/session";

const ROW_HEADER: u32 = 12;
/** Rows between two looks of the host. At the bound: they are lost. */
const ROWS_BYTES_MAX: u32 = 64 << 20;
const ROWS_BYTES_START: u32 = 4096;
/** Room that is kept between two looks. */
const ROWS_BYTES_KEPT: u32 = 1 << 20;
/** Bytes that one byte of a word takes at most: `\x00`. */
const ESCAPED_MAX: u64 = 4;
/** Quotes and a space around a word. */
const WORD_EXTRA: u64 = 3;

/** Whether somebody watches. */
export let isMonitored: bool = false;
let rows: u32 = 0;
let capacity: u32 = 0;
export let rowsLength: u32 = 0;
/** Whether rows were lost since the host looked. */
export let hasLostRows: bool = false;

export function setMonitored(isOn: bool): void {
  isMonitored = isOn;
  dropRows(0);
  hasLostRows = false;
}

/** Address of the rows. */
export function rowsStart(): usize {
  return <usize>rows + OBJECT_HEADER;
}

/** Forgets the rows; room above `kept` bytes is given back. */
function dropRows(kept: u32): void {
  rowsLength = 0;
  if (capacity <= kept) return;
  free(rows);
  rows = 0;
  capacity = 0;
}

/** The host has taken the rows. */
export function clearRows(): void {
  dropRows(ROWS_BYTES_KEPT);
  hasLostRows = false;
}

function reserve(bytes: u64): bool {
  const least = <u64>rowsLength + bytes;
  if (least > ROWS_BYTES_MAX) return false;
  if (least <= capacity) return true;
  const wanted = max(<u32>least, max(ROWS_BYTES_START, min(capacity * 2, ROWS_BYTES_MAX)));
  const larger = enlarge(rows, rowsLength, wanted, KIND_BUFFER);
  if (larger == 0) return false;
  rows = <u32>larger;
  capacity = wanted;
  return true;
}

function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** The letter behind the backslash; 0 = the byte has none. */
function escapeOf(byte: u32): u32 {
  if (byte == 0x5c || byte == 0x22) return byte;
  if (byte == 0x0a) return 0x6e;
  if (byte == 0x0d) return 0x72;
  if (byte == 0x09) return 0x74;
  if (byte == 0x07) return 0x61;
  if (byte == 0x08) return 0x62;
  return 0;
}

/** Writes one word behind a space, in quotes; the address behind it. */
function writeWord(to: usize, from: usize, length: u32): usize {
  store<u16>(to, 0x2220);
  to += 2;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(from + i);
    const letter = escapeOf(byte);
    if (letter != 0) {
      store<u16>(to, <u16>(0x5c | (letter << 8)));
      to += 2;
    } else if (byte - 0x20 < 0x5f) {
      store<u8>(to++, <u8>byte);
    } else {
      store<u16>(to, 0x785c);
      store<u8>(to, <u8>hexDigit(byte >> 4), 2);
      store<u8>(to, <u8>hexDigit(byte & 15), 3);
      to += 4;
    }
  }
  store<u8>(to, 0x22);
  return to + 1;
}

function writeHeader(owner: u32): usize {
  const row = rowsStart() + rowsLength;
  store<u32>(row, owner);
  store<u32>(row, databaseIndex, 4);
  return row + ROW_HEADER;
}

function endRow(to: usize): void {
  const row = rowsStart() + rowsLength;
  store<u32>(row, <u32>(to - row) - ROW_HEADER, 8);
  rowsLength = <u32>(to - rowsStart());
}

/** Notes the request in the table, which `session` ran. */
export function noteRun(session: Session): void {
  if (changetype<usize>(session) == 0) return;
  let bytes: u64 = ROW_HEADER;
  for (let i: u32 = 0; i < argumentCount; i++) bytes += <u64>argumentLength(i) * ESCAPED_MAX + WORD_EXTRA;
  if (!reserve(bytes)) {
    hasLostRows = true;
    return;
  }
  let to = writeHeader(session.owner);
  for (let i: u32 = 0; i < argumentCount; i++) to = writeWord(to, argumentAt(i), argumentLength(i));
  endRow(to);
}

/** Notes that `session` is done with EXEC, or was refused it. */
export function noteExec(session: Session): void {
  if (!reserve(ROW_HEADER + 4 + WORD_EXTRA)) {
    hasLostRows = true;
    return;
  }
  const to = writeHeader(session.owner);
  store<u16>(to, 0x2220);
  store<u32>(to, session.execName, 2);
  store<u8>(to, 0x22, 6);
  endRow(to + 7);
}

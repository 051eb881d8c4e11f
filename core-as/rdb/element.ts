// === One element of a packed list, as a reader left it ===

import { keyScratch } from "../memory/state";
import { writeInteger } from "../text/integers";

/** Whether the element is an integer, `number`; else it is bytes. */
export let isNumber: bool = false;
export let number: i64 = 0;
export let bytesAt: usize = 0;
export let bytesLen: u32 = 0;

export function setNumber(value: i64): void {
  isNumber = true;
  number = value;
}

export function setBytes(at: usize, length: u32): void {
  isNumber = false;
  bytesAt = at;
  bytesLen = length;
}

/** Places for an integer's text: a field's and a value's. */
export const TEXT_OF_FIELD: usize = 64;
export const TEXT_OF_VALUE: usize = 96;

/** Makes the element bytes in any case: an integer's text, which goes to `place`. */
export function useText(place: usize): void {
  if (!isNumber) return;
  bytesAt = keyScratch() + place;
  bytesLen = writeInteger(bytesAt, number);
}

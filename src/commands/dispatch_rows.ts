/**
 * The command table as the core's dispatch holds it: one cache line a row.
 *
 * ```text
 *   0  name, lower case, zeros behind it     24  length of the name
 *  28  arity                                 32  flags
 *  36  first key     40  last key     44  step
 *  48  first field   52  last field   56  step   60  zeros
 * ```
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CommandRow } from "./table/mod.ts";

/** Bytes of a row. */
export const ROW_BYTES = 64;

/** Offsets of a row's fields, 4 bytes each, little-endian; and the room for its name. */
export const ROW_OFFSETS = {
  nameBytesMax: 24,
  nameLength: 24,
  arity: 28,
  flags: 32,
  firstKey: 36,
  lastKey: 40,
  keyStep: 44,
  firstField: 48,
  lastField: 52,
  fieldStep: 56,
} as const;

/** All rows, as unsigned 32-bit words. */
export function packRows(
  rows: readonly CommandRow[],
  flags: readonly number[],
): number[] {
  const bytes = new Uint8Array(rows.length * ROW_BYTES);
  const view = new DataView(bytes.buffer);
  rows.forEach((row, id) => {
    const start = id * ROW_BYTES;
    const name = new TextEncoder().encode(row.name);
    assert(name.length <= ROW_OFFSETS.nameBytesMax, "a name fits its row");
    bytes.set(name, start);
    const put = (offset: number, value: number) =>
      view.setInt32(start + offset, value, true);
    put(ROW_OFFSETS.nameLength, name.length);
    put(ROW_OFFSETS.arity, row.arity);
    put(ROW_OFFSETS.flags, flags[id]!);
    put(ROW_OFFSETS.firstKey, row.keys.first);
    put(ROW_OFFSETS.lastKey, row.keys.last);
    put(ROW_OFFSETS.keyStep, row.keys.step);
    put(ROW_OFFSETS.firstField, row.fields.first);
    put(ROW_OFFSETS.lastField, row.fields.last);
    put(ROW_OFFSETS.fieldStep, row.fields.step);
  });
  return Array.from(
    { length: bytes.length / 4 },
    (_, index) => view.getUint32(index * 4, true),
  );
}

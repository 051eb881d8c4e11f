/**
 * Commands of the bitmap group.
 *
 * Source: https://redis.io/commands/?group=bitmap
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command, keysFrom, oneKey } from "./row_builder.ts";

/** Rows of the bitmap group, sorted by name. */
export const BITMAP_COMMANDS: readonly CommandRow[] = [
  command("bitcount", "bitmap", "core", {
    since: "2.6.0",
    arity: -2,
    flags: "readonly",
    categories: "bitmap",
    keys: [oneKey("RO access")],
    summary: "Counts the set bits of a string",
    complexity: "O(N), N = bytes counted",
    arguments: "key@0 index?{start:integer end:integer index_unit?<byte=BYTE|" +
      "bit=BIT>^7.0.0}",
  }),
  command("bitfield", "bitmap", "core", {
    since: "3.2.0",
    arity: -2,
    flags: "write denyoom",
    categories: "bitmap",
    keys: [
      oneKey("RW access update variable_flags", {
        notes: "This command allows both access and modification of the key",
      }),
    ],
    summary: "Reads, sets and adds to integers packed into a string",
    complexity: "O(1) for each operation",
    arguments: "key@0 operation?*<encoding_offset{encoding:string " +
      "offset:integer}=GET|write{wrap_sat_fail?<wrap=WRAP|sat=SAT|" +
      "fail=FAIL>=OVERFLOW write_operation<encoding_offset_value{encoding" +
      ":string offset:integer value:integer}=SET|" +
      "encoding_offset_increment{encoding:string offset:integer " +
      "increment:integer}=INCRBY>}>",
  }),
  command("bitfield_ro", "bitmap", "core", {
    since: "6.0.0",
    arity: -2,
    flags: "readonly fast",
    categories: "bitmap",
    keys: [oneKey("RO access")],
    summary: "Reads integers packed into a string",
    complexity: "O(1) for each operation",
    arguments: "key@0 encoding_offset?*+{encoding:string offset:integer}=GET",
  }),
  command("bitop", "bitmap", "core", {
    since: "2.6.0",
    arity: -4,
    flags: "write denyoom",
    categories: "bitmap",
    keys: [oneKey("OW update", { at: 2 }), keysFrom(3, "RO access")],
    summary: "Combines strings bit by bit and stores the outcome",
    complexity: "O(N), N = bytes of the longest",
    arguments: "operation:string destkey@0 key*@1",
  }),
  command("bitpos", "bitmap", "core", {
    since: "2.8.7",
    arity: -3,
    flags: "readonly",
    categories: "bitmap",
    keys: [oneKey("RO access")],
    summary: "Finds the first bit that is set or clear",
    complexity: "O(N), N = bytes searched",
    arguments:
      "key@0 bit:integer index?{start:integer end_index?{end:integer " +
      "index_unit?<byte=BYTE|bit=BIT>^7.0.0}}",
  }),
  command("getbit", "bitmap", "core", {
    since: "2.2.0",
    arity: 3,
    flags: "readonly fast",
    categories: "bitmap",
    keys: [oneKey("RO access")],
    summary: "Reads one bit of a string",
    complexity: "O(1)",
    arguments: "key@0 offset:integer",
  }),
  command("setbit", "bitmap", "core", {
    since: "2.2.0",
    arity: 4,
    flags: "write denyoom",
    categories: "bitmap",
    keys: [oneKey("RW access update")],
    summary: "Sets or clears one bit of a string",
    complexity: "O(1)",
    arguments: "key@0 offset:integer value:integer",
  }),
];

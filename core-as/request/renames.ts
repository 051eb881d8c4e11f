// === Commands of other names ===
//
// `rename-command`: the host says which commands have lost their name, and which
// names stand for them. What is queued, proposed or kept for later is written
// under Redis's own name, so log, replicas and waiters know nothing of it.
//
// Names lie in one buffer, in rows: id u32 │ bytes u32 │ own bytes u32 │ the new
// name in lower case │ the command's own name.

import { allocate, free, KIND_BUFFER, OBJECT_HEADER } from "../memory/heap";
import { argumentAt, argumentLength, argumentTable } from "./parser";
import { COMMAND_ROWS } from "../memory/layout";

const ROW_HEADER: u32 = 12;

/** Whether any command has lost its name. */
export let hasRenames: bool = false;
/** Whether the request judged last was found under a new name; then the table holds the command's own. */
export let isRenamed: bool = false;

/** One byte a command: 1 = it has lost its name. */
let lost: usize = 0;
let names: usize = 0;
let namesLength: u32 = 0;
let namesCapacity: u32 = 0;

function newBuffer(bytes: u32): usize {
  const at = allocate(bytes + OBJECT_HEADER, KIND_BUFFER);
  assert(at != 0); // at the start, when memory is empty
  return at;
}

/** Takes its name from the command `id`. */
export function hideCommand(id: u32): void {
  assert(id < COMMAND_ROWS);
  if (lost == 0) {
    lost = newBuffer(COMMAND_ROWS);
    memory.fill(lost + OBJECT_HEADER, 0, COMMAND_ROWS);
  }
  hasRenames = true;
  store<u8>(lost + OBJECT_HEADER + id, 1);
}

/** Lets the `length` bytes at `name`, in lower case, stand for the command `id`; `own` is its own name. */
export function nameCommand(id: u32, name: usize, length: u32, own: usize, ownLength: u32): void {
  const bytes = ROW_HEADER + length + ownLength;
  if (namesLength + bytes > namesCapacity) {
    namesCapacity = max(namesLength + bytes, max(1024, namesCapacity * 2));
    const larger = newBuffer(namesCapacity);
    if (names != 0) {
      memory.copy(larger + OBJECT_HEADER, names + OBJECT_HEADER, namesLength);
      free(names);
    }
    names = larger;
  }
  const row = names + OBJECT_HEADER + namesLength;
  store<u32>(row, id);
  store<u32>(row, length, 4);
  store<u32>(row, ownLength, 8);
  memory.copy(row + ROW_HEADER, name, length);
  memory.copy(row + ROW_HEADER + length, own, ownLength);
  namesLength += bytes;
  hasRenames = true;
}

function isWordOf(name: usize, length: u32): bool {
  if (argumentLength(0) != length) return false;
  const word = argumentAt(0);
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(word + i);
    const lower = <u8>(byte - 0x41 < 26 ? byte | 0x20 : byte);
    if (lower != load<u8>(name + i)) return false;
  }
  return true;
}

/**
 * The command that the request in the table means, `id` if all had their own names:
 * `isOwn` says that they have, in requests that were written here.
 */
export function commandMeant(id: i32, isOwn: bool): i32 {
  isRenamed = false;
  if (isOwn) return id;
  if (id >= 0 && (lost == 0 || load<u8>(lost + OBJECT_HEADER + <usize>id) == 0)) return id;
  const end = names + OBJECT_HEADER + namesLength;
  for (let row = names + OBJECT_HEADER; row < end;) {
    const length = load<u32>(row, 4);
    const ownLength = load<u32>(row, 8);
    const name = row + ROW_HEADER;
    if (isWordOf(name, length)) {
      isRenamed = true;
      store<u32>(argumentTable(), <u32>(name + length));
      store<u32>(argumentTable(), ownLength, 4);
      return load<u32>(row);
    }
    row = name + length + ownLength;
  }
  return -1;
}

// === What the host's DEBUG asks about one key ===
//
// A key whose time is over is gone here as for every command. Redis tells of it
// until something removes it, be it a read; here reads remove nothing.

import { digestKey } from "./digest";
import { accessOf } from "../keys/keyspace";
import { peekKey } from "../keys/lookup";
import { encodingName, idleSeconds, referenceCount } from "./object";
import { emitValue } from "../rdb/value_dump";
import { advanceOutput, emitText, outputLength, outputStart, reserveOutput, truncateOutput } from "../request/reply";
import { textScratch, useDatabase } from "../memory/state";
import { writeUnsigned } from "../text/integers";

const NUMBER_BYTES_MAX: u32 = 20;

function recordIn(database: u32, key: usize, keyLen: u32): usize {
  useDatabase(database);
  return peekKey(key, keyLen);
}

/** Address of the 20 bytes of a value's digest, good until the next call; 0 = no such key. */
export function keyDigest(database: u32, key: usize, keyLen: u32): usize {
  const record = recordIn(database, key, keyLen);
  return record == 0 ? 0 : digestKey(record);
}

function emitNumber(value: u64): void {
  const out = reserveOutput(NUMBER_BYTES_MAX);
  if (out != 0) advanceOutput(writeUnsigned(out, value));
}

function emitHex(value: u32): void {
  const out = reserveOutput(8);
  if (out == 0) return;
  const digits: u32 = max(1, (35 - clz(value)) >> 2);
  for (let i: u32 = 0; i < digits; i++) {
    const digit = (value >>> ((digits - 1 - i) << 2)) & 15;
    store<u8>(out + i, <u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
  }
  advanceOutput(digits);
}

/** Bytes of the value in a dump, without type and footer. */
function serializedBytes(record: usize): u32 {
  const from = outputLength();
  emitValue(record);
  const bytes = outputLength() - from - 1;
  truncateOutput(from);
  return bytes;
}

function emitDescription(record: usize): void {
  const serialized = serializedBytes(record);
  emitText("Value at:0x");
  emitHex(<u32>record);
  emitText(" refcount:");
  emitNumber(referenceCount(record));
  emitText(" encoding:");
  emitText(encodingName(record));
  emitText(" serializedlength:");
  emitNumber(serialized);
  emitText(" lru:");
  emitNumber(accessOf(record));
  emitText(" lru_seconds_idle:");
  emitNumber(idleSeconds(record));
}

/** Bytes of the text about a key that is then at `descriptionAddress`; 0 = no such key. */
export function describeKey(database: u32, key: usize, keyLen: u32): u32 {
  const record = recordIn(database, key, keyLen);
  if (record == 0) return 0;
  const from = outputLength();
  emitDescription(record);
  const length = outputLength() - from;
  memory.copy(textScratch(), outputStart() + from, length);
  truncateOutput(from);
  return length;
}

/** Where `describeKey` left its text, good until the next call. */
export function descriptionAddress(): usize {
  return textScratch();
}

// === MEMORY STATS, MEMORY DOCTOR, MEMORY MALLOC-STATS ===
//
// https://redis.io/commands/memory-stats/. They tell of this core's memory, which
// holds data, input and replies; what the process takes besides is in INFO.

import { CHUNK_SIZE, database, DATABASE_COUNT, header } from "../memory/layout";
import { emit, emitText, moveToFront, outputLength, replyBulkText, replyInteger, replyMap } from "../request/reply";
import { protocol, textScratch } from "../memory/state";
import { replyDouble } from "../request/scores";
import { writeUnsigned } from "../text/integers";

function emitNumber(value: u64): void {
  const out = textScratch();
  emit(out, writeUnsigned(out, value));
}

/** Makes the text written since `from` a verbatim string; a bulk string in RESP2. */
function endVerbatim(from: u32): void {
  const length = outputLength() - from;
  emitText("\r\n");
  const end = outputLength();
  if (protocol == 3) {
    emitText("=");
    emitNumber(length + 4);
    emitText("\r\ntxt:");
  } else {
    emitText("$");
    emitNumber(length);
    emitText("\r\n");
  }
  moveToFront(from, end);
}

/** Bytes that memory has been grown to. */
function bytesGrown(): u64 {
  return <u64>header.chunksGrown * CHUNK_SIZE;
}

// === STATS ===

const PAIRS: u32 = 17;

function field(name: string, value: u64): void {
  replyBulkText(name);
  replyInteger(<i64>value);
}

function share(name: string, part: u64, whole: u64, times: f64): void {
  replyBulkText(name);
  replyDouble(whole == 0 ? 0 : <f64>part * times / <f64>whole);
}

/** Two fields: by how much `large` exceeds `small`, as a ratio and in bytes. */
function excess(ratioName: string, bytesName: string, large: u64, small: u64): void {
  share(ratioName, large, small, 1);
  replyBulkText(bytesName);
  replyInteger(<i64>large - <i64>small);
}

/** `MEMORY STATS` */
export function replyMemoryStats(): void {
  const used = header.bytesUsed;
  const buffers = header.bytesBuffers;
  const dataset = used - buffers;
  let keys: u64 = 0;
  for (let index: u32 = 0; index < DATABASE_COUNT; index++) keys += database(index).keys;
  replyMap(PAIRS);
  field("peak.allocated", header.bytesUsedPeak);
  field("total.allocated", used);
  field("replication.backlog", 0);
  field("clients.slaves", 0);
  field("overhead.total", buffers);
  field("keys.count", keys);
  field("keys.bytes-per-key", keys == 0 ? 0 : dataset / keys);
  field("dataset.bytes", dataset);
  share("dataset.percentage", dataset, used, 100);
  share("peak.percentage", used, header.bytesUsedPeak, 100);
  field("allocator.allocated", used);
  field("allocator.active", header.bytesReserved);
  field("allocator.resident", bytesGrown());
  excess("allocator-fragmentation.ratio", "allocator-fragmentation.bytes", header.bytesReserved, used);
  excess("fragmentation", "fragmentation.bytes", bytesGrown(), used);
}

// === DOCTOR ===

/** Below so many bytes there is nothing to find. */
const SMALL_BYTES: u64 = 5 << 20;
/** Bytes by which fragmentation matters. */
const EXCESS_BYTES: u64 = 10 << 20;

/** `MEMORY DOCTOR`, in Redis's words where they fit. */
export function replyMemoryDoctor(): void {
  const from = outputLength();
  const used = header.bytesUsed;
  if (used < SMALL_BYTES) {
    emitText("Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n");
    return endVerbatim(from);
  }
  const isPeak = header.bytesUsedPeak * 2 > used * 3;
  const isFragmented = header.bytesReserved * 10 > used * 11 && header.bytesReserved - used > EXCESS_BYTES;
  if (!isPeak && !isFragmented) {
    emitText("Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n");
    return endVerbatim(from);
  }
  emitText("Sam, I detected a few issues in this Redis instance memory implants:\n\n");
  if (isPeak) {
    emitText(" * Peak memory: In the past this instance used more than 150% the memory that is currently using. Its memory does not shrink after a peak, which is harmless: it will be used as soon as you fill the instance with more data. Only a restart gives it back to the system.\n\n");
  }
  if (isFragmented) {
    emitText(" * High allocator fragmentation: This instance has an allocator external fragmentation greater than 1.1. This problem is usually due either to a large peak memory (check if there is a peak memory entry above in the report) or may result from a workload that causes the allocator to fragment memory a lot.\n\n");
  }
  emitText("I'm here to keep you safe, Sam. I want to help you.\n");
  endVerbatim(from);
}

// === MALLOC-STATS ===

function line(name: string, value: u64): void {
  emitText(name);
  emitText(": ");
  emitNumber(value);
  emitText("\n");
}

/** `MEMORY MALLOC-STATS` */
export function replyMallocStats(): void {
  const from = outputLength();
  line("Bytes of live objects", header.bytesUsed);
  line("Most there ever were", header.bytesUsedPeak);
  line("Bytes of pages", header.bytesPages);
  line("Bytes of blobs", header.bytesBlobs);
  line("Bytes of buffers", header.bytesBuffers);
  line("Bytes kept for views", header.bytesRetired);
  line("Bytes of chunks in use", header.bytesReserved);
  line("Bytes of all chunks", bytesGrown());
  endVerbatim(from);
}

import { assertEquals, assertNotEquals } from "@std/assert";
import { BATCH_BUFFER_BYTES_KEPT } from "../../../src/config/mod.ts";
import {
  BatchEncoder,
  type BatchPlace,
} from "../../../src/storage/wal_encoder.ts";
import { BATCH_MARKS } from "../../../src/storage/wal_format.ts";
import { batchBytes } from "../../../src/storage/wal_stamps.ts";
import { SegmentScanner } from "../../../src/storage/wal_scanner.ts";
import { FixedFiles } from "./fixed_files.ts";
import { makeSegment } from "./segments.ts";

const PLACE: BatchPlace = {
  paddingBytes: 0,
  stamp: 5,
  batch: 9,
  durableBatch: 7,
  previousEnd: 1234,
  mark: BATCH_MARKS.records,
};

function entry(index: number, bytes: number) {
  return { term: 3, index, data: new Uint8Array(bytes).fill(index) };
}

/** A file that holds one batch. */
function scan(bytes: Uint8Array) {
  const files = new FixedFiles(new Map([["file", bytes]]));
  const { header } = makeSegment([], { stamp: PLACE.stamp });
  return new SegmentScanner(files, "file", bytes.length, header).batchAt(0);
}

Deno.test("BatchEncoder.finish() makes a batch that reads back", () => {
  const encoder = new BatchEncoder();
  const state = { term: 3, vote: 2, commit: 1 };
  encoder.entry(entry(1, 0));
  encoder.entry(entry(2, 5));
  encoder.state(state);
  encoder.entry(entry(3, 300_000));
  const { bytes, end } = encoder.finish(PLACE);
  assertEquals(bytes.length, batchBytes(encoder.bodyBytes));
  assertEquals(encoder.lastIndex, 3);
  assertEquals(encoder.hardState, state);
  const { header, entries, hardState, ...rest } = scan(bytes)!;
  assertEquals(rest, { end, endOffset: bytes.length });
  assertEquals(entries, [entry(1, 0), entry(2, 5), entry(3, 300_000)]);
  assertEquals(hardState, state);
  const { batch, durableBatch, previousEnd, mark } = PLACE;
  assertEquals(header, {
    bodyBytes: encoder.bodyBytes,
    batch,
    durableBatch,
    previousEnd,
    mark,
  });
});

Deno.test("BatchEncoder.clear() leaves nothing behind", () => {
  const fresh = new BatchEncoder();
  fresh.entry(entry(1, 3));
  const expected = fresh.finish(PLACE);
  const used = new BatchEncoder();
  used.entry(entry(8, 4000));
  used.state({ term: 9, vote: 9, commit: 9 });
  used.finish(PLACE);
  used.clear();
  assertEquals([used.bodyBytes, used.lastIndex, used.hardState], [
    0,
    undefined,
    undefined,
  ]);
  used.entry(entry(1, 3));
  assertEquals(used.finish(PLACE), expected);
});

Deno.test("BatchEncoder.clear() gives a large buffer back", () => {
  const encoder = new BatchEncoder();
  encoder.entry(entry(1, BATCH_BUFFER_BYTES_KEPT));
  const large = encoder.finish(PLACE).bytes.buffer;
  encoder.clear();
  encoder.entry(entry(1, 1));
  const { bytes } = encoder.finish(PLACE);
  assertNotEquals(bytes.buffer.byteLength, large.byteLength);
  const small = bytes.buffer;
  encoder.clear();
  encoder.entry(entry(2, 1));
  assertEquals(encoder.finish(PLACE).bytes.buffer === small, true);
});

Deno.test("BatchEncoder.finish() puts zeros behind the batch", () => {
  const encoder = new BatchEncoder();
  encoder.entry(entry(7, 300_000));
  encoder.finish(PLACE);
  encoder.clear();
  encoder.entry(entry(1, 3));
  const plain = encoder.finish(PLACE);
  const padded = encoder.finish({ ...PLACE, paddingBytes: 3584 });
  assertEquals(padded.end, plain.end);
  assertEquals(padded.bytes.length, plain.bytes.length + 3584);
  assertEquals(padded.bytes.subarray(0, plain.bytes.length), plain.bytes);
  assertEquals(
    padded.bytes.subarray(plain.bytes.length),
    new Uint8Array(3584),
  );
});

Deno.test("BatchEncoder.finish() makes batches differ by place", () => {
  const encoder = new BatchEncoder();
  const ends = [
    PLACE,
    { ...PLACE, stamp: 6 },
    { ...PLACE, batch: 10 },
    { ...PLACE, previousEnd: 1 },
    { ...PLACE, mark: BATCH_MARKS.cleanStop },
  ].map((place) => encoder.finish(place).end);
  assertEquals(new Set(ends).size, ends.length);
});

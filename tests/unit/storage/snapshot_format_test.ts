import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { SNAPSHOT_BLOCK_BYTES_MAX } from "../../../src/config/mod.ts";
import { crc32 } from "../../../src/base/mod.ts";
import {
  addToWhole,
  decodeSnapshotHeader,
  encodeBlock,
  encodeSnapshotFooter,
  encodeSnapshotHeader,
  SNAPSHOT_VERSION,
  snapshotIndex,
  snapshotName,
  snapshotVersion,
} from "../../../src/storage/snapshot_format.ts";

const POINT = { index: Number.MAX_SAFE_INTEGER, term: 2 ** 40 };

Deno.test("snapshotName() and snapshotIndex() are each other's inverse", () => {
  for (const index of [1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assertEquals(snapshotIndex(snapshotName(index)), index);
  }
  assertEquals(snapshotIndex("snapshot-0000000000000001.snap.tmp"), undefined);
  assertEquals(snapshotIndex("wal-0000000000000001.log"), undefined);
});

Deno.test("decodeSnapshotHeader() reads what encodeSnapshotHeader() wrote", () => {
  const bytes = encodeSnapshotHeader(POINT);
  assertEquals(decodeSnapshotHeader(bytes), POINT);
  assertEquals(decodeSnapshotHeader(bytes.subarray(1)), undefined);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ 4);
    assertEquals(decodeSnapshotHeader(changed), undefined);
  }
});

Deno.test("snapshotVersion() names the version of a snapshot alone", () => {
  const bytes = encodeSnapshotHeader(POINT);
  assertEquals(snapshotVersion(bytes), SNAPSHOT_VERSION);
  assertEquals(snapshotVersion(bytes.with(7, 3)), 3);
  assertEquals(snapshotVersion(bytes.with(6, 3)), undefined);
});

Deno.test("encodeBlock() prefixes length and checksum", () => {
  const block = Uint8Array.of(1, 2, 3);
  const { bytes, crc } = encodeBlock(block);
  assertEquals(crc, crc32(block));
  const view = new DataView(bytes.buffer);
  assertEquals(view.getUint32(0, true), 3);
  assertEquals(view.getUint32(4, true), crc);
  assertEquals([...bytes.subarray(8)], [1, 2, 3]);
});

Deno.test("encodeBlock() takes shared memory, and neither nothing nor too much", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  const { bytes } = encodeBlock(shared);
  assertEquals(bytes.buffer instanceof SharedArrayBuffer, false);
  assertThrows(() => encodeBlock(new Uint8Array(0)), AssertionError);
  const long = new Uint8Array(SNAPSHOT_BLOCK_BYTES_MAX + 1);
  assertThrows(() => encodeBlock(long), AssertionError);
});

Deno.test("addToWhole() depends on every checksum and their order", () => {
  const wholes = [[1, 2], [2, 1], [1, 3], [1], []].map((crcs) =>
    crcs.reduce(addToWhole, 0)
  );
  assertEquals(new Set(wholes).size, wholes.length);
});

Deno.test("encodeSnapshotFooter() starts with zero and ends with its checksum", () => {
  const bytes = encodeSnapshotFooter({ blocks: 3, offset: 2 ** 40, whole: 9 });
  const view = new DataView(bytes.buffer);
  assertEquals(view.getUint32(0, true), 0);
  assertEquals(view.getUint32(20, true), crc32(bytes, 0, 20));
});

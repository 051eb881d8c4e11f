import { assert, assertEquals } from "@std/assert";
import { crc32, PeerError, SeededRandom } from "../../../src/base/mod.ts";
import {
  PEER_FRAME_BYTES_MAX,
  PEER_FRAME_BYTES_START,
  PEER_FRAME_BYTES_TRUSTED,
} from "../../../src/config/mod.ts";
import type { Frame } from "../../../src/transport/frame.ts";
import { FrameReader } from "../../../src/transport/frame_reader.ts";
import { printedSeed } from "../seed.ts";
import { frameBytes } from "./frames.ts";

/** Frames in `bytes`, given in pieces of `sizes`, or the problem found. */
function read(
  bytes: Uint8Array,
  bytesMax: number,
  size: () => number,
): { frames: Frame[]; problem: string | undefined } {
  const reader = new FrameReader(bytesMax);
  const frames: Frame[] = [];
  try {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + size());
      // A buffer of its own, written over afterwards, as a socket's is.
      const piece = bytes.slice(at, end);
      reader.push(piece, (frame) => frames.push(frame) > 0);
      piece.fill(0xff);
      at = end;
    }
  } catch (cause) {
    assert(cause instanceof PeerError, String(cause));
    return { frames, problem: cause.problem };
  }
  return { frames, problem: reader.isInside ? "truncated" : undefined };
}

Deno.test("push() finds frames however their bytes are cut", () => {
  const random = new SeededRandom(printedSeed());
  for (let round = 0; round < 300; round++) {
    const kinds = ["hello", "alive", "message", "snapshotResult"] as const;
    const frames: Frame[] = Array.from({ length: random.below(8) }, () => ({
      kind: kinds[random.below(kinds.length)]!,
      content: new Uint8Array(random.below(300)).map(() => random.u32()),
    }));
    const sizeMax = 1 + random.below(400);
    const found = read(
      frameBytes(...frames),
      300,
      () => 1 + random.below(sizeMax),
    );
    assertEquals(found, { frames, problem: undefined });
  }
});

Deno.test("push() refuses each changed bit of a frame", () => {
  const frame: Frame = { kind: "message", content: new Uint8Array([1, 2, 3]) };
  const bytes = frameBytes(frame);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const { frames, problem } = read(changed, 100, () => changed.length);
    assertEquals(frames, []);
    // A smaller length makes the rest look like a frame too few, a larger one like a cut.
    assert(problem !== undefined, `bit ${bit}`);
  }
});

Deno.test("push() knows garbage by its first bytes", () => {
  const text = new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n");
  assertEquals(read(text, 2 ** 31, () => 5).problem, "garbage");
});

Deno.test("push() refuses an oversized frame by its header", () => {
  const bytes = frameBytes({ kind: "alive", content: new Uint8Array(101) });
  assertEquals(read(bytes.subarray(0, 12), 100, () => 12).problem, "oversized");
  assertEquals(read(bytes, 101, () => 12).problem, undefined);
});

/** A header whose content has `length` bytes. */
function headerOf(length: number): Uint8Array {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, 0x56_4b_4c_07, true);
  view.setUint32(8, crc32(header, 0, 8), true);
  return header;
}

Deno.test("push() sets aside what has arrived, not what a header claims", () => {
  const reader = new FrameReader(2 ** 31);
  reader.push(headerOf(2 ** 31), () => true);
  assertEquals(reader.heldBytes, PEER_FRAME_BYTES_START);
  for (let at = 0; at < 40; at++) {
    reader.push(new Uint8Array(10_000), () => true);
  }
  assert(reader.heldBytes <= 2 * 400_000, String(reader.heldBytes));
});

Deno.test("FrameReader sets aside at once what a proved sender claims, up to a bound", () => {
  for (
    const [length, held] of [
      [1_000_000, 1_000_000],
      [100_000_000, PEER_FRAME_BYTES_TRUSTED],
    ] as const
  ) {
    const reader = new FrameReader(100);
    reader.trust(PEER_FRAME_BYTES_MAX);
    reader.push(headerOf(length), () => true);
    assertEquals(reader.heldBytes, held);
  }
});

Deno.test("push() stops where its taker has had enough", () => {
  const frame: Frame = { kind: "alive", content: new Uint8Array(0) };
  let frames = 0;
  new FrameReader(10).push(frameBytes(frame, frame), () => {
    frames++;
    return false;
  });
  assertEquals(frames, 1);
});

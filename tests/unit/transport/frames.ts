/**
 * Frames as bytes, for tests.
 *
 * @module
 */

import {
  type Frame,
  FRAME_HEADER_BYTES,
  writeFrameHeader,
} from "../../../src/transport/frame.ts";

/** The bytes of `frames`, one behind the other. */
export function frameBytes(...frames: readonly Frame[]): Uint8Array {
  const length = frames.reduce(
    (sum, { content }) => sum + FRAME_HEADER_BYTES + content.length,
    0,
  );
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const frame of frames) {
    writeFrameHeader(bytes, at, frame);
    bytes.set(frame.content, at + FRAME_HEADER_BYTES);
    at += FRAME_HEADER_BYTES + frame.content.length;
  }
  return bytes;
}

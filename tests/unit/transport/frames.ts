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
  const parts = frames.flatMap((frame) => {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    writeFrameHeader(header, 0, frame);
    return [...header, ...frame.content];
  });
  return new Uint8Array(parts);
}

/**
 * Rings between Workers, both ends in one thread: what a frame costs without any
 * waiting. A Worker that sleeps adds its wake-up to it.
 *
 * @module
 */

import { assert } from "../../src/base/mod.ts";
import { createRing, RingReader, RingWriter } from "../../src/link/mod.ts";
import { RING_BYTES } from "../../src/config/mod.ts";

const FRAME_KIND = 1;
const BURST_FRAMES = 64;
const PAYLOADS_BYTES = [0, 64, 4096, 65_536];

const memory = createRing(RING_BYTES);
const writer = new RingWriter(memory);
const reader = new RingReader(memory);

function push(payload: Uint8Array): void {
  assert(writer.tryPush(FRAME_KIND, 1, 2, payload), "the ring has room");
}

function pop(payload: Uint8Array): void {
  const frame = reader.peek();
  assert(frame?.payload.length === payload.length, "the frame came through");
  reader.release();
}

for (const bytes of PAYLOADS_BYTES) {
  const payload = new Uint8Array(bytes).fill(0x78);
  Deno.bench({
    name: `push and pop, ${bytes} bytes`,
    group: "ring",
    baseline: bytes === 0,
    fn: () => {
      push(payload);
      pop(payload);
    },
  });
}

const small = new Uint8Array(64);
Deno.bench({
  name: `${BURST_FRAMES} pushes, then ${BURST_FRAMES} pops, 64 bytes`,
  group: "ring",
  fn: () => {
    for (let frame = 0; frame < BURST_FRAMES; frame++) push(small);
    for (let frame = 0; frame < BURST_FRAMES; frame++) pop(small);
  },
});

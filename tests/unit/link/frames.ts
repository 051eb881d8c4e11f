/**
 * Random frames that both ends of a ring can make from a seed and a number.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";

/** Arguments of `RingWriter.tryPush`. */
export interface TestFrame {
  /** Kind. */
  readonly kind: number;
  /** First number. */
  readonly a: number;
  /** Second number. */
  readonly b: number;
  /** Payload in parts. */
  readonly parts: readonly Uint8Array[];
}

/** Frame number `at` of `seed`: mostly small, some as large as may be. */
export function frameOf(
  seed: number,
  at: number,
  payloadBytesMax: number,
): TestFrame {
  const random = new SeededRandom(seed ^ Math.imul(at + 1, 0x9e3779b1));
  const bound = random.below(10) === 0 ? payloadBytesMax + 1 : 200;
  const parts = Array.from({ length: random.below(3) }, () => {
    const part = new Uint8Array(random.below(bound) >> 1);
    return part.fill(random.below(256));
  });
  return {
    kind: random.below(100),
    a: random.u32() * 1000,
    b: -random.below(1000) / 8,
    parts,
  };
}

/** Number that depends on every byte, its place and the length. */
export function sumOf(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (const byte of part) sum = (Math.imul(sum, 31) + byte + 1) | 0;
  }
  return sum;
}

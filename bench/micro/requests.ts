/**
 * Chunks of requests for the micro-benchmarks, made before anything is timed.
 *
 * @module
 */

import { concatBytes, encodeRequest } from "../../tests/servers/mod.ts";
import { BareCore } from "../bare_core.ts";
import { compileCore } from "../../src/core/mod.ts";

/** Words of a request. */
export type Words = readonly (string | Uint8Array)[];

/** Keys in the cores that {@linkcode loadedCore} fills. */
export const KEYS = 1_000_000;
/** A prime, so that steps of it meet every key once in an order like a random one. */
const STEP = 618_033_989;
const KEYS_A_LOAD = 100;

/** Key `index` below {@linkcode KEYS}, 16 bytes; order is nothing like that of indexes. */
export function keyOf(index: number): string {
  const spread = Number(BigInt(index) * BigInt(STEP) % BigInt(KEYS));
  return `key:${String(spread).padStart(12, "0")}`;
}

/** `count` chunks of `pipeline` requests each; `make` gets 0, 1, 2, … */
export function makeChunks(
  count: number,
  pipeline: number,
  make: (index: number) => Words,
): Uint8Array[] {
  return Array.from({ length: count }, (_, chunk) =>
    concatBytes(
      Array.from(
        { length: pipeline },
        (_, at) => encodeRequest(make(chunk * pipeline + at)),
      ),
    ));
}

/** The chunks one after the other, for ever. */
export function cycle(chunks: readonly Uint8Array[]): () => Uint8Array {
  let next = 0;
  return () => {
    const chunk = chunks[next]!;
    next = next + 1 === chunks.length ? 0 : next + 1;
    return chunk;
  };
}

/**
 * Asks `core` once and looks at the reply, so that no benchmark times errors.
 *
 * @throws {Error} When the reply does not match `expected`.
 */
export function expectReply(
  core: BareCore,
  chunk: Uint8Array,
  expected: RegExp,
): void {
  const reply = new TextDecoder("latin1").decode(core.ask(chunk));
  if (!expected.test(reply)) {
    throw new Error(`The reply is ${JSON.stringify(reply.slice(0, 80))}`);
  }
}

/** A core that holds keys 0 to {@linkcode KEYS} with values of 3 bytes. */
export function loadedCore(): BareCore {
  const core = new BareCore(compileCore());
  for (let first = 0; first < KEYS; first += KEYS_A_LOAD) {
    const words = ["MSET"];
    for (let at = first; at < first + KEYS_A_LOAD; at++) {
      words.push(keyOf(at), "xxx");
    }
    core.serve(encodeRequest(words));
  }
  expectReply(core, encodeRequest(["DBSIZE"]), /^:1000000\r\n$/);
  return core;
}

/**
 * One session on a core of its own, driven without an engine.
 *
 * @module
 */

import {
  CoreMemory,
  createMemory,
  instantiateCore,
  SERVED,
  SESSION_FLAGS,
} from "../src/core/mod.ts";

const TIME_MS = 1_700_000_000_000;

/** Sends whole chunks of requests through a core and forgets the replies. */
export class BareCore {
  readonly #exports: ReturnType<typeof instantiateCore>;
  readonly #memory: CoreMemory;
  readonly #session: number;
  #index = 1;

  /** An empty core of `module`. */
  constructor(module: WebAssembly.Module) {
    const memory = createMemory();
    this.#memory = new CoreMemory(memory);
    this.#exports = instantiateCore(module, memory);
    this.#exports.initialise(1n, 2n);
    this.#exports.attach(this.#exports.newScratch());
    this.#session = this.#exports.sessionOpen(1) >>> 0;
    const { authenticated } = SESSION_FLAGS;
    this.#exports.sessionSetFlags(this.#session, authenticated);
  }

  /** Serves `chunk`, a whole number of requests; writes are applied at once. */
  serve(chunk: Uint8Array): void {
    const core = this.#exports;
    const at = core.sessionReserve(this.#session, chunk.length) >>> 0;
    this.#memory.bytes(at, chunk.length).set(chunk);
    core.sessionReceived(this.#session, chunk.length);
    for (;;) {
      const served = core.sessionServe(this.#session, TIME_MS);
      core.outputClear();
      if (served === SERVED.idle) return;
      if (served !== SERVED.deferred && served !== SERVED.full) continue;
      core.batchSeal(TIME_MS, 1, 0);
      core.batchBegin(this.#index++);
      while (core.batchStep() !== 0) core.outputClear();
    }
  }
}

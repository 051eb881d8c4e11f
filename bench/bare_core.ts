/**
 * One session on a core of its own, driven without an engine.
 *
 * @module
 */

import { assert } from "../src/base/mod.ts";
import {
  CoreMemory,
  createMemory,
  HEADER_FIELDS,
  instantiateCore,
  SERVED,
  SESSION_FLAGS,
} from "../src/core/mod.ts";
import { concatBytes } from "../tests/servers/mod.ts";

const UPKEEP_BUDGET = 1_000;
const TIME_MS = 1_700_000_000_000;

/** Sends whole chunks of requests through a core and forgets the replies. */
export class BareCore {
  readonly #exports: ReturnType<typeof instantiateCore>;
  readonly #memory: CoreMemory;
  readonly #session: number;
  #index = 1;

  /** An empty core of `module`; its session has `flags` of `SESSION_FLAGS`. */
  constructor(
    module: WebAssembly.Module,
    flags: number = SESSION_FLAGS.authenticated,
  ) {
    const memory = createMemory();
    this.#memory = new CoreMemory(memory);
    this.#exports = instantiateCore(module, memory);
    this.#exports.initialise(1n, 2n);
    this.#exports.attach(this.#exports.newScratch());
    this.#session = this.#exports.sessionOpen(1) >>> 0;
    this.#exports.sessionSetFlags(this.#session, flags);
  }

  /** Serves the requests that `chunk` ends; writes are applied at once. */
  serve(chunk: Uint8Array): void {
    this.#receive(chunk);
    this.#run(() => this.#exports.outputClear());
  }

  /** Serves `chunk` as `serve` does, and returns its replies. */
  ask(chunk: Uint8Array): Uint8Array {
    const core = this.#exports;
    const replies: Uint8Array[] = [];
    this.#receive(chunk);
    this.#run(() => {
      const output = this.#memory.bytes(
        core.outputAddress(),
        core.outputBytes(),
      );
      replies.push(output.slice());
      core.outputClear();
    });
    return concatBytes(replies);
  }

  /** Pins a view of the present state; its slot. */
  pin(): number {
    const slot = this.#exports.viewPin(TIME_MS);
    assert(slot >= 0, "a slot for a view is free");
    return slot;
  }

  /** Ends a view. */
  release(slot: number): void {
    this.#exports.viewRelease(slot);
  }

  /** Frees all that no view reaches any more. */
  upkeep(): void {
    while (this.#exports.upkeep(UPKEEP_BUDGET) !== 0);
  }

  /** Pages copied because a view might reach them, since the start. */
  get pagesCopied(): number {
    const header = this.#exports.headerAddress();
    return this.#memory.u64(header + HEADER_FIELDS.pagesCopied);
  }

  #receive(chunk: Uint8Array): void {
    const core = this.#exports;
    const at = core.sessionReserve(this.#session, chunk.length) >>> 0;
    this.#memory.bytes(at, chunk.length).set(chunk);
    core.sessionReceived(this.#session, chunk.length);
  }

  /** Serves what was received; `takeOutput` empties the output. */
  #run(takeOutput: () => void): void {
    const core = this.#exports;
    for (;;) {
      const served = core.sessionServe(this.#session, TIME_MS);
      takeOutput();
      if (served === SERVED.idle) return;
      if (served !== SERVED.deferred && served !== SERVED.full) continue;
      core.batchSeal(TIME_MS, 1, 0);
      core.batchBegin(this.#index++);
      while (core.batchStep() !== 0) takeOutput();
    }
  }
}

/**
 * An engine with one client and neither sockets nor a disk: its log commits at
 * once.
 *
 * @module
 */

import { assert, systemClock, systemRandom } from "../src/base/mod.ts";
import {
  BACKLOG_BYTES_MAX,
  BATCHES_IN_FLIGHT_MAX,
  EARLY_SEAL_BYTES,
} from "../src/config/mod.ts";
import { Core } from "../src/core/mod.ts";
import { type Client, type ClientPort, Engine } from "../src/engine/mod.ts";

/** Takes replies and forgets them. */
const PORT: ClientPort = {
  send: () => {},
  share: () => {},
  finish: () => {},
  abort: () => {},
  resume: () => {},
  backlogBytes: 0,
  whenDrained: (then) => queueMicrotask(then),
};

/** Serves chunks of requests. */
export class BareEngine {
  readonly #engine: Engine;
  readonly #client: Client;
  #proposed = 0;
  #committed = 0;

  /** An engine over an empty core. */
  constructor() {
    const log = {
      propose: (id: number) => {
        this.#proposed = id;
        return true;
      },
      attend: () => {},
    };
    this.#engine = new Engine(
      new Core(1n, 2n),
      systemClock,
      systemRandom,
      log,
      {
        run: () => ({ reply: new Uint8Array(0) }),
        refusal: () => undefined,
        permit: () => undefined,
        arrived: () => {},
      },
      () => {},
      {
        groupCommit: {
          batchesInFlightMax: BATCHES_IN_FLIGHT_MAX,
          earlySealBytes: EARLY_SEAL_BYTES,
          waitsForClients: false,
        },
        backlogBytesMax: BACKLOG_BYTES_MAX,
        expiriesPerEntry: 0,
        after: () => () => {},
      },
    );
    const client = this.#engine.connect(PORT, "", "", true);
    assert(client !== undefined, "an empty core takes a client");
    this.#client = client;
  }

  /** Times nothing from here on. */
  stopMeter(): void {
    Object.assign(this.#engine.meter, { start: () => -1, tick: () => {} });
  }

  /** Serves chunks of writes, each committed before the next. */
  async load(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      this.serve([chunk]);
      // The batch is sealed at the end of the turn.
      await Promise.resolve();
      for (let id = this.#committed + 1; id <= this.#proposed; id++) {
        this.#engine.committed(id, id);
        this.#committed = id;
      }
    }
  }

  /** Serves chunks of reads; with `isExact` the meter's budget never ends. */
  serve(chunks: readonly Uint8Array[], isExact = false): void {
    const engine = this.#engine;
    for (const chunk of chunks) {
      if (isExact) engine.meter.tick();
      const room = engine.inputRoom(this.#client, chunk.length);
      room!.set(chunk);
      engine.received(this.#client, chunk.length);
    }
  }
}

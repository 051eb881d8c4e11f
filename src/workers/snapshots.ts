/**
 * The serve Worker's side of snapshots: pins a view, hands it to the snapshot
 * Worker, and tells the log when the file is durable.
 *
 * @module
 */

import type { SnapshotFacts } from "../admin/mod.ts";
import {
  addHistograms,
  assert,
  CapacityError,
  type HistogramFacts,
  NO_HISTOGRAM,
  SnapshotError,
  systemClock,
} from "../base/mod.ts";
import { SNAPSHOT_PIECE_BYTES } from "../config/mod.ts";
import type { Core, ReaderGrant } from "../core/mod.ts";
import type { SnapshotPoint } from "../storage/mod.ts";
import type { FromSnapshot, ToSnapshot } from "./messages.ts";

/** A snapshot that is durable. */
export interface TakenSnapshot {
  /** Log index it holds. */
  readonly index: number;
  /** Bytes of its file. */
  readonly bytes: number;
}

function memoryIsFull(): CapacityError {
  return new CapacityError("Cannot take a snapshot: memory is full");
}

/** Takes one snapshot at a time. */
export class Snapshots {
  readonly #core: Core;
  readonly #directory: string;
  readonly #onBroken: (reason: string) => void;
  #grant: ReaderGrant | undefined;
  #running: Promise<TakenSnapshot> | undefined;
  #taken = 0;
  #failed = 0;
  #index = 0;
  #bytes = 0;
  #seconds = 0;
  #endedSeconds = 0;
  #loopGapSeconds = NO_HISTOGRAM;

  /**
   * Snapshots of `core` into `directory`; `onBroken` is called when a Worker that
   * writes one breaks an invariant.
   */
  constructor(
    core: Core,
    directory: string,
    onBroken: (reason: string) => void,
  ) {
    this.#core = core;
    this.#directory = directory;
    this.#onBroken = onBroken;
  }

  /** Whether one is being taken. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when none is being taken, however it ended. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => {
      // Who asked for it hears of it.
    });
  }

  /** What is known of snapshots. */
  get facts(): SnapshotFacts {
    return {
      isRunning: this.isRunning,
      taken: this.#taken,
      failed: this.#failed,
      index: this.#index,
      bytes: this.#bytes,
      seconds: this.#seconds,
      endedSeconds: this.#endedSeconds,
    };
  }

  /** Seconds by which timers of the Workers that wrote snapshots were late. */
  get loopGapSeconds(): HistogramFacts {
    return this.#loopGapSeconds;
  }

  /** The state came from a snapshot at `index` that an earlier run took. */
  restored(index: number): void {
    this.#index = index;
  }

  /**
   * Takes a snapshot of the applied state, which is that of the log at `point`, or waits for the one under way.
   *
   * @throws {SnapshotError} When it could not be written.
   * @throws {CapacityError} When memory or views are used up.
   */
  take(point: SnapshotPoint): Promise<TakenSnapshot> {
    this.#running ??= this.#timed(point).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #timed(point: SnapshotPoint): Promise<TakenSnapshot> {
    const startMs = systemClock.monotonicMs();
    try {
      const taken = await this.#write(point);
      this.#taken++;
      this.#index = taken.index;
      this.#bytes = taken.bytes;
      this.#seconds = (systemClock.monotonicMs() - startMs) / 1000;
      this.#endedSeconds = systemClock.wallMs() / 1000;
      return taken;
    } catch (cause) {
      this.#failed++;
      throw cause;
    }
  }

  #readerGrant(): ReaderGrant {
    if (this.#grant !== undefined) return this.#grant;
    const buffer = this.#core.allocateBuffer(SNAPSHOT_PIECE_BYTES);
    if (buffer === undefined) throw memoryIsFull();
    const scratch = this.#core.newScratch();
    if (scratch === undefined) {
      this.#core.freeBuffer(buffer);
      throw memoryIsFull();
    }
    this.#grant = {
      module: this.#core.module,
      memory: this.#core.memory.memory,
      scratch,
      buffer,
      bufferBytes: SNAPSHOT_PIECE_BYTES,
    };
    return this.#grant;
  }

  async #write(point: SnapshotPoint): Promise<TakenSnapshot> {
    const grant = this.#readerGrant();
    const slot = this.#core.pinView(systemClock.wallMs());
    if (slot === undefined) {
      throw new CapacityError(
        "Cannot take a snapshot: all views are in use, or memory is short",
      );
    }
    const worker = new Worker(new URL("./snapshot.ts", import.meta.url), {
      type: "module",
      name: "snapshot",
    });
    const message: ToSnapshot = {
      grant,
      slot,
      directory: this.#directory,
      point,
    };
    try {
      const answer = await new Promise<FromSnapshot>((resolve) => {
        worker.onmessage = (event: MessageEvent<FromSnapshot>) =>
          resolve(event.data);
        worker.onerror = (event) => {
          event.preventDefault();
          this.#onBroken(`snapshot Worker failed: ${event.message}`);
        };
        worker.postMessage(message);
      });
      if (answer.kind === "failed") throw new SnapshotError(answer.reason);
      assert(answer.bytes > 0, "a snapshot has bytes");
      this.#loopGapSeconds = addHistograms(
        this.#loopGapSeconds,
        answer.loopGapSeconds,
      );
      return { index: point.index, bytes: answer.bytes };
    } finally {
      worker.terminate();
    }
  }
}

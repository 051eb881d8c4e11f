/**
 * DEBUG RELOAD and LOADAOF: empties the core and loads back what is durable, while
 * all clients wait.
 *
 * ```text
 *   pause ─► quiet ─► [snapshot] ─► read and check ─► empty ─► load ─► compare ─► unpause
 *                                        └─ damage: nothing has changed ─► unpause
 * ```
 *
 * The digest of all data must be the same afterwards; if it is not, the node ends:
 * what it holds is then not what it promised.
 *
 * @module
 */

import { assert, SnapshotError } from "../base/mod.ts";
import { QUIET_LOOK_MS, UPKEEP_OBJECTS } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Engine, LogLink } from "../engine/mod.ts";
import type { FromReload, ReloadedEntry, ToReload } from "./messages.ts";

const DIGEST_SEED = 0x72656c6f6164n;

/** What a reload needs beside the engine. */
export interface ReloaderParts {
  /** Directory of the log and snapshots. */
  readonly directory: string;
  /** The way to the log: what it commits waits while data are loaded. */
  readonly log: () => Pick<LogLink, "poll" | "hold" | "goOn">;
  /** Resolves when no snapshot is being taken. */
  readonly snapshotsIdle: () => Promise<void>;
  /** Takes a snapshot. */
  readonly snapshot: () => Promise<void>;
  /** Ends the node for a broken invariant. */
  readonly onBroken: (reason: string) => void;
}

/** Reloads one shard. */
export class Reloader {
  readonly #engine: Engine;
  readonly #core: Core;
  readonly #parts: ReloaderParts;
  #loading: Promise<void> = Promise.resolve();

  /** Reloads the data of `engine`. */
  constructor(engine: Engine, parts: ReloaderParts) {
    this.#engine = engine;
    this.#core = engine.core;
    this.#parts = parts;
  }

  /** Resolves when no data are being loaded: no view may be pinned meanwhile. */
  get loaded(): Promise<void> {
    return this.#loading;
  }

  /**
   * Loads back all data from the newest snapshot and the log, after taking a
   * snapshot if `withSnapshot`.
   *
   * @throws {SnapshotError} When it cannot be written or read; the data are as they
   * were.
   */
  async reload(withSnapshot: boolean): Promise<void> {
    this.#engine.pause();
    try {
      await this.#quiet();
      this.#parts.log().hold();
      await this.#parts.snapshotsIdle();
      if (withSnapshot) await this.#parts.snapshot();
      const loading = this.#load();
      this.#loading = loading.catch(() => {
        // Who asked for the reload hears of it.
      });
      await loading;
    } finally {
      this.#parts.log().goOn();
      this.#engine.unpause();
    }
  }

  async #quiet(): Promise<void> {
    while (!this.#engine.isQuiet) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_LOOK_MS));
      this.#parts.log().poll();
    }
  }

  async #load(): Promise<void> {
    const worker = new Worker(new URL("./reload.ts", import.meta.url), {
      type: "module",
      name: "reload",
    });
    const index = this.#engine.appliedIndex;
    const changes = this.#core.header.get("changes");
    const digest = this.#core.digest(DIGEST_SEED, true);
    const send = (message: ToReload) => worker.postMessage(message);
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = (event: MessageEvent<FromReload>) => {
          const message = event.data;
          if (message.kind === "end") return resolve();
          if (message.kind === "failed") {
            return reject(new SnapshotError(message.reason));
          }
          this.#take(message);
          send({ kind: "next" });
        };
        worker.onerror = (event) => {
          event.preventDefault();
          this.#parts.onBroken(`reload Worker failed: ${event.message}`);
        };
        send({
          kind: "start",
          directory: this.#parts.directory,
          index,
        });
      });
    } finally {
      worker.terminate();
    }
    this.#core.header.set("changes", changes);
    this.#engine.restored(index);
    assert(
      this.#core.digest(DIGEST_SEED, true) === digest,
      "what is durable is what was in memory",
    );
  }

  #take(message: Exclude<FromReload, { kind: "end" | "failed" }>): void {
    switch (message.kind) {
      case "whole":
        this.#core.beginImport();
        return this.#reclaim();
      case "block": {
        const status = this.#core.importPiece(message.bytes);
        assert(status !== "bad", "a snapshot of this node is read by it");
        return;
      }
      case "entries":
        return this.#replay(message.entries);
    }
  }

  /** Frees what was detached, but for what a pinned view still reaches. */
  #reclaim(): void {
    const { header } = this.#core;
    let before: number;
    do before = header.get("bytesUsed"); while (
      this.#core.upkeep(UPKEEP_OBJECTS) && header.get("bytesUsed") < before
    );
  }

  #replay(entries: readonly ReloadedEntry[]): void {
    for (const { data, index } of entries) this.#engine.replay(data, index);
  }
}

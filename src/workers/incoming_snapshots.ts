/**
 * Snapshots on their way from another node into this node's directory.
 *
 * @module
 */

import { assert, SnapshotError } from "../base/mod.ts";
import type { Snapshot } from "../raft/mod.ts";
import {
  adoptSnapshot,
  checkSnapshot,
  type FileSystem,
  incomingName,
  type StoredFile,
} from "../storage/mod.ts";
import type { IncomingSnapshot, SnapshotSink } from "../transport/mod.ts";

/** One that is arriving, or has. */
interface Arrival {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  /** Undefined when the whole is there. */
  file: StoredFile | undefined;
  keptBytes: number;
}

/**
 * Keeps one at a time: that of a newer leader takes the place of an older one's. What has
 * come stays over a broken connection, and goes with the process.
 */
export class IncomingSnapshots {
  readonly #files: FileSystem;
  readonly #isWanted: (index: number) => boolean;
  #arrival: Arrival | undefined;

  /** Keeps in `files` those whose index `isWanted`. */
  constructor(files: FileSystem, isWanted: (index: number) => boolean) {
    this.#files = files;
    this.#isWanted = isWanted;
  }

  /** Where `offer` is to be kept; undefined when it is not wanted. */
  async open(offer: IncomingSnapshot): Promise<SnapshotSink | undefined> {
    const { index, term } = offer.message.snapshot;
    if (!this.#isWanted(index)) return undefined;
    let arrival = this.#arrival;
    if (arrival?.id !== offer.id) {
      await this.#drop();
      const name = incomingName(index);
      const file = await this.#files.create(name);
      arrival = { id: offer.id, index, name, file, keptBytes: 0 };
      this.#arrival = arrival;
    }
    const kept = arrival;
    return {
      keptBytes: kept.keptBytes,
      write: (offset, bytes) => this.#write(kept, offset, bytes),
      finish: () => this.#finish(kept, { index, term }),
      close: () => {},
    };
  }

  async #drop(): Promise<void> {
    const arrival = this.#arrival;
    this.#arrival = undefined;
    if (arrival === undefined) return;
    arrival.file?.close();
    arrival.file = undefined;
    if (this.#files.list().includes(arrival.name)) {
      await this.#files.remove(arrival.name);
    }
  }

  async #write(
    arrival: Arrival,
    offset: number,
    bytes: Uint8Array,
  ): Promise<void> {
    if (arrival.file === undefined) {
      throw new SnapshotError("another snapshot has taken its place");
    }
    assert(offset === arrival.keptBytes, "pieces come in order");
    await arrival.file.append(bytes);
    arrival.keptBytes += bytes.length;
  }

  async #finish(
    arrival: Arrival,
    point: { readonly index: number; readonly term: number },
  ): Promise<void> {
    const { file, name } = arrival;
    // It was whole before the connection broke.
    if (file === undefined && arrival === this.#arrival) return;
    if (file === undefined) {
      throw new SnapshotError("another snapshot has taken its place");
    }
    try {
      await file.sync();
      arrival.file = undefined;
      file.close();
      await checkSnapshot(this.#files, name, point);
    } catch (cause) {
      await this.#drop();
      throw cause;
    }
  }

  /**
   * Makes the one that came for `snapshot` the newest of this node; not if another one
   * has taken its place since raft was told of it.
   */
  async adopt({ index, term }: Snapshot): Promise<void> {
    const arrival = this.#arrival;
    if (arrival?.index !== index || arrival.file !== undefined) return;
    this.#arrival = undefined;
    await adoptSnapshot(this.#files, arrival.name, { index, term });
  }
}

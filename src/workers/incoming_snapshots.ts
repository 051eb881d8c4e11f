/**
 * Snapshots on their way from other nodes into this node's directory.
 *
 * @module
 */

import type { ReceivedSnapshots } from "../admin/mod.ts";
import { assert, SnapshotError } from "../base/mod.ts";
import { WHOLE_SNAPSHOTS_MAX } from "../config/mod.ts";
import type { Snapshot } from "../raft/mod.ts";
import {
  adoptSnapshot,
  checkSnapshot,
  type FileSystem,
  incomingName,
  type StoredFile,
  tryRemove,
} from "../storage/mod.ts";
import type { IncomingSnapshot, SnapshotSink } from "../transport/mod.ts";

/** What a snapshot stands for. */
interface Point {
  readonly index: number;
  readonly term: number;
}

/** One that is there. */
interface Whole extends Point {
  readonly name: string;
}

/** One that is arriving. */
interface Arrival extends Whole {
  readonly id: string;
  readonly file: StoredFile;
  keptBytes: number;
}

/**
 * Takes in one at a time: a newer offer takes the place of what another leader has begun.
 * What has come stays over a broken connection, and goes with the process, or when the
 * disk fails. One that is whole stays until raft has it adopted, or newer ones are whole.
 *
 * All is done one thing after another, whoever asks: two nodes may offer at once.
 */
export class IncomingSnapshots {
  /** What became of all so far. */
  readonly counts: ReceivedSnapshots = { whole: 0, failed: 0, replaced: 0 };
  readonly #files: FileSystem;
  readonly #isWanted: (index: number) => boolean;
  #arrival: Arrival | undefined;
  /** Oldest first. */
  #whole: Whole[] = [];
  #work: Promise<unknown> = Promise.resolve();

  /** Keeps in `files` those whose index `isWanted`. */
  constructor(files: FileSystem, isWanted: (index: number) => boolean) {
    this.#files = files;
    this.#isWanted = isWanted;
  }

  /** Where `offer` is to be kept; undefined when it is not wanted. */
  open(offer: IncomingSnapshot): Promise<SnapshotSink | undefined> {
    return this.#inTurn(() => this.#open(offer));
  }

  /**
   * Makes the one that came for `snapshot` the newest of this node; not if newer ones
   * have taken its place since raft was told of it. The others are dropped: the log that
   * they were for is gone.
   */
  adopt(snapshot: Snapshot): Promise<void> {
    return this.#inTurn(() => this.#adopt(snapshot));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {
      // Who asked for it is told.
    });
    return done;
  }

  async #open(offer: IncomingSnapshot): Promise<SnapshotSink | undefined> {
    const { index, term } = offer.message.snapshot;
    if (!this.#isWanted(index)) return undefined;
    // Another node's at the same index holds the same data.
    if (this.#whole.some((one) => one.index === index)) {
      return keptSink(offer.bytes);
    }
    const arrival = this.#arrival?.id === offer.id
      ? this.#arrival
      : await this.#begin(offer.id, { index, term });
    return {
      keptBytes: arrival.keptBytes,
      write: (offset, bytes) =>
        this.#inTurn(() => this.#write(arrival, offset, bytes)),
      finish: () => this.#inTurn(() => this.#finish(arrival)),
      close: () => {},
    };
  }

  async #begin(id: string, point: Point): Promise<Arrival> {
    await this.#replace();
    const { index, term } = point;
    const name = incomingName(index);
    const file = await this.#files.create(name);
    this.#arrival = { id, index, term, name, file, keptBytes: 0 };
    return this.#arrival;
  }

  /** Drops what is arriving, if anything is. */
  async #replace(): Promise<void> {
    if (this.#arrival === undefined) return;
    this.counts.replaced++;
    await this.#drop(this.#arrival);
  }

  async #drop({ file, name }: Arrival): Promise<void> {
    this.#arrival = undefined;
    file.close();
    await tryRemove(this.#files, name);
  }

  async #write(
    arrival: Arrival,
    offset: number,
    bytes: Uint8Array,
  ): Promise<void> {
    this.#check(arrival);
    assert(offset === arrival.keptBytes, "pieces come in order");
    // A disk may have taken a part of what it refused: there is no going on behind it.
    await this.#orFail(arrival, () => arrival.file.append(bytes));
    arrival.keptBytes += bytes.length;
  }

  async #finish(arrival: Arrival): Promise<void> {
    this.#check(arrival);
    await this.#orFail(arrival, async () => {
      await arrival.file.sync();
      await checkSnapshot(this.#files, arrival.name, arrival);
    });
    arrival.file.close();
    this.#arrival = undefined;
    this.counts.whole++;
    this.#whole.push(arrival);
    if (this.#whole.length <= WHOLE_SNAPSHOTS_MAX) return;
    await tryRemove(this.#files, this.#whole.shift()!.name);
  }

  #check(arrival: Arrival): void {
    if (arrival === this.#arrival) return;
    throw new SnapshotError("another snapshot has taken its place");
  }

  async #orFail(arrival: Arrival, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      this.counts.failed++;
      await this.#drop(arrival);
      throw cause;
    }
  }

  async #adopt({ index, term }: Point): Promise<void> {
    const adopted = this.#whole.find((one) => one.index === index);
    const others = this.#whole.filter((one) => one !== adopted);
    this.#whole = [];
    await this.#replace();
    if (adopted !== undefined) {
      await adoptSnapshot(this.#files, adopted.name, { index, term });
    }
    for (const { name } of others) await tryRemove(this.#files, name);
  }
}

/** Where `bytes` are to be kept that are there already. */
function keptSink(bytes: number): SnapshotSink {
  return {
    keptBytes: bytes,
    write: () => Promise.reject(new SnapshotError("it is whole already")),
    finish: () => Promise.resolve(),
    close: () => {},
  };
}

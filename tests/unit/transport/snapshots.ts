/**
 * Snapshots in memory, for tests.
 *
 * @module
 */

import { SnapshotError } from "../../../src/base/mod.ts";
import type {
  IncomingSnapshot,
  OpenSnapshotSink,
  OutgoingSnapshot,
  SnapshotSink,
} from "../../../src/transport/mod.ts";

/** A snapshot of `bytes` whose reads and end are noted. */
export class MemorySource {
  readonly bytes: number;
  /** Where pieces were read. */
  readonly reads: number[] = [];
  /** How often it was closed. */
  closed = 0;
  /** From here on reads fail. */
  failsAt = Number.POSITIVE_INFINITY;
  readonly #content: Uint8Array;

  constructor(content: Uint8Array) {
    this.#content = content;
    this.bytes = content.length;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    this.reads.push(offset);
    if (offset >= this.failsAt) {
      return Promise.reject(new SnapshotError("no such bytes"));
    }
    return Promise.resolve(this.#content.subarray(offset, offset + length));
  }

  close(): void {
    this.closed++;
  }
}

/** What a node keeps of snapshots, by id. */
export class MemoryShelf {
  readonly kept = new Map<string, Uint8Array>();
  readonly offers: IncomingSnapshot[] = [];
  readonly finished: string[] = [];
  /** Sinks that are open. */
  open = 0;
  /** Whether snapshots are wanted. */
  isWanted = true;
  /** Offset from which writes fail. */
  failsAt = Number.POSITIVE_INFINITY;

  readonly openSink: OpenSnapshotSink = (offer) => {
    this.offers.push(offer);
    if (!this.isWanted) return Promise.resolve(undefined);
    return Promise.resolve(this.#sink(offer.id));
  };

  #sink(id: string): SnapshotSink {
    this.open++;
    return {
      keptBytes: this.kept.get(id)?.length ?? 0,
      write: (offset, bytes) => {
        if (offset >= this.failsAt) {
          return Promise.reject(new SnapshotError("no room"));
        }
        const before = this.kept.get(id) ?? new Uint8Array(0);
        const grown = new Uint8Array(offset + bytes.length);
        grown.set(before);
        grown.set(bytes, offset);
        this.kept.set(id, grown);
        return Promise.resolve();
      },
      finish: () => Promise.resolve(void this.finished.push(id)),
      close: () => this.open--,
    };
  }
}

/** A snapshot of node 1 for node 2. */
export function outgoing(id: string, source: MemorySource): OutgoingSnapshot {
  const members = { learners: [], learnersNext: [], votersOutgoing: [] };
  const confState = { ...members, voters: [1, 2], autoLeave: false };
  const data = new TextEncoder().encode(id);
  const snapshot = { index: 9, term: 1, confState, data };
  const message = {
    kind: "snapshot",
    from: 1,
    to: 2,
    term: 1,
    snapshot,
  } as const;
  return { id, message, source };
}

/** Bytes that differ from place to place. */
export function patternOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 7 + (at >> 8)) & 0xff;
  return bytes;
}

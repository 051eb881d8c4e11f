/**
 * Requests of the serve Worker to the raft Worker: those that wait for room in the ring,
 * and those that wait for an answer.
 *
 * @module
 */

import type { LinkEnd } from "../../../src/link/mod.ts";
import { ServeToRaft } from "../../../src/replica/mod.ts";
import { check } from "../checks/violation.ts";
import type { Command } from "../node/port.ts";

/** A write that was asked for. */
export interface Write {
  /** The request's. */
  readonly ticket: number;
  readonly command: Command;
  /** What is proposed. */
  readonly data: Uint8Array;
}

/** A write that was proposed. */
export interface ProposedWrite extends Write {
  /** The proposal's id. */
  readonly id: number;
}

/** A read. */
export interface Read {
  /** The request's. */
  readonly ticket: number;
  readonly key: number;
}

interface WaitingRead extends Read {
  readonly id: number;
  /** Where it may be answered, once that is known. */
  index: number;
}

/** Pushes some of it; whether that was all. */
type Push = () => boolean;

const NO_PAYLOAD = new Uint8Array(0);

/** See the module. Every proposal ends in one way: that is checked here. */
export class ServeRequests {
  readonly #link: LinkEnd;
  /** What waits for room. */
  readonly #outgoing: Push[] = [];
  /** Proposals without an end, by id. */
  readonly #writes = new Map<number, ProposedWrite>();
  readonly #reads = new Map<number, WaitingRead>();
  #lastId = 0;
  #endedId = 0;
  #lastReadId = 0;

  /** Writes to `link`. */
  constructor(link: LinkEnd) {
    this.#link = link;
  }

  /** Whether nothing waits for room. */
  get isEmpty(): boolean {
    return this.#outgoing.length === 0;
  }

  /** Requests without an end. */
  get open(): number {
    return this.#outgoing.length + this.#writes.size + this.#reads.size;
  }

  // -- Out --

  /** Proposes a write. */
  propose(write: Write): void {
    let id = 0;
    let sent = 0;
    this.#outgoing.push(() => {
      if (id === 0) {
        id = ++this.#lastId;
        this.#writes.set(id, { ...write, id });
      }
      for (;;) {
        const bytes = this.#pushPart(id, write.data, sent);
        if (bytes === undefined) return false;
        sent += bytes;
        if (sent >= write.data.length) return true;
      }
    });
  }

  /** Bytes of `data` pushed from `sent` on; undefined without room. */
  #pushPart(id: number, data: Uint8Array, sent: number): number | undefined {
    const { writer } = this.#link;
    const { PROPOSE, PROPOSE_PART } = ServeToRaft;
    const bytes = Math.min(data.length - sent, writer.payloadBytesMax);
    const rest = data.length - sent - bytes;
    const kind = rest > 0 ? PROPOSE_PART : PROPOSE;
    const part = data.subarray(sent, sent + bytes);
    return writer.tryPush(kind, id, rest, part) ? bytes : undefined;
  }

  /** Asks for an index to read at. */
  readIndex(read: Read): void {
    this.#outgoing.push(() => {
      const id = this.#lastReadId + 1;
      const { READ_INDEX } = ServeToRaft;
      if (!this.#link.writer.tryPush(READ_INDEX, id, 0)) return false;
      this.#lastReadId = id;
      this.#reads.set(id, { ...read, id, index: Infinity });
      return true;
    });
  }

  /** Any other frame. */
  push(kind: number, a: number, b: number): void {
    this.#outgoing.push(() =>
      this.#link.writer.tryPush(kind, a, b, NO_PAYLOAD)
    );
  }

  /** Pushes what there is room for, if it may; whether anything was pushed. */
  flush(mayPush: boolean): boolean {
    let hasPushed = false;
    while (mayPush && this.#outgoing.length > 0) {
      const { backlogBytes } = this.#link.writer;
      const isDone = this.#outgoing[0]!();
      hasPushed ||= isDone || this.#link.writer.backlogBytes > backlogBytes;
      if (!isDone) break;
      this.#outgoing.shift();
    }
    return hasPushed;
  }

  // -- In --

  /** All proposals up to `id` that have no end are committed. */
  committed(id: number): ProposedWrite[] {
    check(
      id > this.#endedId && id <= this.#lastId,
      "a proposal ends once",
      () => `COMMITTED ${id} of ${this.#endedId} to ${this.#lastId}`,
    );
    const writes = [...this.#writes.values()].filter((one) => one.id <= id);
    check(
      writes.at(-1)?.id === id,
      "a proposal ends once",
      () => `COMMITTED names ${id}, which has ended`,
    );
    for (const write of writes) this.#writes.delete(write.id);
    this.#endedId = id;
    return writes;
  }

  /** The proposals from `first` to `last` came to nothing. */
  abandoned(first: number, last: number): ProposedWrite[] {
    const writes: ProposedWrite[] = [];
    for (let id = first; id <= last; id++) {
      const write = this.#writes.get(id);
      check(
        write !== undefined,
        "a proposal ends once",
        () => `${id} is abandoned and has ended`,
      );
      this.#writes.delete(id);
      writes.push(write);
    }
    return writes;
  }

  /** Reads up to `id` may be answered at `index`. */
  readAt(id: number, index: number): void {
    for (const read of this.#reads.values()) {
      if (read.id <= id) read.index = Math.min(read.index, index);
    }
  }

  /** Reads up to `id` get no index. */
  readRefused(id: number): Read[] {
    const refused = [...this.#reads.values()].filter((read) =>
      read.id <= id && read.index === Infinity
    );
    for (const read of refused) this.#reads.delete(read.id);
    return refused;
  }

  /** Reads that can be answered by a state of `applied`. */
  takeReads(applied: number): Read[] {
    if (this.#reads.size === 0) return [];
    const ready = [...this.#reads.values()].filter(({ index }) =>
      index <= applied
    );
    for (const read of ready) this.#reads.delete(read.id);
    return ready;
  }
}

/**
 * Committed entries on their way to the serve Worker.
 *
 * @module
 */

import type { RingWriter } from "../link/mod.ts";
import type { Entry, Message } from "../raft/mod.ts";
import { RaftToServe } from "./messages.ts";
import type { OwnProposals } from "./own_proposals.ts";

/** Entries that belong together, and what to tell raft when all have been handed over. */
interface Portion {
  readonly entries: readonly Entry[];
  readonly afterApply: readonly Message[];
  /** A frame to write in place of entries. */
  readonly notice: Notice | undefined;
}

/** A frame that has its place among the entries. */
export interface Notice {
  /** One of `RaftToServe`. */
  readonly kind: number;
  /** First number. */
  readonly a: number;
  /** Second number. */
  readonly b: number;
  /** Bytes. */
  readonly payload: Uint8Array;
}

/** Makes the membership change of an entry, once; the members from then on, as bytes. */
export type ChangeMembers = (entry: Entry) => Uint8Array;

const NO_ENTRIES: readonly Entry[] = [];
const NO_MESSAGES: readonly Message[] = [];

/**
 * Turns committed entries into frames, in order: one COMMITTED for a run of the serve
 * Worker's own proposals, whose data it has, and ENTRY frames for all others.
 *
 * What does not fit into the ring waits here; raft's bound on bytes being applied
 * bounds it.
 */
export class HandOver {
  readonly #writer: RingWriter;
  readonly #own: OwnProposals;
  readonly #change: ChangeMembers;
  readonly #portions: Portion[] = [];
  /** Position in the first portion. */
  #next = 0;
  /** Bytes of the entry at `#next` that are sent already. */
  #sent = 0;
  #index = 0;
  #term = 0;
  /** The members behind the entry at `#next`, when its change is made already. */
  #members: Uint8Array | undefined;

  /** Hands over to `writer`. */
  constructor(writer: RingWriter, own: OwnProposals, change: ChangeMembers) {
    this.#writer = writer;
    this.#own = own;
    this.#change = change;
  }

  /** Whether everything has been handed over. */
  get isDone(): boolean {
    return this.#portions.length === 0;
  }

  /** Index of the newest entry handed over. */
  get index(): number {
    return this.#index;
  }

  /** Term of that entry. */
  get term(): number {
    return this.#term;
  }

  /** Starts behind `index`, of `term`, which the serve Worker has by other ways. */
  startBehind(index: number, term: number): void {
    this.#index = index;
    this.#term = term;
  }

  /** Adds entries to hand over; at least one. */
  add(entries: readonly Entry[], afterApply: readonly Message[]): void {
    this.#portions.push({ entries, afterApply, notice: undefined });
  }

  /** Adds a frame behind all that was added before. */
  addNotice(notice: Notice): void {
    const entries = NO_ENTRIES;
    this.#portions.push({ entries, afterApply: NO_MESSAGES, notice });
  }

  /** Portions that wait. */
  get waiting(): number {
    return this.#portions.length;
  }

  /**
   * Writes frames until all is handed over or the ring is full.
   *
   * @param deliver Takes the messages of each portion that is complete.
   * @returns Whether any frame was written, so that the serve Worker is to be woken.
   */
  pump(deliver: (message: Message) => void): boolean {
    let hasWritten = false;
    for (;;) {
      const portion = this.#portions[0];
      if (portion === undefined) return hasWritten;
      if (portion.notice !== undefined) {
        if (!this.#pushNotice(portion.notice)) return hasWritten;
        hasWritten = true;
      }
      while (this.#next < portion.entries.length) {
        if (!this.#push(portion.entries)) return hasWritten;
        hasWritten = true;
      }
      this.#portions.shift();
      this.#next = 0;
      for (const message of portion.afterApply) deliver(message);
    }
  }

  /** Writes one frame; false when there is no room for it. */
  #push(entries: readonly Entry[]): boolean {
    const entry = entries[this.#next]!;
    if (entry.kind !== undefined && entry.kind !== "normal") {
      return this.#pushMembers(entry);
    }
    const id = this.#own.idOf(entry);
    return id === 0 ? this.#pushEntry(entry) : this.#pushOwn(entries, id);
  }

  #pushOwn(entries: readonly Entry[], firstId: number): boolean {
    let count = 1;
    while (this.#next + count < entries.length) {
      const next = entries[this.#next + count]!;
      if (this.#own.idOf(next) !== firstId + count) break;
      count++;
    }
    const last = entries[this.#next + count - 1]!;
    const lastId = firstId + count - 1;
    const { COMMITTED } = RaftToServe;
    if (!this.#writer.tryPush(COMMITTED, last.index, lastId)) return false;
    this.#own.commit(lastId);
    this.#advance(last, count);
    return true;
  }

  #pushEntry(entry: Entry): boolean {
    const { data, index, term } = entry;
    const rest = data.length - this.#sent;
    const partBytes = Math.min(rest, this.#writer.payloadBytesMax);
    const part = data.subarray(this.#sent, this.#sent + partBytes);
    if (partBytes < rest) {
      const following = rest - partBytes;
      const { ENTRY_PART } = RaftToServe;
      if (!this.#writer.tryPush(ENTRY_PART, index, following, part)) {
        return false;
      }
      this.#sent += partBytes;
      return true;
    }
    if (!this.#writer.tryPush(RaftToServe.ENTRY, index, term, part)) {
      return false;
    }
    this.#advance(entry, 1);
    return true;
  }

  #pushNotice({ kind, a, b, payload }: Notice): boolean {
    return this.#writer.tryPush(kind, a, b, payload);
  }

  #pushMembers(entry: Entry): boolean {
    const { index, term } = entry;
    this.#members ??= this.#change(entry);
    const { MEMBERS } = RaftToServe;
    if (!this.#writer.tryPush(MEMBERS, index, term, this.#members)) {
      return false;
    }
    this.#members = undefined;
    this.#advance(entry, 1);
    return true;
  }

  #advance(last: Entry, count: number): void {
    this.#next += count;
    this.#sent = 0;
    this.#index = last.index;
    this.#term = last.term;
  }
}

/**
 * The engine's way to the log: proposals over the link to the raft Worker, and
 * what comes back.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { Frame, LinkEnd } from "../link/mod.ts";
import { RaftToServe, ServeToRaft } from "../replica/mod.ts";
import type { LogPort } from "./ports.ts";

/** What the raft Worker tells. Payloads are good only during the call. */
export interface LogEvents {
  /** A piece of the newest snapshot's content. */
  snapshotPiece(piece: Uint8Array): void;
  /** The snapshot is complete; it holds the log up to `index` of `term`. */
  snapshotEnd(index: number, term: number): void;
  /** A committed entry that this run has not proposed; empty for one that changes nothing. */
  entry(index: number, term: number, data: Uint8Array): void;
  /** All that was committed has been sent; proposals are welcome in `term`. */
  recovered(index: number, term: number): void;
  /** Proposals up to `proposalId` are committed, the last as entry `index`. */
  committed(index: number, proposalId: number): void;
  /** `leader` leads in `term`, 0 = nobody that is known; `isServing`: it is this node, and all before is applied. */
  leadership(term: number, leader: number, isServing: boolean): void;
  /** The log took none of the proposals up to `proposalId`; `isLost`: it may yet. */
  abandoned(proposalId: number, isLost: boolean): void;
  /** The entry at `index` of `term` has made `members` the members, as bytes. */
  members(index: number, term: number, members: Uint8Array): void;
  /** Reads that asked by READ_INDEX up to `id` see enough with all entries up to `index`. */
  readAt(id: number, index: number): void;
  /** They get no answer. */
  readRefused(id: number): void;
  /** What became of a change of the group: an empty text when it is done. */
  changed(id: number, problem: string): void;
  /** All data are void; they come again as in the beginning. Nothing more is told before it resolves. */
  restore(): Promise<void>;
  /** The log has outgrown its bound: take a snapshot. */
  snapshotWanted(): void;
  /** The raft Worker stops: nothing can be made durable any more. */
  failed(reason: string): void;
  /** The answer to `stop`: all is on disk and closed. */
  stopped(): void;
  /** A proposal that was refused for want of room may be tried again. */
  room(): void;
}

const decoder = new TextDecoder();

/** The serve Worker's end of the link to its raft Worker. */
export class LogLink implements LogPort {
  readonly #end: LinkEnd;
  readonly #events: LogEvents;
  /** Bytes of the proposal in hand that the ring has taken. */
  #proposedBytes = 0;
  /** An entry whose parts are arriving. */
  #entry: Uint8Array | undefined;
  #entryFilled = 0;
  #isDraining = false;
  #isAttending = false;
  #isOver = false;
  /** Whether frames wait until the last one is dealt with. */
  #isHeld = false;

  /** Talks over `end` and reports to `events`. */
  constructor(end: LinkEnd, events: LogEvents) {
    this.#end = end;
    this.#events = events;
  }

  // -- To the log --

  /** @inheritdoc */
  propose(id: number, entry: Uint8Array): boolean {
    const { writer, otherBell } = this.#end;
    const partBytes = writer.payloadBytesMax;
    while (entry.length - this.#proposedBytes > partBytes) {
      const from = this.#proposedBytes;
      const part = entry.subarray(from, from + partBytes);
      const left = entry.length - from - partBytes;
      if (!writer.tryPush(ServeToRaft.PROPOSE_PART, id, left, part)) {
        otherBell.ring();
        return false;
      }
      this.#proposedBytes += partBytes;
    }
    const last = entry.subarray(this.#proposedBytes);
    const isTaken = writer.tryPush(ServeToRaft.PROPOSE, id, 0, last);
    otherBell.ring();
    if (isTaken) this.#proposedBytes = 0;
    return isTaken;
  }

  /** Asks for an index at which reads are linearizable; false when there is no room. */
  readIndex(id: number): boolean {
    const isTaken = this.#end.writer.tryPush(ServeToRaft.READ_INDEX, id, 0);
    this.#end.otherBell.ring();
    return isTaken;
  }

  /** Asks for a change of the group, about the node `nodeId`; false when there is no room. */
  change(id: number, nodeId: number, payload: Uint8Array): boolean {
    const { otherBell, writer } = this.#end;
    const isTaken = writer.tryPush(ServeToRaft.CHANGE, id, nodeId, payload);
    otherBell.ring();
    return isTaken;
  }

  /** Tells what this thread's monotonic clock shows. */
  clock(nowMs: number): void {
    this.#end.writer.tryPush(ServeToRaft.CLOCK, nowMs, 0);
  }

  /** Tells that the log may forget what lies before `index`. */
  applied(index: number): void {
    this.#end.writer.tryPush(ServeToRaft.APPLIED, index, 0);
  }

  /** Tells that a snapshot of `bytes` at `index` is durable. */
  async snapshotTaken(index: number, bytes: number): Promise<void> {
    await this.#push(ServeToRaft.SNAPSHOT_TAKEN, index, bytes);
  }

  /** Asks for an orderly stop; `stopped` is called when it is done. */
  async stop(): Promise<void> {
    await this.#push(ServeToRaft.STOP, 0, 0);
  }

  async #push(kind: number, a: number, b: number): Promise<void> {
    while (!this.#end.writer.tryPush(kind, a, b)) {
      this.#end.otherBell.ring();
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      await this.#sleep();
    }
    this.#end.otherBell.ring();
  }

  // -- From the log --

  /** Hears the raft Worker until it stops or fails. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const ticket = this.#end.ownBell.ticket();
      this.look();
      if (this.#isOver) return;
      await this.#end.ownBell.waitAsync(ticket, Infinity);
    }
  }

  /** Takes what arrives until `isQuiet` says that nothing is on its way any more. */
  async untilQuiet(isQuiet: () => boolean): Promise<void> {
    while (!isQuiet()) {
      await this.#sleep();
      this.poll();
    }
  }

  async #sleep(): Promise<void> {
    await this.#end.ownBell.waitAsync(this.#end.ownBell.ticket(), 1);
  }

  /**
   * A turn of the event loop has work of its own: takes what has arrived, now and when
   * the turn ends. The raft Worker need not wake this thread meanwhile.
   */
  attend(): void {
    if (!this.#isAttending) {
      this.#isAttending = true;
      this.#end.ownBell.attend();
      queueMicrotask(() => {
        this.#isAttending = false;
        this.#end.ownBell.rest();
        this.look();
      });
    }
    this.poll();
  }

  /** Takes what has arrived, and tells of room. */
  look(): void {
    if (this.#isOver) return;
    this.poll();
    if (!this.#isOver) this.#events.room();
  }

  /** Lets what arrives wait until {@linkcode goOn}. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Takes what has arrived meanwhile, and what comes. */
  goOn(): void {
    this.#isHeld = false;
    this.look();
  }

  /** Takes what has arrived. Does nothing when called from within itself. */
  poll(): void {
    if (this.#isDraining || this.#isHeld) return;
    this.#isDraining = true;
    const { reader } = this.#end;
    let hasMadeRoom = false;
    for (
      let frame = reader.peek();
      frame !== undefined;
      frame = reader.peek()
    ) {
      hasMadeRoom ||= frame.payload.length > 0;
      this.#take(frame);
      reader.release();
      if (this.#isHeld) break;
    }
    this.#isDraining = false;
    if (hasMadeRoom) this.#end.otherBell.ring();
  }

  #take(frame: Frame): void {
    const { a, b, payload } = frame;
    switch (frame.kind) {
      case RaftToServe.COMMITTED:
        return this.#events.committed(a, b);
      case RaftToServe.ENTRY:
        return this.#takeEntry(a, b, payload);
      case RaftToServe.ENTRY_PART:
        return this.#takePart(b, payload);
      case RaftToServe.SNAPSHOT_BLOCK:
        return this.#events.snapshotPiece(payload);
      case RaftToServe.SNAPSHOT_END:
        return this.#events.snapshotEnd(a, b);
      case RaftToServe.RECOVERED:
        return this.#events.recovered(a, b);
      case RaftToServe.SNAPSHOT_WANTED:
        return this.#events.snapshotWanted();
      case RaftToServe.FAILED:
        this.#isOver = true;
        return this.#events.failed(decoder.decode(payload.slice()));
      case RaftToServe.STOPPED:
        this.#isOver = true;
        return this.#events.stopped();
      case RaftToServe.LEADERSHIP:
        return this.#events.leadership(a, b, payload[0] === 1);
      case RaftToServe.REFUSED:
        return this.#events.abandoned(b, false);
      case RaftToServe.LOST:
        return this.#events.abandoned(b, true);
      case RaftToServe.MEMBERS:
        return this.#events.members(a, b, payload.slice());
      case RaftToServe.READ_AT:
        return this.#events.readAt(a, b);
      case RaftToServe.READ_REFUSED:
        return this.#events.readRefused(a);
      case RaftToServe.CHANGED:
        return this.#events.changed(a, decoder.decode(payload.slice()));
      case RaftToServe.RESTORE:
        return this.#restore();
      default:
        assert(false, "the raft Worker sends known kinds of frames");
    }
  }

  #restore(): void {
    this.#entry = undefined;
    this.hold();
    this.#events.restore().then(() => this.goOn());
  }

  #takePart(left: number, part: Uint8Array): void {
    this.#entry ??= new Uint8Array(part.length + left);
    this.#entry.set(part, this.#entryFilled);
    this.#entryFilled += part.length;
  }

  #takeEntry(index: number, term: number, last: Uint8Array): void {
    const whole = this.#entry;
    if (whole === undefined) return this.#events.entry(index, term, last);
    whole.set(last, this.#entryFilled);
    assert(
      this.#entryFilled + last.length === whole.length,
      "the parts of an entry make it whole",
    );
    this.#entry = undefined;
    this.#entryFilled = 0;
    this.#events.entry(index, term, whole);
  }
}

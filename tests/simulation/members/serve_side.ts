/**
 * The serve Worker of a node, with registers in place of the core: takes what the log has
 * committed, proposes what clients write, and asks whether reads may be answered.
 *
 * @module
 */

import { assert, type Clock } from "../../../src/base/mod.ts";
import type { LinkEnd } from "../../../src/link/mod.ts";
import { EMPTY_DATA } from "../../../src/raft/mod.ts";
import {
  LeaseReader,
  RaftToServe,
  ServeToRaft,
} from "../../../src/replica/mod.ts";
import { decodeMembers } from "../../../src/replica/members.ts";
import { PartCollector } from "../../../src/replica/parts.ts";
import type { GroupHistory } from "../checks/group_history.ts";
import type { ProposalFates } from "../checks/proposal_fates.ts";
import { check } from "../checks/violation.ts";
import type { NodeCounts } from "../outcome.ts";
import type { Answer, Command } from "../node/port.ts";
import { decodeCommand, encodeCommand, Registers } from "../node/registers.ts";
import { ServeRequests } from "./serve_requests.ts";

/** What a serve side needs. */
export interface ServeParts {
  /** The node's id. */
  readonly id: number;
  /** Its end of the link. */
  readonly link: LinkEnd;
  /** Its own clocks. */
  readonly clock: Clock;
  /** The lease page; undefined when reads trust no lease. */
  readonly leasePage: SharedArrayBuffer | undefined;
  /** What is true of the group. */
  readonly history: GroupHistory;
  /** What was said of proposals. */
  readonly fates: ProposalFates;
  /** What happened how often. */
  readonly counts: NodeCounts;
  /** Tells a client. */
  answer(answer: Answer): void;
  /** A snapshot is wanted. */
  snapshotWanted(): void;
  /** The raft side has ended in order. */
  stopped(): void;
}

/** What a snapshot of a serve side is made of. */
export interface ServeState {
  readonly index: number;
  readonly term: number;
  readonly members: Uint8Array;
  readonly data: Uint8Array;
}

/** Between two CLOCK frames. */
const CLOCK_MS = 500;

/** See the module. */
export class ServeSide {
  readonly #parts: ServeParts;
  readonly #lease: LeaseReader | undefined;
  readonly #requests: ServeRequests;
  readonly #entryParts = new PartCollector();
  #machine = new Registers();
  #members: Uint8Array | undefined;
  #blocks: Uint8Array[] = [];
  /** Term of the entry applied last. */
  #term = 0;
  /** Term of the entries to come from this node. */
  #ownTerm = 0;
  #isRunning = false;
  #toldIndex = 0;
  #toldMs = -Infinity;

  /** Knows nothing. */
  constructor(parts: ServeParts) {
    this.#parts = parts;
    const { leasePage, link } = parts;
    this.#lease = leasePage && new LeaseReader(leasePage);
    this.#requests = new ServeRequests(link);
  }

  /** Index of the last entry applied. */
  get applied(): number {
    return this.#machine.applied;
  }

  /** Requests without an end. */
  get open(): number {
    return this.#requests.open;
  }

  /** The state, for a snapshot; undefined while there is none that can be one. */
  get state(): ServeState | undefined {
    if (!this.#isRunning || this.#members === undefined) return undefined;
    if (this.applied === 0) return undefined;
    return {
      index: this.applied,
      term: this.#term,
      members: this.#members,
      data: this.#machine.save(),
    };
  }

  // -- Clients and others --

  /** A client writes. */
  write(ticket: number, command: Command, bytes: number): void {
    if (!this.#isRunning) return this.#fail(ticket);
    const data = encodeCommand(command, bytes);
    this.#requests.propose({ ticket, command, data });
    this.flush();
  }

  /** A client reads. */
  read(ticket: number, key: number): void {
    if (!this.#isRunning) return this.#fail(ticket);
    const { clock } = this.#parts;
    const [nowMs, wallMs] = [clock.monotonicMs(), clock.wallMs()];
    if (this.#lease?.permits(nowMs, wallMs, this.applied) === true) {
      this.#parts.counts.leased++;
      return this.#answerRead(ticket, key);
    }
    this.#requests.readIndex({ ticket, key });
    this.flush();
  }

  /** A snapshot of `bytes` is durable. */
  snapshotTaken(index: number, bytes: number): void {
    this.#requests.push(ServeToRaft.SNAPSHOT_TAKEN, index, bytes);
    this.flush();
  }

  /** The node is to stop in order. */
  stop(): void {
    this.#requests.push(ServeToRaft.STOP, 0, 0);
    this.flush();
  }

  /** Writes what fits into the ring, once the log is recovered. */
  flush(): void {
    if (this.#isRunning) this.#tellClock();
    if (this.#requests.flush(this.#isRunning)) {
      this.#parts.link.otherBell.ring();
    }
  }

  #tellClock(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#toldMs < CLOCK_MS) return;
    this.#toldMs = nowMs;
    this.#requests.push(ServeToRaft.CLOCK, nowMs, 0);
  }

  // -- Frames --

  /** Takes up to `framesMax` frames; whether there were as many. */
  drain(framesMax: number): boolean {
    const { reader, otherBell } = this.#parts.link;
    let hasPayload = false;
    let frames = 0;
    for (; frames < framesMax; frames++) {
      const frame = reader.peek();
      if (frame === undefined) break;
      hasPayload ||= frame.payload.length > 0;
      this.#take(frame.kind, frame.a, frame.b, frame.payload);
      reader.release();
    }
    this.#tellApplied();
    this.flush();
    if (hasPayload) otherBell.ring();
    return frames === framesMax;
  }

  #tellApplied(): void {
    if (!this.#isRunning || this.applied === this.#toldIndex) return;
    const { APPLIED } = ServeToRaft;
    if (!this.#requests.isEmpty) return;
    if (this.#parts.link.writer.tryPush(APPLIED, this.applied, 0)) {
      this.#toldIndex = this.applied;
    }
  }

  #take(kind: number, a: number, b: number, payload: Uint8Array): void {
    switch (kind) {
      case RaftToServe.SNAPSHOT_BLOCK:
        this.#blocks.push(payload.slice());
        return;
      case RaftToServe.SNAPSHOT_END:
        return this.#restore(a, b);
      case RaftToServe.ENTRY_PART:
        return this.#entryParts.add(a, payload, b);
      case RaftToServe.ENTRY:
        return this.#apply(a, b, this.#entryParts.finish(a, payload));
      case RaftToServe.MEMBERS:
        return this.#applyMembers(a, b, payload.slice());
      case RaftToServe.RECOVERED:
        return this.#recovered(a, b);
      case RaftToServe.COMMITTED:
        return this.#committed(a, b);
      case RaftToServe.LEADERSHIP:
        this.#ownTerm = a;
        return;
      case RaftToServe.REFUSED:
      case RaftToServe.LOST:
        return this.#abandoned(a, b, kind === RaftToServe.LOST);
      case RaftToServe.READ_AT:
        this.#requests.readAt(a, b);
        return this.#answerReads();
      case RaftToServe.READ_REFUSED:
        for (const { ticket } of this.#requests.readRefused(a)) {
          this.#fail(ticket);
        }
        return;
      case RaftToServe.SNAPSHOT_WANTED:
        return this.#parts.snapshotWanted();
      case RaftToServe.RESTORE:
        return this.#forget();
      case RaftToServe.STOPPED:
        return this.#parts.stopped();
      default:
        assert(false, `frame kind ${kind} is known`);
    }
  }

  #recovered(index: number, term: number): void {
    check(
      index === this.applied,
      "RECOVERED comes behind all that it names",
      () => `node ${this.#parts.id} has applied ${this.applied} of ${index}`,
    );
    this.#ownTerm = term;
    this.#isRunning = true;
    this.#toldMs = -Infinity;
  }

  #forget(): void {
    this.#isRunning = false;
    this.#machine = new Registers();
    this.#members = undefined;
    this.#blocks = [];
    this.#toldIndex = 0;
  }

  // -- The state --

  #restore(index: number, term: number): void {
    const data = joined(this.#blocks);
    this.#blocks = [];
    this.#machine.restore({ index, data });
    this.#term = term;
    this.#checkState();
  }

  #apply(index: number, term: number, data: Uint8Array): void {
    this.#machine.apply({ index, term, data });
    this.#term = term;
    if (data.length > 0) {
      this.#parts.fates.applied(decodeCommand(data), index);
    }
    this.#checkState();
    this.#answerReads();
  }

  #applyMembers(index: number, term: number, members: Uint8Array): void {
    // Behind a snapshot it tells what that holds.
    if (index !== this.applied) {
      this.#machine.apply({ index, term, kind: "change", data: EMPTY_DATA });
    }
    this.#term = term;
    this.#members = members;
    this.#checkState();
    this.#answerReads();
  }

  #checkState(): void {
    const { history, id } = this.#parts;
    history.applies(id, this.applied, this.#machine.hash);
    if (this.#members === undefined) return;
    const members = decodeMembers(this.#members);
    assert(members !== undefined, "members can be read");
    history.hasMembers(id, this.applied, members.confState);
  }

  #committed(index: number, id: number): void {
    for (const write of this.#requests.committed(id)) {
      const { command, data, ticket } = write;
      const own = index - (id - write.id);
      this.#apply(own, this.#ownTerm, data);
      const { value } = command;
      this.#parts.answer({ ticket, state: "done", index: own, value });
    }
  }

  #abandoned(first: number, last: number, isLost: boolean): void {
    for (const { command, ticket } of this.#requests.abandoned(first, last)) {
      if (isLost) {
        this.#parts.counts.lost++;
        this.#parts.answer({ ticket, state: "unknown" });
      } else {
        this.#parts.fates.refused(command);
        this.#fail(ticket);
      }
    }
  }

  #answerReads(): void {
    for (const { key, ticket } of this.#requests.takeReads(this.applied)) {
      this.#answerRead(ticket, key);
    }
  }

  #answerRead(ticket: number, key: number): void {
    const value = this.#machine.value(key);
    const index = this.applied;
    this.#parts.answer({ ticket, state: "done", index, value });
  }

  #fail(ticket: number): void {
    this.#parts.answer({ ticket, state: "failed" });
  }
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}

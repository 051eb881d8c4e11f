/**
 * The pure Raft core as a node of a simulation, with a state machine of registers and
 * asynchronous storage.
 *
 * @module
 */

import { assert } from "../../../src/base/mod.ts";
import {
  type ConfChange,
  type ConfState,
  decodeConfChange,
  type Entry,
  hasAppend,
  MemoryLog,
  type Message,
  type PeerMessage,
  RawNode,
  type Ready,
  type Snapshot,
} from "../../../src/raft/mod.ts";
import type { Answer, Command, LogUnit, Node, NodeView, Work } from "./port.ts";
import { AppendLane, type Portion } from "./append_lane.ts";
import type { RaftNodeOptions } from "./options.ts";
import { encodeCommand, Registers } from "./registers.ts";
import { WaitingReads, WaitingWrites } from "./requests.ts";

interface Outbox {
  messages: PeerMessage[];
  appends: LogUnit[];
  snapshots: Snapshot[];
  applies: number;
  answers: Answer[];
}

function emptyOutbox(): Outbox {
  return { messages: [], appends: [], snapshots: [], applies: 0, answers: [] };
}

/** See the module. */
export class RaftNode implements Node<PeerMessage> {
  readonly id: number;
  readonly #options: RaftNodeOptions;
  readonly #stable: MemoryLog;
  readonly #raw: RawNode;
  readonly #machine = new Registers();
  readonly #writes = new WaitingWrites();
  readonly #reads = new WaitingReads();
  readonly #lane: AppendLane;
  readonly #applying: Portion[] = [];
  readonly #snapshotting: Snapshot[] = [];
  #outbox = emptyOutbox();
  #kept: Snapshot;
  /** Whether the next work has to wait for the append before it. */
  #isHeld = false;
  /** Whether the newest snapshot is too old to be sent. */
  #needsSnapshot = false;
  #context: number;
  #tickedMs: number;

  /** Starts from what is on disk. */
  constructor(options: RaftNodeOptions) {
    const { id, image, random, raft, bootstrap } = options;
    this.id = id;
    this.#options = options;
    const isSynchronous = options.raft.synchronousStorage === true;
    this.#lane = new AppendLane(options.mergesAppends && !isSynchronous);
    this.#context = options.firstContext;
    this.#tickedMs = options.nowMs;
    this.#kept = image.snapshot;
    this.#machine.restore(image.snapshot);
    this.#stable = new MemoryLog(image.base);
    if (image.entries.length > 0) this.#stable.append(image.entries);
    this.#raw = new RawNode({
      ...raft,
      id,
      stable: this.#stable,
      random,
      hardState: image.hardState,
      confState: image.snapshot.confState,
      applied: image.snapshot.index,
      snapshot: () => this.#snapshotToSend(),
    });
    const isEmpty = this.#stable.lastIndex === 0 && image.hardState.term === 0;
    if (bootstrap.includes(id) && isEmpty) this.#raw.bootstrap(bootstrap);
    this.#pump();
  }

  // -- Events in --

  /** @inheritdoc */
  receive(message: PeerMessage): void {
    this.#raw.step(message);
    this.#pump();
  }

  /** @inheritdoc */
  reportSent(message: PeerMessage, hasArrived: boolean): void {
    if (message.kind === "snapshot") {
      this.#raw.reportSnapshot(message.to, hasArrived);
    } else if (!hasArrived) {
      this.#raw.reportUnreachable(message.to);
    }
    this.#pump();
  }

  /** A node that slept does not make up for more than leads it to an election. */
  elapse(nowMs: number): void {
    const { tickMs, raft, readRetryTicks } = this.#options;
    const due = Math.floor((nowMs - this.#tickedMs) / tickMs);
    this.#tickedMs += due * tickMs;
    const ticks = Math.min(due, (raft.electionTicks ?? 10) - 1);
    for (let tick = 0; tick < ticks; tick++) {
      this.#raw.tick();
      for (const context of this.#reads.tick(readRetryTicks)) {
        this.#raw.readIndex(context);
      }
    }
    this.#pump();
  }

  /** @inheritdoc */
  appended(): void {
    const { snapshot, entries, afterAppend, portion } = this.#lane.shift();
    if (snapshot !== undefined) this.#restore(snapshot);
    if (entries.length > 0) this.#stable.append(entries);
    this.#isHeld = false;
    this.#deliver(afterAppend);
    if (portion !== undefined) this.#startApply(portion);
    this.#pump();
  }

  /** @inheritdoc */
  snapshotted(): void {
    const snapshot = this.#snapshotting.shift();
    assert(snapshot !== undefined, "only what was handed out is kept");
    if (snapshot.index > this.#kept.index) {
      this.#kept = snapshot;
      this.#stable.compact(snapshot.index - this.#options.keptEntries);
    }
    this.#pump();
  }

  /** @inheritdoc */
  applied(): void {
    const portion = this.#applying.shift();
    assert(portion !== undefined, "only what was handed out is applied");
    for (const entry of portion.entries) {
      // A snapshot has overtaken the portion.
      if (entry.index <= this.#machine.applied) continue;
      const command = this.#machine.apply(entry);
      this.#applyChange(entry);
      const answers = this.#writes.applied(entry, command);
      this.#outbox.answers.push(...answers);
    }
    this.#deliver(portion.afterApply);
    this.#maybeSnapshot();
    this.#pump();
  }

  // -- Requests --

  /** @inheritdoc */
  write(ticket: number, command: Command, bytes: number): void {
    const result = this.#raw.propose(encodeCommand(command, bytes));
    if (result.state === "accepted") this.#writes.add(ticket, command, result);
    else if (result.state === "forwarded") this.#writes.add(ticket, command);
    else this.#outbox.answers.push({ ticket, state: "failed" });
    this.#pump();
  }

  /** @inheritdoc */
  read(ticket: number, key: number): void {
    const context = this.#context++;
    this.#reads.add(context, ticket, key);
    this.#raw.readIndex(context);
    this.#pump();
  }

  /** @inheritdoc */
  changeMembers(change: ConfChange, isV1: boolean): boolean {
    if (this.#raw.status().role !== "leader") return false;
    const { changes: [first], context } = change;
    const result = isV1 && first !== undefined
      ? this.#raw.proposeChangeV1({ ...first, context })
      : this.#raw.proposeChange(change);
    this.#pump();
    return result.state === "accepted";
  }

  /** @inheritdoc */
  transferLeadership(to: number): void {
    this.#raw.transferLeadership(to);
    this.#pump();
  }

  /** @inheritdoc */
  forgetLeader(): void {
    this.#raw.forgetLeader();
    this.#pump();
  }

  // -- Work out --

  /** @inheritdoc */
  takeWork(): Work<PeerMessage> {
    const work = this.#outbox;
    this.#outbox = emptyOutbox();
    return work;
  }

  /** @inheritdoc */
  view(): NodeView {
    const { term, vote, role, leader, commit } = this.#raw.status();
    const { applied, hash: machineHash } = this.#machine;
    const { isRestoring } = this.#raw;
    return {
      term,
      vote,
      role,
      leader,
      commit,
      applied,
      machineHash,
      isRestoring,
      isHeld: this.#isHeld,
    };
  }

  /** @inheritdoc */
  members(): ConfState {
    return this.#raw.confState();
  }

  #pump(): void {
    while (!this.#isHeld && this.#raw.hasReady()) this.#take(this.#raw.ready());
    if (this.#needsSnapshot) this.#maybeSnapshot();
    this.#answerReads();
  }

  #take(ready: Ready): void {
    for (const message of ready.messages) this.#outbox.messages.push(message);
    for (const { context, index } of ready.reads) {
      this.#reads.confirm(context, index);
    }
    const { committed: entries, afterApply } = ready;
    const portion = entries.length > 0 ? { entries, afterApply } : undefined;
    const isSynchronous = this.#options.raft.synchronousStorage === true;
    const isHeld = isSynchronous && hasAppend(ready);
    if (hasAppend(ready)) {
      const append = this.#lane.add(ready, isHeld ? portion : undefined);
      if (append !== undefined) this.#outbox.appends.push(append);
      this.#isHeld = isHeld;
    }
    if (portion !== undefined && !isHeld) this.#startApply(portion);
  }

  #startApply(portion: Portion): void {
    this.#applying.push(portion);
    this.#outbox.applies++;
  }

  #restore(snapshot: Snapshot): void {
    this.#stable.restore(snapshot);
    this.#machine.restore(snapshot);
    this.#writes.skippedTo(snapshot.index);
    this.#kept = snapshot;
  }

  #deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.to === this.id) this.#raw.step(message);
      else this.#outbox.messages.push(message as PeerMessage);
    }
  }

  #applyChange({ index, kind, data }: Entry): void {
    if (kind !== "change" && kind !== "change-v1") return;
    const change = decodeConfChange(data);
    assert(change !== undefined, "the log holds what was proposed");
    this.#raw.applyChange(index, change);
  }

  /**
   * A node ignores a snapshot that it is no member in, so a newer one is made for those
   * who joined since.
   */
  #snapshotToSend(): Snapshot | undefined {
    const { confState, index } = this.#kept;
    const isCurrent = index > 0 &&
      JSON.stringify(confState) === JSON.stringify(this.#raw.confState());
    if (isCurrent) return this.#kept;
    this.#needsSnapshot = true;
    return undefined;
  }

  /** Takes a snapshot, unless the members are already those of a later index. */
  #maybeSnapshot(): void {
    const { applied: index } = this.#machine;
    if (this.#snapshotting.length > 0 || this.#raw.isRestoring) return;
    const entries = this.#needsSnapshot ? 1 : this.#options.snapshotEntries;
    if (index < this.#kept.index + entries) return;
    this.#needsSnapshot = false;
    const term = this.#stable.term(index);
    const data = this.#machine.save();
    const confState = this.#raw.confState();
    const snapshot = { index, term, data, confState };
    this.#snapshotting.push(snapshot);
    this.#outbox.snapshots.push(snapshot);
  }

  #answerReads(): void {
    const { applied: index } = this.#machine;
    for (const { ticket, key } of this.#reads.take(index)) {
      const value = this.#machine.value(key);
      this.#outbox.answers.push({ ticket, state: "done", index, value });
    }
  }
}

/**
 * The replica of one shard on this node: raft, the disk and the serve Worker brought
 * together, one turn after another.
 *
 * A turn never blocks: what does not fit or is not done yet waits for a later one.
 * See `loop.ts` for what happens between turns.
 *
 * @module
 */

import { assert, type Clock } from "../base/mod.ts";
import type { LinkEnd } from "../link/mod.ts";
import {
  type HardState,
  hasAppend,
  type MemoryLog,
  type Message,
  RawNode,
  type Ready,
} from "../raft/mod.ts";
import { AppendLane } from "./append_lane.ts";
import { HandOver } from "./hand_over.ts";
import { Inbox } from "./inbox.ts";
import type { LogWriter } from "./log_writer.ts";
import { RaftToServe } from "./messages.ts";
import type { ReplicaOptions } from "./options.ts";
import { OwnProposals } from "./own_proposals.ts";
import type { RaftStatistics } from "./statistics.ts";
import { Ticker } from "./ticker.ts";

/** What was found on disk, as far as raft needs it. */
export interface RecoveredLog {
  /** Entries behind the newest one that the serve Worker has been sent. */
  readonly stable: MemoryLog;
  /** Term, vote and commit index. */
  readonly hardState: HardState;
  /** Bytes of the newest snapshot; 0 without one. */
  readonly snapshotBytes: number;
}

/**
 * How far a replica is.
 *
 * - `electing`: the log is sent as far as it is known to be committed; the serve
 *   Worker waits for RECOVERED.
 * - `running`: proposals come and go.
 * - `stopping`: STOP was read; what came before it is being finished.
 * - `drained`: everything is answered and flushed. The WAL can be closed.
 */
export type ReplicaPhase = "electing" | "running" | "stopping" | "drained";

/** One node of one group. */
export class Replica {
  readonly #clock: Clock;
  readonly #options: ReplicaOptions;
  readonly #statistics: RaftStatistics;
  readonly #link: LinkEnd;
  readonly #writer: LogWriter;
  readonly #stable: MemoryLog;
  readonly #node: RawNode;
  readonly #lane: AppendLane;
  readonly #own = new OwnProposals();
  readonly #handOver: HandOver;
  readonly #inbox: Inbox;
  readonly #ticker: Ticker;
  readonly #hasRoom = () => this.#proposedBytes < this.#proposedBytesMax;
  readonly #deliver = (message: Message) => this.#node.step(message);
  readonly #proposedBytesMax: number;
  #proposedBytes = 0;
  #phase: ReplicaPhase = "electing";
  #isLeader = false;
  /** Bytes of WAL at which a snapshot is wanted. */
  #wantedBytes: number;

  /** A replica that goes on from `recovered`. */
  constructor(
    clock: Clock,
    random: (bound: number) => number,
    link: LinkEnd,
    writer: LogWriter,
    recovered: RecoveredLog,
    statistics: RaftStatistics,
    options: ReplicaOptions,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#statistics = statistics;
    this.#link = link;
    this.#writer = writer;
    this.#stable = recovered.stable;
    this.#proposedBytesMax = options.proposedBytesMax;
    this.#wantedBytes = this.#boundBehind(recovered.snapshotBytes);
    this.#node = new RawNode({
      id: options.nodeId,
      voters: options.voters,
      stable: recovered.stable,
      random,
      hardState: recovered.hardState,
      electionTicks: options.electionTicks,
      applyingBytesMax: options.applyingBytesMax,
    });
    const nowMs = clock.monotonicMs();
    this.#lane = new AppendLane(
      nowMs,
      writer,
      options.fsync,
      recovered.hardState,
      statistics,
    );
    this.#handOver = new HandOver(link.writer, this.#own);
    const applied = recovered.stable.firstIndex - 1;
    this.#handOver.startBehind(applied, recovered.stable.term(applied));
    this.#inbox = new Inbox(link.reader, {
      propose: (id, data) => this.#propose(id, data),
      applied: (index) => this.#applied(index),
      snapshotTaken: (index, bytes) => this.#snapshotTaken(index, bytes),
      stop: () => this.#stop(),
    });
    this.#ticker = new Ticker(nowMs, options.tickMs);
    // Nobody else could win: there is nothing to wait for.
    if (options.voters.length === 1) this.#node.campaign();
  }

  /** How far this replica is. */
  get phase(): ReplicaPhase {
    return this.#phase;
  }

  /** Highest index handed to the serve Worker. */
  get committedIndex(): number {
    return this.#handOver.index;
  }

  /** Highest proposal reported as committed. */
  get committedId(): number {
    return this.#own.committedId;
  }

  /** See `DiskWork`. */
  get flushing(): Promise<void> | undefined {
    return this.#lane.flushing;
  }

  /** See `DiskWork`. */
  get background(): Promise<void> | undefined {
    return this.#lane.background;
  }

  /**
   * Does everything that can be done now.
   *
   * @returns Milliseconds for which nothing happens unless a frame comes or disk work ends.
   */
  turn(): number {
    const startMs = this.#clock.monotonicMs();
    const phase = this.#phase;
    // Commits leave first; the next batch is large enough to wait for them.
    if (this.#deliverDone(startMs)) this.#pump(startMs);
    if (this.#phase === "running") this.#drain();
    this.#tick(startMs);
    this.#pump(startMs);
    this.#advancePhase(startMs);
    const endMs = this.#clock.monotonicMs();
    this.#publish(endMs - startMs);
    // The next phase may find work where this one had none.
    if (this.#phase !== phase) return 0;
    const dueMs = Math.min(this.#ticker.dueMs, this.#lane.dueMs);
    return Math.max(0, dueMs - endMs);
  }

  // -- Events in --

  /** Tells raft what the disk has done since the last turn; whether there was any. */
  #deliverDone(nowMs: number): boolean {
    const appends = this.#lane.takeDone(nowMs);
    if (appends === undefined) return false;
    for (const append of appends) {
      this.#stable.append(append.entries);
      for (const message of append.afterAppend) this.#node.step(message);
    }
    return true;
  }

  #drain(): void {
    const frames = this.#inbox.drain(this.#hasRoom);
    // A COMMITTED wakes the serve Worker as well; without one to come, a writer that
    // waits for room must be told of it.
    if (frames > 0 && this.#own.open === 0) this.#link.otherBell.ring();
  }

  #tick(nowMs: number): void {
    let ticks = this.#ticker.take(nowMs, this.#options.electionTicks - 1);
    while (ticks-- > 0) this.#node.tick();
  }

  #propose(id: number, data: Uint8Array): void {
    const result = this.#node.propose(data);
    assert(result.state === "accepted", "the only voter leads while it runs");
    this.#own.accept(id, result.index, result.term);
    this.#proposedBytes += data.length;
  }

  #applied(index: number): void {
    assert(index <= this.#handOver.index, "only what was committed is applied");
    this.#statistics.set("appliedIndex", index);
  }

  #snapshotTaken(index: number, bytes: number): void {
    assert(index <= this.#handOver.index, "a snapshot holds what was applied");
    this.#lane.trim(index);
    this.#wantedBytes = this.#boundBehind(bytes);
  }

  /**
   * Bytes of WAL behind a snapshot of `bytes` at which the next one is wanted. No fewer
   * than the snapshot has: so snapshots write no more than the log does, however much
   * there is to write.
   */
  #boundBehind(bytes: number): number {
    return Math.max(this.#options.snapshotBytes, bytes);
  }

  #stop(): void {
    this.#phase = "stopping";
  }

  // -- Work out --

  #pump(nowMs: number): void {
    for (;;) {
      while (this.#node.hasReady()) this.#take(this.#node.ready());
      this.#lane.start(nowMs);
      if (this.#handOver.pump(this.#deliver)) this.#link.otherBell.ring();
      this.#forgetApplied();
      if (!this.#node.hasReady()) return;
    }
  }

  #take(ready: Ready): void {
    if (ready.softState !== undefined) {
      this.#isLeader = ready.softState.role === "leader";
    }
    if (hasAppend(ready)) this.#lane.add(ready);
    if (ready.committed.length === 0) return;
    for (const entry of ready.committed) {
      if (this.#own.idOf(entry) !== 0) this.#proposedBytes -= entry.data.length;
    }
    this.#handOver.add(ready.committed, ready.afterApply);
  }

  /** The only voter has nobody to send old entries to. */
  #forgetApplied(): void {
    this.#stable.compact(this.#node.applied);
  }

  #advancePhase(nowMs: number): void {
    switch (this.#phase) {
      case "electing":
        return this.#maybeRecovered();
      case "running":
        return this.#maybeWantSnapshot();
      case "stopping":
        return this.#maybeDrained(nowMs);
      case "drained":
        return;
    }
  }

  /** The log is recovered when an entry of the own term, and so all before it, is sent. */
  #maybeRecovered(): void {
    const { index, term } = this.#handOver;
    if (!this.#isLeader || term !== this.#node.term) return;
    if (!this.#link.writer.tryPush(RaftToServe.RECOVERED, index, term)) return;
    this.#link.otherBell.ring();
    this.#phase = "running";
  }

  #maybeWantSnapshot(): void {
    const bytes = this.#writer.bytesSinceSnapshot;
    if (bytes < this.#wantedBytes) return;
    const { SNAPSHOT_WANTED } = RaftToServe;
    if (!this.#link.writer.tryPush(SNAPSHOT_WANTED, bytes, 0)) return;
    this.#link.otherBell.ring();
    this.#wantedBytes = bytes + this.#options.snapshotBytes;
  }

  #maybeDrained(nowMs: number): void {
    if (this.#own.open > 0 || !this.#handOver.isDone) return;
    this.#lane.release();
    this.#lane.start(nowMs);
    if (this.#lane.isIdle) this.#phase = "drained";
  }

  // -- Statistics --

  #publish(gapMs: number): void {
    const statistics = this.#statistics;
    statistics.add("turns", 1);
    statistics.set("loopGapMsLast", gapMs);
    statistics.max("loopGapMsMax", gapMs);
    statistics.add("loopGapMsSum", gapMs);
    statistics.count("loopGapUs", gapMs * 1000);
    statistics.set("committedIndex", this.#handOver.index);
    statistics.set("term", this.#node.term);
    statistics.set("proposalsInFlight", this.#own.open);
    statistics.set("logEntriesInMemory", this.#stable.length);
    statistics.set("logBytesInMemory", this.#stable.bytes);
    if (!this.#handOver.isDone) statistics.add("stallsOnServeRing", 1);
    statistics.set("walBytesSinceSnapshot", this.#writer.bytesSinceSnapshot);
  }
}

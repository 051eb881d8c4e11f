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
import { HAND_OVER_PORTIONS_MAX } from "../config/mod.ts";
import type { LinkEnd } from "../link/mod.ts";
import {
  type ConfChange,
  hasAppend,
  type MemoryLog,
  type Message,
  type PeerMessage,
  type ProposalResult,
  type RaftStatus,
  RawNode,
  type Ready,
  type Snapshot,
} from "../raft/mod.ts";
import { AppendLane } from "./append_lane.ts";
import type { Group } from "./group.ts";
import type { GroupPorts } from "./group_options.ts";
import { HandOver } from "./hand_over.ts";
import { Inbox } from "./inbox.ts";
import { LogGrowth } from "./log_growth.ts";
import type { LogWriter } from "./log_writer.ts";
import { makeGroup, raftConfig } from "./member.ts";
import { isProposal, RaftToServe, ServeToRaft } from "./messages.ts";
import type { ReplicaOptions } from "./options.ts";
import type { ReplicaPhase } from "./phase.ts";
import type { RecoveredLog } from "./recovered_log.ts";
import type { OwnProposals } from "./own_proposals.ts";
import { Session } from "./session.ts";
import { SnapshotOffer } from "./snapshots.ts";
import type { RaftStatistics } from "./statistics.ts";
import { Ticker } from "./ticker.ts";

const { PROPOSE } = ServeToRaft;

/**
 * One node: alone, where it is the only voter and always leads, or with ports to others a
 * member of a group.
 */
export class Replica {
  readonly #clock: Clock;
  readonly #options: ReplicaOptions;
  readonly #statistics: RaftStatistics;
  readonly #link: LinkEnd;
  readonly #writer: LogWriter;
  readonly #stable: MemoryLog;
  readonly #node: RawNode;
  readonly #lane: AppendLane;
  readonly #session: Session;
  readonly #own: OwnProposals;
  readonly #handOver: HandOver;
  readonly #inbox: Inbox;
  readonly #ticker: Ticker;
  readonly #growth: LogGrowth;
  /** What a node alone has not. */
  readonly #group: Group | undefined;
  /** What can be sent to others. */
  readonly #offer: SnapshotOffer | undefined;
  /** A leader's snapshot that is to take the place of the log. */
  #replacement: Snapshot | undefined;
  #phaseBehind: ReplicaPhase = "replaced";
  readonly #hasRoom = (kind: number) =>
    this.#proposedBytes < this.#proposedBytesMax &&
    this.#handOver.waiting < HAND_OVER_PORTIONS_MAX &&
    (!isProposal(kind) || this.#group?.changes.holdsProposals !== true);
  readonly #deliver = (message: Message) => this.#node.step(message);
  readonly #proposedBytesMax: number;
  #proposedBytes = 0;
  #phase: ReplicaPhase = "electing";
  #isLeader = false;

  /** A replica that goes on from `recovered`; a member of a group if it has `ports`. */
  constructor(
    clock: Clock,
    random: (bound: number) => number,
    link: LinkEnd,
    writer: LogWriter,
    recovered: RecoveredLog,
    statistics: RaftStatistics,
    options: ReplicaOptions,
    ports?: GroupPorts,
    session = new Session(),
  ) {
    this.#session = session;
    this.#own = session.own;
    this.#clock = clock;
    this.#options = options;
    this.#statistics = statistics;
    this.#link = link;
    this.#writer = writer;
    this.#stable = recovered.stable;
    this.#proposedBytesMax = options.proposedBytesMax;
    const { snapshotBytes } = recovered;
    this.#growth = new LogGrowth(options.snapshotBytes, snapshotBytes);
    if (ports?.snapshots !== undefined) {
      const firstIndex = () => recovered.stable.firstIndex;
      this.#offer = new SnapshotOffer(ports.snapshots, firstIndex);
    }
    this.#node = new RawNode(
      raftConfig(options, recovered, random, this.#offer),
    );
    const nowMs = clock.monotonicMs();
    this.#lane = new AppendLane(
      nowMs,
      writer,
      options.fsync,
      recovered.hardState,
      statistics,
    );
    this.#handOver = new HandOver(
      link.writer,
      this.#own,
      (entry) => this.#member.applyChange(entry),
    );
    const { applied } = this.#node;
    this.#handOver.startBehind(applied, recovered.stable.term(applied));
    this.#inbox = this.#makeInbox(session);
    this.#ticker = new Ticker(nowMs, options.tickMs);
    if (ports === undefined) {
      // Nobody else could win: there is nothing to wait for.
      this.#node.campaign();
    } else {
      this.#group = makeGroup({
        clock,
        node: this.#node,
        stable: this.#stable,
        handOver: this.#handOver,
        serveBell: link.otherBell,
        session,
        options,
        recovered,
        ports,
      });
    }
  }

  #makeInbox({ parts }: Session): Inbox {
    return new Inbox(this.#link.reader, parts, {
      propose: (id, data) => this.#propose(id, data),
      applied: (index) => this.#applied(index),
      snapshotTaken: (index, bytes) => this.#snapshotTaken(index, bytes),
      stop: () => void (this.#phase = "stopping"),
      readIndex: (id) => this.#member.reads.add(id),
      change: (request) => this.#member.changes.request(request),
      clock: (readerMs) => this.#member.lease?.noteClock(readerMs),
    });
  }

  /** How far this replica is. */
  get phase(): ReplicaPhase {
    return this.#phase;
  }

  /** Highest index handed over. */
  get committedIndex(): number {
    return this.#handOver.index;
  }

  /** See `DiskWork`. */
  get flushing(): Promise<void> | undefined {
    return this.#lane.flushing;
  }

  /** As above. */
  get background(): Promise<void> | undefined {
    return this.#lane.background;
  }

  /** See `DiskWork`. */
  get arrival(): Promise<void> | undefined {
    return this.#phase === "electing" ? undefined : this.#group?.arrival;
  }

  /** The snapshot that takes the place of the log, in the phases that say so. */
  get replacement(): Snapshot | undefined {
    return this.#replacement;
  }

  /** Whether the log holds all that the node has ever acknowledged, as far as can be known. */
  get isWhole(): boolean {
    return this.#group?.isWhole ?? true;
  }

  /** The part that only a member of a group has. */
  get #member(): Group {
    assert(this.#group !== undefined, "this node is a member of a group");
    return this.#group;
  }

  /**
   * Does everything that can be done now.
   *
   * @returns Milliseconds for which nothing happens unless a frame comes or disk work ends.
   */
  turn(): number {
    const startMs = this.#clock.monotonicMs();
    const phase = this.#phase;
    if (phase === "replacing") return this.#finish(startMs);
    this.#group?.lease?.begin(startMs);
    // Messages before ticks: a sign of life may be among them.
    const isOpen = phase !== "electing";
    const hasHeard = isOpen && this.#group?.step(startMs) === true;
    // Commits leave first; the next batch is large enough to wait for them.
    if (this.#deliverDone(startMs)) this.#pump(startMs);
    if (this.#phase === "running") this.#drain();
    const hadRoom = this.#hasRoom(PROPOSE);
    this.#tick(startMs, hasHeard);
    this.#pump(startMs);
    this.#advancePhase(startMs);
    const endMs = this.#clock.monotonicMs();
    this.#publish(endMs - startMs);
    // The next phase may find work where this one had none, and so may a ring let go.
    const hasRoom = !hadRoom && this.#hasRoom(PROPOSE);
    const isNew = this.#phase !== phase || hasRoom;
    const groupMs = this.#group?.dueMs ?? Infinity;
    const dueMs = Math.min(this.#ticker.dueMs, this.#lane.dueMs, groupMs);
    const waitMs = isNew ? 0 : Math.max(0, dueMs - endMs);
    this.#group?.endTurn(startMs, endMs, waitMs);
    return waitMs;
  }

  // -- A member of a group --

  /** Takes a message of another node for the next turn; false if it was dropped. */
  receive(message: PeerMessage): boolean {
    return this.#member.receive(message);
  }

  /** Messages to the node `id` may be lost. */
  reportUnreachable(id: number): void {
    this.#node.reportUnreachable(id);
  }

  /** The snapshot for the node `id` was taken there, or could not be sent. */
  reportSnapshot(id: number, isSent: boolean): void {
    this.#node.reportSnapshot(id, isSent);
  }

  /** The node's numbers at this moment. */
  status(): RaftStatus {
    return this.#node.status();
  }

  /** Proposes a change of members; takes effect with the next turn. */
  proposeChange(change: ConfChange): ProposalResult {
    return this.#node.proposeChange(change);
  }

  /** Hands leadership over; false when no leader is known. Takes effect with the next turn. */
  transferLeadership(to: number): boolean {
    return this.#node.transferLeadership(to);
  }

  // -- Events in --

  /** Tells raft what the disk has done; whether there was any. */
  #deliverDone(nowMs: number): boolean {
    const appends = this.#lane.takeDone(nowMs);
    if (appends === undefined) return false;
    for (const append of appends) {
      this.#stable.append(append.entries);
      this.#deliverAfter(append.afterAppend, nowMs);
    }
    return true;
  }

  /** What promises the append: to this node's raft, and to other nodes. */
  #deliverAfter(messages: readonly Message[], nowMs: number): void {
    let others: PeerMessage[] | undefined;
    for (const message of messages) {
      if (message.to === this.#options.nodeId) this.#node.step(message);
      else (others ??= []).push(message as PeerMessage);
    }
    if (others !== undefined) this.#member.send(others, nowMs);
  }

  #drain(): void {
    const frames = this.#inbox.drain(this.#hasRoom);
    // A COMMITTED wakes the serve Worker as well; without one to come, a writer that
    // waits for room must be told of it.
    if (frames > 0 && this.#own.open === 0) this.#link.otherBell.ring();
  }

  #tick(nowMs: number, hasHeard: boolean): void {
    let ticks = hasHeard
      ? this.#ticker.takeOne(nowMs)
      : this.#ticker.take(nowMs, this.#options.electionTicks - 1);
    while (ticks-- > 0) {
      if (this.#group === undefined) this.#node.tick();
      else this.#group.tick();
    }
  }

  #propose(id: number, data: Uint8Array): void {
    const result = this.#node.propose(data);
    if (result.state !== "accepted") {
      // Only a member of a group ever does not lead while it runs.
      this.#member.leadership.refuse(id);
      return;
    }
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
    this.#offer?.noteTaken();
    this.#growth.noteTaken(bytes);
  }

  // -- Work out --

  #pump(nowMs: number): void {
    this.#group?.ask(nowMs);
    for (;;) {
      while (this.#hasWork()) this.#take(this.#node.ready(), nowMs);
      this.#lane.start(nowMs);
      if (this.#handOver.pump(this.#deliver)) this.#link.otherBell.ring();
      this.#forgetApplied();
      if (!this.#hasWork()) return;
    }
  }

  /** Whether raft has work; none is taken behind a snapshot that replaces the log. */
  #hasWork(): boolean {
    return this.#replacement === undefined && this.#node.hasReady();
  }

  #take(ready: Ready, nowMs: number): void {
    // What comes with a snapshot promises nothing yet, and is forgotten with the log.
    if (ready.snapshot !== undefined) this.#replacement = ready.snapshot;
    else if (hasAppend(ready)) this.#lane.add(ready);
    if (ready.committed.length > 0) this.#takeCommitted(ready);
    if (ready.softState !== undefined) {
      this.#isLeader = ready.softState.role === "leader";
    }
    if (this.#group === undefined) return;
    this.#group.take(ready, nowMs);
    // What was not committed is lost, and waits for nothing any more.
    if (!this.#isLeader) this.#proposedBytes = 0;
  }

  #takeCommitted({ committed, afterApply }: Ready): void {
    this.#proposedBytes -= this.#own.queue(committed);
    this.#handOver.add(committed, afterApply);
    this.#group?.leadership.noteCommitted(committed.at(-1)!);
  }

  /** A node alone has nobody to send old entries to. */
  #forgetApplied(): void {
    if (this.#group === undefined) this.#stable.compact(this.#node.applied);
    else this.#group.forgetApplied();
  }

  /** Lets what was begun come to its end before the log is replaced. */
  #finish(nowMs: number): number {
    this.#group?.forgetMessages();
    this.#lane.takeDone(nowMs);
    this.#lane.release();
    this.#lane.start(nowMs);
    if (this.#handOver.pump(() => {})) this.#link.otherBell.ring();
    const isDone = this.#handOver.isDone && this.#lane.isIdle;
    if (isDone) this.#phase = this.#phaseBehind;
    return isDone ? 0 : this.#options.tickMs;
  }

  #beginReplacement(): void {
    this.#session.lastReadId = this.#member.end();
    this.#phaseBehind = this.#phase === "stopping" ? "drained" : "replaced";
    this.#phase = "replacing";
  }

  #advancePhase(nowMs: number): void {
    if (this.#replacement !== undefined && this.#phase !== "drained") {
      return this.#beginReplacement();
    }
    switch (this.#phase) {
      case "electing":
        return this.#maybeRecovered();
      case "running":
        return this.#maybeWantSnapshot(nowMs);
      case "stopping":
        return this.#maybeDrained(nowMs);
      default:
        return;
    }
  }

  /**
   * The log is recovered when an entry of the own term, and so all before it, is sent. A
   * member of a group may be long without a leader, and says what it knows.
   */
  #maybeRecovered(): void {
    const { index, term: last } = this.#handOver;
    const { term } = this.#node;
    if (this.#group === undefined && (!this.#isLeader || last !== term)) return;
    if (!this.#link.writer.tryPush(RaftToServe.RECOVERED, index, term)) return;
    this.#link.otherBell.ring();
    this.#phase = "running";
  }

  #maybeWantSnapshot(nowMs: number): void {
    const bytes = this.#writer.bytesSinceSnapshot;
    const isAsked = this.#offer?.takeWanted(nowMs) ?? false;
    if (!isAsked && !this.#growth.isDue(bytes)) return;
    const { SNAPSHOT_WANTED } = RaftToServe;
    if (!this.#link.writer.tryPush(SNAPSHOT_WANTED, bytes, 0)) return;
    this.#link.otherBell.ring();
    this.#growth.noteWanted(bytes);
  }

  #maybeDrained(nowMs: number): void {
    if (this.#own.open > 0 || !this.#handOver.isDone) return;
    if (this.#group?.isResigning(nowMs) === true) return;
    this.#lane.release();
    this.#lane.start(nowMs);
    if (this.#lane.isIdle) this.#phase = "drained";
  }

  // -- Statistics --

  #publish(gapMs: number): void {
    const statistics = this.#statistics;
    statistics.countTurn(gapMs);
    this.#group?.publish(statistics);
    statistics.set("committedIndex", this.#handOver.index);
    statistics.set("term", this.#node.term);
    statistics.set("proposalsInFlight", this.#own.open);
    statistics.set("logEntriesInMemory", this.#stable.length);
    statistics.set("logBytesInMemory", this.#stable.bytes);
    if (!this.#handOver.isDone) statistics.add("stallsOnServeRing", 1);
    statistics.set("walBytesSinceSnapshot", this.#writer.bytesSinceSnapshot);
  }
}

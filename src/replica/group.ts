/**
 * A member of a group: the other nodes' messages, and the promises made to them.
 *
 * @module
 */

import { DirectoryError } from "../base/mod.ts";
import { RESIGNATION_MS_MAX } from "../config/mod.ts";
import {
  type AppendRejection,
  EMPTY_DATA,
  type Entry,
  type Heartbeat,
  type MemoryLog,
  type PeerMessage,
  type RawNode,
  type Ready,
} from "../raft/mod.ts";
import type { CatchUp } from "./catch_up.ts";
import type { Changes } from "./changes.ts";
import { CommitNews } from "./commit_news.ts";
import type { GroupOptions, GroupPorts } from "./group_options.ts";
import type { Leadership } from "./leadership.ts";
import type { LeaseKeeper } from "./lease_keeper.ts";
import type { MembersLedger } from "./members.ts";
import { PeerInbox } from "./peer_inbox.ts";
import type { ProgressKeeper } from "./progress_keeper.ts";
import type { RaftStatistics } from "./statistics.ts";
import type { ReadRequests } from "./read_requests.ts";

/** What a group is made of. */
export interface GroupParts {
  /** This node's id. */
  readonly nodeId: number;
  /** The node. */
  readonly node: RawNode;
  /** Its log. */
  readonly stable: MemoryLog;
  /** What the serve Worker is told. */
  readonly leadership: Leadership;
  /** What the serve Worker asks. */
  readonly reads: ReadRequests;
  /** What operators ask. */
  readonly changes: Changes;
  /** The members. */
  readonly ledger: MembersLedger;
  /** The lease, if there may be one. */
  readonly lease: LeaseKeeper | undefined;
  /** Tells how far others are, if somebody is told. */
  readonly progress: ProgressKeeper | undefined;
  /** Whether the node may vote. */
  readonly catchUp: CatchUp;
  /** The outside. */
  readonly ports: GroupPorts;
  /** Bounds. */
  readonly options: GroupOptions;
  /** Monotonic time before which no vote is given: an election timeout behind the start. */
  readonly voteFromMs: number;
}

/** Messages of other nodes that were not taken in. */
export interface GroupCounts {
  /** For another node: the sender has a wrong idea of who is at this address. */
  misdirected: number;
  /** Requests for a vote that came before this node may vote. */
  tooSoon: number;
  /** Snapshots, where none can be taken in. */
  unwanted: number;
}

/** See the module. */
export class Group {
  readonly #parts: GroupParts;
  readonly #inbox: PeerInbox;
  readonly #news: CommitNews;
  #resignedMs: number | undefined;
  /** Bytes of the log in memory up to which nothing is forgotten. */
  #keptBytes: number;
  /** All so far. */
  readonly counts: GroupCounts = {
    misdirected: 0,
    tooSoon: 0,
    unwanted: 0,
  };

  /** Starts at once. */
  constructor(parts: GroupParts) {
    this.#parts = parts;
    this.#keptBytes = parts.options.retainedBytesMax;
    const { commitNewsMs, incomingMessagesMax, incomingBytesMax } =
      parts.options;
    this.#news = new CommitNews(commitNewsMs);
    this.#inbox = new PeerInbox({
      messagesMax: incomingMessagesMax,
      bytesMax: incomingBytesMax,
    });
  }

  /** What the serve Worker is told. */
  get leadership(): Leadership {
    return this.#parts.leadership;
  }

  /** What the serve Worker asks. */
  get reads(): ReadRequests {
    return this.#parts.reads;
  }

  /** What operators ask. */
  get changes(): Changes {
    return this.#parts.changes;
  }

  /** The lease, if there may be one. */
  get lease(): LeaseKeeper | undefined {
    return this.#parts.lease;
  }

  /** See {@linkcode CatchUp.isDone}. */
  get isWhole(): boolean {
    return this.#parts.catchUp.isDone;
  }

  /** Messages dropped since too many waited. */
  get dropped(): number {
    return this.#inbox.dropped;
  }

  /** Resolves when a message waits. */
  get arrival(): Promise<void> {
    return this.#inbox.arrival;
  }

  // -- Messages in --

  /** Takes a message for the next turn; false if it was dropped. */
  receive(message: PeerMessage): boolean {
    return this.#inbox.push(message);
  }

  /**
   * Steps the messages that wait.
   *
   * @returns Whether there were any.
   * @throws {DirectoryError} When another node shows that this one has lost its log.
   */
  step(nowMs: number): boolean {
    const messages = this.#inbox.take();
    for (const message of messages) {
      if (!this.#isWanted(message, nowMs)) continue;
      if (message.kind === "heartbeat") this.#hear(message, nowMs);
      else this.#parts.node.step(message);
    }
    return messages.length > 0;
  }

  /** Leaves the messages that wait alone: the others send again. */
  forgetMessages(): void {
    this.#inbox.take();
  }

  #hear(message: Heartbeat, nowMs: number): void {
    const [heartbeat, answer] = this.#parts.catchUp.hear(message);
    this.#checkLog(heartbeat.term, heartbeat.commit);
    this.#parts.node.step(heartbeat);
    if (answer !== undefined) this.send([answer], nowMs);
  }

  #isWanted(message: PeerMessage, nowMs: number): boolean {
    if (message.to !== this.#parts.nodeId) {
      this.counts.misdirected++;
      return false;
    }
    switch (message.kind) {
      case "vote":
        // Asked for by the leader, who has given up the promise: see lease.ts, (c).
        return this.#mayVote(message.isTransfer ? Infinity : nowMs);
      case "pre-vote":
        return this.#mayVote(nowMs);
      case "snapshot":
        if (this.#parts.ports.snapshots === undefined) this.counts.unwanted++;
        return this.#parts.ports.snapshots !== undefined;
      case "timeout-now":
        return this.#parts.catchUp.isDone;
      case "append-rejection":
        this.#noteLoss(message);
        return true;
      default:
        return true;
    }
  }

  /**
   * What this node promised to a leader before it was started again is forgotten, and
   * may hold for an election timeout.
   */
  #mayVote(nowMs: number): boolean {
    const { catchUp, voteFromMs } = this.#parts;
    if (nowMs >= voteFromMs && catchUp.isDone) return true;
    this.counts.tooSoon++;
    return false;
  }

  /** A member that lacks what it acknowledged has lost it; if it has not, nothing is lost by this. */
  #noteLoss({ from, hint, index, term }: AppendRejection): void {
    const { node } = this.#parts;
    if (term !== node.term) return;
    const match = node.members().find(({ id }) => id === from)?.match ?? 0;
    if (index <= match && hint.index < match) node.reportLost(from);
  }

  /**
   * A heartbeat's commit index lies within what this node has acknowledged. If it does not
   * have it, it must not go on: it may have forgotten votes as well.
   */
  #checkLog(term: number, commit: number): void {
    const { node, nodeId } = this.#parts;
    const { lastIndex } = node.status();
    if (commit <= lastIndex || term < node.term) return;
    throw new DirectoryError(
      "",
      `Node ${nodeId} has acknowledged entries up to ${commit} to its group, and its log ends at ${lastIndex}: its directory was lost or replaced by an older copy; remove the node from the group and let it join under a new id`,
    );
  }

  // -- Work out --

  /** Stores what has not been taken in or has come to nothing. */
  publish(statistics: RaftStatistics): void {
    const { misdirected, tooSoon, unwanted } = this.counts;
    const { counts: { lost, refused }, leader, ownIndex } =
      this.#parts.leadership;
    if (leader !== 0 && leader !== statistics.get("leader")) {
      statistics.add("leaderChanges", 1);
    }
    statistics.set("leader", leader);
    statistics.set("isLeading", ownIndex > 0 ? 1 : 0);
    const dropped = this.dropped + misdirected + tooSoon + unwanted;
    statistics.set("peerMessagesDropped", dropped);
    statistics.set("proposalsRefused", refused);
    statistics.set("proposalsLost", lost);
    statistics.set("isLogWhole", this.isWhole ? 1 : 0);
  }

  /** Sends the messages of `ready`, and tells the serve Worker what it is to know. */
  take(ready: Ready, turnMs: number): void {
    const { catchUp, changes, leadership, node, reads } = this.#parts;
    const { term } = node;
    if (ready.softState !== undefined || term !== leadership.term) {
      const { leader, role } = node.status();
      const standing = { term, leader, isLeader: role === "leader" };
      leadership.note(standing);
      changes.note(standing);
      reads.giveUp();
    }
    this.send(ready.messages, turnMs);
    reads.take(ready.reads);
    catchUp.take(ready.reads);
  }

  /** Sends messages that may leave now; news of commits soon. */
  send(messages: readonly PeerMessage[], turnMs: number): void {
    this.#leave(this.#news.sift(messages, turnMs), turnMs);
  }

  #leave(messages: readonly PeerMessage[], turnMs: number): void {
    if (messages.length === 0) return;
    const { lease } = this.#parts;
    // A transfer may be over in raft before its request has left.
    if (messages.some(({ kind }) => kind === "timeout-now")) lease?.suspend();
    lease?.publish(turnMs);
    this.#parts.ports.peers.send(messages);
  }

  /** Monotonic time at which something is to be sent. */
  get dueMs(): number {
    return this.#news.dueMs;
  }

  /** Does what a turn's input asks for, before its work is taken out. */
  ask(nowMs: number): void {
    const { changes, leadership, lease, node, reads } = this.#parts;
    this.#leave(this.#news.take(nowMs, node.term), nowMs);
    leadership.flush();
    reads.ask();
    changes.proceed();
    if (lease?.isEntryWanted() === true) node.propose(EMPTY_DATA);
  }

  /** Makes the membership change of a committed `entry`; the members as bytes. */
  applyChange(entry: Entry): Uint8Array {
    const { changes, ledger, ports } = this.#parts;
    const bytes = ledger.apply(entry);
    changes.made(entry.index);
    ports.membersChanged?.(ledger.members);
    return bytes;
  }

  /**
   * Before a node stops that leads, the voter that is nearest to its log shall take over.
   *
   * @returns Whether to wait for that.
   */
  isResigning(nowMs: number): boolean {
    const { node, nodeId } = this.#parts;
    if (node.status().role !== "leader") return false;
    if (this.#resignedMs === undefined) {
      const heirs = node.members().filter(({ id, isActive, isLearner }) =>
        id !== nodeId && isActive && !isLearner
      );
      if (heirs.length === 0) return false;
      const heir = heirs.reduce((one, other) =>
        other.match > one.match ? other : one
      );
      this.#resignedMs = nowMs;
      node.transferLeadership(heir.id);
    }
    return nowMs < this.#resignedMs + RESIGNATION_MS_MAX;
  }

  /** Another member takes this one's place: refuses reads; the highest id of any. */
  end(): number {
    const { leadership, reads } = this.#parts;
    leadership.flush();
    reads.refuseAll();
    return reads.lastId;
  }

  /** A turn has ended that began at `turnMs`; the next one is due in `waitMs`. */
  endTurn(turnMs: number, endMs: number, waitMs: number): void {
    this.#parts.lease?.publish(turnMs);
    this.#parts.lease?.end(endMs, waitMs);
    this.#parts.progress?.publish();
  }

  /** A tick passes, but not for a node that may not campaign. */
  tick(): void {
    const { catchUp, changes, node, reads } = this.#parts;
    changes.tick();
    if (catchUp.isDone) node.tick();
    catchUp.tick();
    reads.tick();
  }

  /**
   * Keeps applied entries for nodes that lag behind, as far as the bounds allow: at the
   * bound a quarter of it goes at once, since forgetting moves the rest.
   */
  forgetApplied(): void {
    const { node, options, stable } = this.#parts;
    const { catchUpBytesMax, retainedBytesMax } = options;
    const { bytes, firstIndex } = stable;
    const { applied } = node;
    if (bytes <= this.#keptBytes || applied < firstIndex) return;
    const unneeded = bytes > catchUpBytesMax
      ? applied
      : Math.min(applied, neededIndex(node) - 1);
    if (unneeded < firstIndex) {
      // It is looked at again when there is enough more of it to be worth it.
      this.#keptBytes = bytes + retainedBytesMax / 16;
      return;
    }
    this.#keptBytes = retainedBytesMax;
    const excess = bytes - retainedBytesMax * 3 / 4;
    const old = stable.entries(firstIndex, unneeded + 1, excess);
    stable.compact(old.at(-1)!.index);
  }
}

/** Index of the first entry that a member which is heard of lacks, or will lack behind its snapshot. */
function neededIndex(node: RawNode): number {
  let needed = Infinity;
  if (node.status().role !== "leader") return needed;
  for (const { isActive, match, pendingSnapshot } of node.members()) {
    if (!isActive) continue;
    needed = Math.min(needed, Math.max(match, pendingSnapshot) + 1);
  }
  return needed;
}

/**
 * The state of one node in one group: figure 3.1 of the thesis, and what waits to
 * be sent. What the node does with it is in the files named after the work:
 * `election.ts`, `replication.ts`, `follower.ts` and so on.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { FullRaftConfig } from "./config.ts";
import { type ConfState, sameConfState } from "./configuration.ts";
import type { HardState } from "./hard_state.ts";
import { RaftLog } from "./log.ts";
import { type PeerMessage, waitsForDisk } from "./message.ts";
import { ReadQueue, type ReadState } from "./read_queue.ts";
import { restoreConfiguration } from "./restore.ts";
import { NO_NODE, type Role } from "./role.ts";
import { Rounds } from "./rounds.ts";
import { ProgressTracker } from "./tracker.ts";
import type { Trace } from "./trace.ts";

/** Mutable state that the functions of this folder share. */
export class RaftState {
  /** This node. */
  readonly id: number;
  /** What the node was told at its start. */
  readonly config: FullRaftConfig;
  /** The log. */
  readonly log: RaftLog;
  /** The members, and the progress and votes of each. */
  readonly tracker: ProgressTracker;
  /** A leader's rounds of heartbeats. */
  readonly rounds: Rounds;
  /** A leader's reads that wait. */
  readonly reads: ReadQueue;
  /** Told what happens, if anybody wants to know. */
  readonly trace: Trace | undefined;

  /** See `Ready.afterAppend`; taken and emptied with each `Ready`. */
  afterAppend: PeerMessage[] = [];
  /** See `Ready.messages`; taken and emptied with each `Ready`. */
  messages: PeerMessage[] = [];
  /** See `Ready.reads`; taken and emptied with each `Ready`. */
  readStates: ReadState[] = [];
  /** Bytes of data of entries proposed in this term and not committed. */
  uncommittedBytes = 0;
  /**
   * Index of the newest entry that may be a membership change; the leader takes no
   * other change before it is applied. May lie behind all changes.
   */
  pendingChangeIndex = 0;
  /**
   * Index of the entry that the members are as of: the newest change applied, or a
   * snapshot, which may be ahead of what is applied.
   */
  membersIndex: number;
  /** The node that this leader is handing over to, or {@linkcode NO_NODE}. */
  transferee = NO_NODE;
  /**
   * Ticks since a follower heard of its leader, granted a vote or campaigned; at a
   * leader since it last checked its quorum or began a transfer.
   */
  electionElapsed = 0;
  /** Ticks for which this node still keeps out of elections after its start. */
  quietTicks: number;
  /** Ticks since a leader's last round of heartbeats. */
  heartbeatElapsed = 0;
  /** Ticks of {@linkcode electionElapsed} after which a node campaigns. */
  electionTimeout = 0;

  #term: number;
  #vote: number;
  #role: Role = "follower";
  #leader = NO_NODE;

  /** The state of a follower that has just started. */
  constructor(config: FullRaftConfig) {
    this.id = config.id;
    this.config = config;
    this.trace = config.trace;
    this.log = new RaftLog(config.stable, {
      applied: config.applied,
      applyingBytesMax: config.applyingBytesMax,
      mayApplyUnstable: config.synchronousStorage,
    });
    this.log.commitTo(config.hardState.commit);
    this.tracker = new ProgressTracker({
      messagesMax: config.inflightAppendsMax,
      bytesMax: config.inflightBytesMax,
    });
    this.quietTicks = config.quietTicks;
    this.membersIndex = config.applied;
    this.rounds = new Rounds(config.id);
    this.reads = new ReadQueue(config.waitingReadsMax);
    this.#term = config.hardState.term;
    this.#vote = config.hardState.vote;
    this.#checkLogTerm();
    this.restoreMembers(config.confState);
    const { configuration } = this.tracker;
    this.trace?.({ event: "configured", configuration });
    this.becomeFollower(this.#term, NO_NODE);
    this.#traceStart();
  }

  /** The latest term seen. */
  get term(): number {
    return this.#term;
  }

  /** The node voted for in this term, or {@linkcode NO_NODE}. */
  get vote(): number {
    return this.#vote;
  }

  /** What this node does in this term. */
  get role(): Role {
    return this.#role;
  }

  /** The leader of this term as far as known, or {@linkcode NO_NODE}. */
  get leader(): number {
    return this.#leader;
  }

  /** What has to be on disk before messages of this moment may leave. */
  hardState(): HardState {
    return {
      term: this.#term,
      vote: this.#vote,
      commit: this.log.committed,
    };
  }

  /** Whether this node may campaign: it is a voter and has its state. */
  isPromotable(): boolean {
    const progress = this.tracker.progress(this.id);
    return progress !== undefined && !progress.isLearner &&
      !this.log.hasNextOrInProgressSnapshot();
  }

  /** Whether an entry of the current term is committed, and so all before it are. */
  hasCommittedInTerm(): boolean {
    return this.log.termAt(this.log.committed) === this.#term;
  }

  /** Puts `message` where it waits for the next `Ready`. */
  send(message: PeerMessage): void {
    if (waitsForDisk(message)) {
      this.afterAppend.push(message);
    } else {
      assert(message.to !== this.id, "a node needs no messages of its own");
      this.messages.push(message);
    }
  }

  /** Makes the members those of `confState`. */
  restoreMembers(confState: ConfState): void {
    const { tracker } = this;
    const { inflights } = tracker;
    const base = new ProgressTracker(inflights);
    const result = restoreConfiguration(base, this.log.lastIndex, confState);
    assert(result.state === "changed", "a snapshot's members can be restored");
    tracker.setConfiguration(result.configuration, result.progress);
    assert(
      sameConfState(tracker.confState(), confState),
      "the members are those of the snapshot",
    );
  }

  // -- Changes of role. Each but the one to pre-candidate starts the clocks and the
  //    trackers anew. --

  /** Follows `leader` (or nobody yet) in `term`, which is not older. */
  becomeFollower(term: number, leader: number): void {
    this.#enterTerm(term);
    this.#leader = NO_NODE;
    this.#restart();
    this.#leader = leader;
    this.#become("follower");
  }

  /** Asks for votes in the next term, without entering it. */
  becomePreCandidate(): void {
    assert(this.#role !== "leader", "a leader does not campaign");
    this.tracker.resetVotes();
    this.#leader = NO_NODE;
    this.#become("pre-candidate");
  }

  /** Stands for election in a new term. The vote for itself is decided, not cast. */
  becomeCandidate(): void {
    assert(this.#role !== "leader", "a leader does not campaign");
    this.#enterTerm(this.#term + 1);
    this.#vote = this.id;
    this.#leader = NO_NODE;
    this.#restart();
    this.#become("candidate");
  }

  /** Leads the term it was elected in. */
  becomeLeader(): void {
    assert(this.#role === "candidate", "only a candidate becomes leader");
    this.#leader = this.id;
    this.#restart();
    const own = this.tracker.progress(this.id);
    assert(own !== undefined, "only a member leads");
    own.becomeReplicate();
    own.recentActive = true;
    // There may be no change in the log, but looking for one would take long.
    this.pendingChangeIndex = this.log.lastIndex;
    this.#become("leader");
  }

  /** A follower has heard of the leader of its term. */
  hearOf(leader: number): void {
    assert(this.#role === "follower", "only followers have another leader");
    this.electionElapsed = 0;
    this.#leader = leader;
  }

  /** A follower gives up its leader, but not its term. */
  forgetLeader(): void {
    assert(this.#role === "follower", "only followers forget a leader");
    this.#leader = NO_NODE;
  }

  /** Gives this term's vote to `candidate`. */
  grantVote(candidate: number): void {
    assert(
      this.#vote === NO_NODE || this.#vote === candidate,
      "a node votes once in a term",
    );
    this.#vote = candidate;
    this.electionElapsed = 0;
  }

  #become(role: Role): void {
    this.#role = role;
    this.trace?.({ event: "became", role, term: this.#term });
  }

  #enterTerm(term: number): void {
    assert(term >= this.#term, "the term never goes back");
    if (term === this.#term) return;
    this.#term = term;
    this.#vote = NO_NODE;
  }

  #restart(): void {
    const { electionTicks, random } = this.config;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.electionTimeout = electionTicks + random(electionTicks);
    this.transferee = NO_NODE;
    this.tracker.reset(this.id, this.log.lastIndex);
    this.pendingChangeIndex = 0;
    this.uncommittedBytes = 0;
    this.rounds.reset();
    this.reads.clear();
  }

  #traceStart(): void {
    const { log, term } = this;
    const voters = this.tracker.voterNodes();
    this.trace?.({ event: "started", voters, term, log });
  }

  #checkLogTerm(): void {
    const { stable } = this.config;
    if (stable.lastIndex < stable.firstIndex) return;
    assert(
      stable.term(stable.lastIndex) <= this.#term,
      "no entry is newer than the term",
    );
  }
}

/**
 * What a node may not do that may have forgotten what it acknowledged.
 *
 * Without a sync before each acknowledgement a loss of power takes the end of the log, which
 * others count on: leader L and follower F hold an entry, F forgets it, and F and a
 * third node would elect a leader that never had it. So F neither votes nor campaigns
 * before its log holds all that was committed when it first spoke to a leader. The leader
 * says how much that is as it would for a read: sure that it leads, after it was asked.
 * (Terms and votes are synced always.)
 *
 * A stop in order before that leaves the log as the loss of power left it, not marked as
 * whole.
 *
 * If all voters of a quorum forget at the same time, nobody may vote, and an operator
 * has to decide.
 *
 * @module
 */

import type {
  Heartbeat,
  PeerMessage,
  RawNode,
  ReadState,
} from "../raft/mod.ts";

/** Numbers of this object's questions are above it, those of clients' reads below. */
const CONTEXT_BASE = 2 ** 40;

/** See the module. */
export class CatchUp {
  readonly #node: RawNode;
  readonly #nodeId: number;
  readonly #patienceTicks: number;
  #isDone: boolean;
  #context: number;
  #ticksLeft = 0;
  /** The leader's commit index at the first contact. */
  #targetIndex = Infinity;

  /**
   * Holds `node` back if `isNeeded`, and asks again after `patienceTicks`; `lastContext` as
   * for `ReadRequests`.
   */
  constructor(
    node: RawNode,
    nodeId: number,
    patienceTicks: number,
    isNeeded: boolean,
    lastContext: number,
  ) {
    this.#context = CONTEXT_BASE + lastContext;
    this.#node = node;
    this.#nodeId = nodeId;
    this.#patienceTicks = patienceTicks;
    this.#isDone = !isNeeded;
  }

  /** Whether the log holds all that was acknowledged, so that the node may vote and campaign. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** A tick has passed: asks a leader, if one is known. */
  tick(): void {
    if (this.#isDone || this.#targetIndex < Infinity) return;
    if (--this.#ticksLeft > 0) return;
    const isAsked = this.#node.readIndex(this.#context + 1);
    if (!isAsked) return;
    this.#context++;
    this.#ticksLeft = this.#patienceTicks;
  }

  /** Takes in answers. */
  take(reads: readonly ReadState[]): void {
    if (this.#isDone) return;
    for (const { context, index } of reads) {
      if (context === this.#context) this.#targetIndex = index;
    }
    this.#isDone = this.#node.status().commit >= this.#targetIndex;
  }

  /**
   * A heartbeat as it may be taken in: its commit index may lie in what was forgotten.
   * The second message tells the leader how much is left, as if an append had come.
   */
  hear(heartbeat: Heartbeat): readonly [Heartbeat, PeerMessage | undefined] {
    const { commit, lastIndex } = this.#node.status();
    if (this.#isDone || heartbeat.term < this.#node.term) {
      return [heartbeat, undefined];
    }
    const kept = heartbeat.commit <= lastIndex;
    return [kept ? heartbeat : { ...heartbeat, commit }, {
      kind: "append-rejection",
      from: this.#nodeId,
      to: heartbeat.from,
      term: heartbeat.term,
      index: heartbeat.commit,
      hint: { index: lastIndex, term: 0 },
    }];
  }
}

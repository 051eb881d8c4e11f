/**
 * A leader's rounds of heartbeats, and who has answered which.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { jointCommittedIndex, type JointVoters } from "./joint_quorum.ts";

/**
 * Rounds have numbers that rise as long as the node lives, so that no answer can be
 * taken for one to a later round, however late or often it comes. That a quorum has
 * answered a round proves that this node still led when the round was sent.
 */
export class Rounds {
  readonly #ownId: number;
  readonly #answered = new Map<number, number>();
  #newest = 0;

  /** No rounds yet of the node `ownId`, which answers its own at once. */
  constructor(ownId: number) {
    this.#ownId = ownId;
  }

  /** Number of the newest round; 0 before the first one. */
  get newest(): number {
    return this.#newest;
  }

  /** Starts a round. */
  begin(): number {
    return ++this.#newest;
  }

  /** The node `from` has answered `round`. */
  answer(from: number, round: number): void {
    assert(round <= this.#newest, "only rounds that were sent are answered");
    const known = this.#answered.get(from) ?? 0;
    if (round > known) this.#answered.set(from, round);
  }

  /** Number of the newest round that the node `id` has answered in this term. */
  answeredBy(id: number): number {
    return id === this.#ownId ? this.#newest : this.#answered.get(id) ?? 0;
  }

  /** Number of the newest round that a quorum of `voters` has answered in this term. */
  confirmed(voters: JointVoters): number {
    const round = jointCommittedIndex(voters, (id) => this.answeredBy(id));
    return Math.min(round, this.#newest);
  }

  /** Forgets the answers, for another term or role. */
  reset(): void {
    this.#answered.clear();
  }
}

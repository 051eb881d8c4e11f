/**
 * Keeps the progress page up to date with what raft knows of the members.
 *
 * @module
 */

import type { Doorbell } from "../link/mod.ts";
import type { RawNode } from "../raft/mod.ts";
import type { PeerPort } from "./peers.ts";
import type { ProgressPage } from "./progress_page.ts";

/** See the module. */
export class ProgressKeeper {
  readonly #node: Pick<RawNode, "members" | "status">;
  readonly #peers: Pick<PeerPort, "isConnected" | "portsOf">;
  readonly #page: ProgressPage;
  readonly #serveBell: Pick<Doorbell, "ring">;

  /**
   * Writes what `node` and `peers` know to `page`, and rings the serve Worker when it
   * asks to be rung.
   */
  constructor(
    node: Pick<RawNode, "members" | "status">,
    peers: Pick<PeerPort, "isConnected" | "portsOf">,
    page: ProgressPage,
    serveBell: Pick<Doorbell, "ring">,
  ) {
    this.#node = node;
    this.#peers = peers;
    this.#page = page;
    this.#serveBell = serveBell;
  }

  /** A turn has ended: publishes what has changed. Who does not lead knows of nobody's progress. */
  publish(): void {
    const isLeader = this.#node.status().role === "leader";
    const members = this.#node.members().map(({ id, isLearner, match }) => ({
      id,
      heldIndex: isLeader ? match : undefined,
      isVoter: !isLearner,
      isConnected: this.#peers.isConnected(id),
      ...this.#peers.portsOf(id),
    }));
    if (this.#page.write(members)) this.#serveBell.ring();
  }
}

/**
 * A replica that tells what comes to it.
 *
 * @module
 */

import type { PeerMessage } from "../../../src/raft/mod.ts";
import { Replica } from "../../../src/replica/mod.ts";

/** Who is told. */
export interface ReplicaListener {
  /** A message came. */
  received(message: PeerMessage): void;
  /** A leader has told how far a log must come that may have forgotten some of it. */
  owes(index: number): void;
  /** What became of a snapshot is known. */
  snapshotSent(to: number, isSent: boolean): void;
}

/** Numbers of questions of a node that catches up; see `catch_up.ts`. */
const CATCH_UP_CONTEXT = 2 ** 40;

/** See the module. */
export class NotedReplica extends Replica {
  readonly #listener: ReplicaListener;

  /** A replica of `parts`. */
  constructor(
    listener: ReplicaListener,
    ...parts: ConstructorParameters<typeof Replica>
  ) {
    super(...parts);
    this.#listener = listener;
  }

  /** @inheritdoc */
  override receive(message: PeerMessage): boolean {
    this.#listener.received(message);
    const isTaken = super.receive(message);
    const isOwed = message.kind === "read-index-response" &&
      message.context > CATCH_UP_CONTEXT;
    if (isTaken && isOwed) this.#listener.owes(message.index);
    return isTaken;
  }

  /** @inheritdoc */
  override reportSnapshot(id: number, isSent: boolean): void {
    this.#listener.snapshotSent(id, isSent);
    super.reportSnapshot(id, isSent);
  }
}

/**
 * A node's connections to the others: the real transport, and snapshots by it.
 *
 * @module
 */

import type { Clock, Random } from "../../../src/base/mod.ts";
import type { PeerMessage, SnapshotMessage } from "../../../src/raft/mod.ts";
import type { Replica } from "../../../src/replica/replica.ts";
import { Transport } from "../../../src/transport/mod.ts";
import { simulatedProver } from "../prover.ts";
import { CLUSTER } from "./options.ts";
import type { SnapshotShelf } from "./snapshot_shelf.ts";
import type { Thread } from "./thread.ts";
import { networkOf } from "./thread_network.ts";
import type { World } from "./world.ts";

/** What connections are made of. */
export interface PeersParts {
  readonly id: number;
  /** Number of the node's directory. */
  readonly directory: number;
  readonly world: World;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly random: Random;
  readonly shelf: SnapshotShelf;
  /** The replica while there is one. */
  replica(): Replica | undefined;
  /** A leader has told how far a log must come that may have forgotten some of it. */
  owes(index: number): void;
}

/** Numbers of questions of a node that catches up; see `catch_up.ts`. */
const CATCH_UP_CONTEXT = 2 ** 40;

/** Port of all nodes. */
const PORT = 7000;

/** Name of a machine's host. */
export function hostOf(id: number): string {
  return `host${id}`;
}

/** See the module. */
export class Peers {
  readonly #parts: PeersParts;
  readonly #transport: Transport;

  /** Dials all other machines. */
  constructor(parts: PeersParts) {
    this.#parts = parts;
    const { clock, directory, id, random, thread, world } = parts;
    const network = world.network.of(hostOf(id));
    this.#transport = new Transport({
      own: { node: id, cluster: CLUSTER, instance: String(directory) },
      network: networkOf(thread, network),
      prover: simulatedProver("secret"),
      after: thread.after,
      clock,
      random,
      log: () => {},
      snapshotBytesPerSecond: world.settings.snapshotBytesPerSecond,
    }, {
      receive: (message) => this.#receive(message),
      openSnapshot: (offer) => parts.shelf.receive(offer),
      unreachable: (node) => parts.replica()?.reportUnreachable(node),
    });
    for (const other of world.machineIds()) this.meet(other);
  }

  /** Takes connections. */
  listen(): Promise<void> {
    return this.#transport.listen({
      hostname: hostOf(this.#parts.id),
      port: PORT,
    });
  }

  /** The machine `id` can be reached. */
  meet(id: number): void {
    if (id === this.#parts.id) return;
    this.#transport.addPeer(id, { hostname: hostOf(id), port: PORT });
  }

  /** See `PeerPort`. */
  send(messages: readonly PeerMessage[]): void {
    const plain: Exclude<PeerMessage, SnapshotMessage>[] = [];
    for (const message of messages) {
      if (message.kind === "snapshot") this.#sendSnapshot(message);
      else plain.push(message);
    }
    this.#transport.send(plain);
  }

  #sendSnapshot(message: SnapshotMessage): void {
    const { id, shelf, thread, world } = this.#parts;
    const report = (isSent: boolean) => {
      world.note("snapshot sent", { to: message.to, isSent }, id);
      this.#parts.replica()?.reportSnapshot(message.to, isSent);
    };
    const outgoing = shelf.open(id, message);
    if (outgoing === undefined) {
      thread.after(0, () => report(false));
      return;
    }
    this.#transport.sendSnapshot(outgoing, (fate) => report(fate === "taken"));
  }

  #receive(message: PeerMessage): void {
    const { id, world } = this.#parts;
    world.note(message.kind, message, id);
    const isTaken = this.#parts.replica()?.receive(message) === true;
    const isOwed = message.kind === "read-index-response" &&
      message.context > CATCH_UP_CONTEXT;
    if (isTaken && isOwed) this.#parts.owes(message.index);
  }
}

/**
 * The serve Worker's side of requests that nodes of a group run for each other's clients.
 *
 * A node alone never loads this file, nor what it imports.
 *
 * @module
 */

import {
  byteText,
  Logger,
  type LogLevel,
  systemAfter,
  systemClock,
  systemRandom,
} from "../base/mod.ts";
import type { ForwardFacts } from "../admin/mod.ts";
import type { AccessControl } from "../commands/mod.ts";
import { type GroupSettings, parseAddress } from "../config/mod.ts";
import type { Engine } from "../engine/mod.ts";
import { Forwarder, Reception } from "../forward/mod.ts";
import type { PubSub } from "../pubsub/mod.ts";
import type { MemberProgress } from "../replica/mod.ts";
import {
  makeProver,
  noCounts,
  type PeerCertificates,
  systemNetwork,
  type TransportParts,
} from "../transport/mod.ts";

/** Who says that it is this node; that nobody else does, Raft's own connections see to. */
const INSTANCE = "clients";

/** What other nodes' clients meet here. */
export interface ForwardingHost {
  /** What they may do. */
  readonly access: Pick<AccessControl, "enter">;
  /** Whom messages of other nodes are for. */
  readonly pubSub: PubSub;
}

/** See the module. */
export class Forwarding {
  /** The way to the leader. */
  readonly forwarder: Forwarder;
  readonly #settings: GroupSettings;
  readonly #transport: TransportParts;
  readonly #known = new Set<number>();
  #reception: Reception | undefined;

  /**
   * For a member of the group of `settings`, which speaks TLS to the others if it has
   * `certificates`; knows no other node yet.
   */
  constructor(
    settings: GroupSettings,
    certificates: PeerCertificates | undefined,
    logLevel: LogLevel,
  ) {
    this.#settings = settings;
    const { cluster, nodeId, secret } = settings;
    const logger = new Logger("forward", logLevel);
    this.#transport = {
      own: { node: nodeId, cluster, instance: INSTANCE },
      network: systemNetwork(certificates),
      prover: makeProver(new TextEncoder().encode(secret)),
      after: systemAfter,
      clock: systemClock,
      random: systemRandom,
      log: (level, line) => logger.log(level, line),
      counts: noCounts(),
    };
    this.forwarder = new Forwarder(this.#transport);
  }

  /**
   * Lets other nodes bring requests for `engine` and messages, and sends them the messages of this one.
   *
   * @returns The port bound.
   * @throws {ListenError} When it cannot be had.
   */
  async listen(
    engine: Engine,
    { access, pubSub }: ForwardingHost,
  ): Promise<number> {
    pubSub.tellOthers = (publication) => this.forwarder.publish(publication);
    const transport = this.#transport;
    const reception = new Reception({
      ...{ transport, engine },
      enter: (client, user) => access.enter(client, user),
      published: ({ channel, isShard, message }) => {
        const name = byteText(channel);
        if (isShard) pubSub.publishInShard(name, message);
        else pubSub.publish(name, message);
      },
    });
    this.#reception = reception;
    const { forwardPort, raftBind } = this.#settings;
    const { hostname } = raftBind;
    await reception.listen({ hostname, port: forwardPort });
    return reception.port;
  }

  /** Numbers for metrics, live. */
  get facts(): ForwardFacts {
    return {
      transport: this.#transport.counts,
      clientsWaiting: this.forwarder.waiting,
      clientsHosted: this.#reception?.clients ?? 0,
    };
  }

  /** Looks where the other nodes of the group take requests; their addresses are as in `--peers`. */
  look(
    members: readonly MemberProgress[],
    addressOf: (nodeId: number) => string,
  ): void {
    const { nodeId } = this.#settings;
    for (const { id, forwardPort } of members) {
      if (id === nodeId || forwardPort === 0) continue;
      const address = parseAddress(addressOf(id));
      if (address === undefined) continue;
      this.#known.add(id);
      const { hostname } = address;
      this.forwarder.setPeer(id, { hostname, port: forwardPort });
    }
    for (const id of [...this.#known]) {
      if (members.some((member) => member.id === id)) continue;
      this.#known.delete(id);
      this.forwarder.setPeer(id, undefined);
    }
  }

  /** Takes no more requests of other nodes: what this one has not begun to write goes back. */
  retire(): void {
    this.#reception?.retire();
  }

  /** Ends all connections. */
  close(): void {
    this.forwarder.close();
    this.#reception?.close();
  }
}

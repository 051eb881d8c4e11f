/**
 * Transports on a simulated network, for tests.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";
import { laneOf, type PlainLane } from "../../../src/raft/mod.ts";
import {
  type Lane,
  type NodePorts,
  type OpenSnapshotSink,
  Transport,
} from "../../../src/transport/mod.ts";
import { SimulatedNetwork } from "../../simulation/network.ts";
import type { NetworkNature } from "../../simulation/pipe.ts";
import { simulatedProver } from "../../simulation/prover.ts";
import { SimulatedTime } from "../../simulation/time.ts";

import { wordMessage, wordOf } from "./words.ts";

/** A message that came. */
export interface Arrival {
  readonly from: number;
  readonly lane: Lane;
  readonly word: string;
}

/** A node of a test. */
export interface TestNode {
  readonly id: number;
  readonly transport: Transport;
  readonly arrivals: Arrival[];
  readonly unreachable: string[];
  /** What others said of themselves: node, its other ports, its address. */
  readonly announced: [number, NodePorts, string][];
  readonly logged: string[];
}

/** How a node of a test differs. */
export interface TestNodeOptions {
  readonly cluster?: string;
  readonly secret?: string;
  readonly instance?: string;
  readonly ports?: NodePorts;
  readonly address?: string;
  readonly openSnapshot?: OpenSnapshotSink;
  readonly snapshotBytesPerSecond?: number;
  /** Name of its host, when it is not that of the node. */
  readonly host?: string;
}

/** A network that is quick and roomy. */
export const QUICK: NetworkNature = { delayMs: [0.1, 1], windowBytes: 65_536 };

/** Port of all nodes of a test. */
export const PORT = 7000;

/** Name of a node's host. */
export function hostOf(node: number): string {
  return `host${node}`;
}

/** Nodes, their time and their network. */
export class TestNodes {
  readonly time = new SimulatedTime();
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;

  constructor(seed: number, nature = QUICK) {
    this.random = new SeededRandom(seed);
    this.network = new SimulatedNetwork(this.time, this.random, nature);
  }

  /** Starts node `id`. */
  async start(id: number, options: TestNodeOptions = {}): Promise<TestNode> {
    const host = options.host ?? hostOf(id);
    const node: Omit<TestNode, "transport"> = {
      id,
      arrivals: [],
      unreachable: [],
      announced: [],
      logged: [],
    };
    const transport = new Transport({
      own: {
        node: id,
        cluster: options.cluster ?? "test",
        instance: options.instance ?? `directory of ${id}`,
        ...options.ports && { ports: options.ports },
        ...options.address && { address: options.address },
      },
      network: this.network.of(host),
      prover: simulatedProver(options.secret ?? "secret"),
      after: this.time.after,
      clock: this.time.clock,
      random: this.random,
      log: (level, line) => node.logged.push(`${level}: ${line}`),
      snapshotBytesPerSecond: options.snapshotBytesPerSecond ?? 2 ** 40,
    }, {
      openSnapshot: options.openSnapshot ?? (() => Promise.resolve(undefined)),
      receive: (message) => {
        const lane = laneOf(message);
        node.arrivals.push({ from: message.from, lane, word: wordOf(message) });
      },
      announced: (peer, ports, address) =>
        void node.announced.push([peer, ports, address]),
      unreachable: (peer, lane) => node.unreachable.push(`${peer} ${lane}`),
    });
    await transport.listen({ hostname: host, port: PORT });
    return { ...node, transport };
  }

  /** Starts nodes 1 to `count`, each a peer of all others, and lets them connect. */
  async startAll(count: number): Promise<TestNode[]> {
    const nodes: TestNode[] = [];
    for (let id = 1; id <= count; id++) nodes.push(await this.start(id));
    nodes.forEach(({ transport }, at) => {
      for (let id = 1; id <= count; id++) {
        if (id !== at + 1) connect(transport, id);
      }
    });
    await this.time.run(500);
    return nodes;
  }
}

/** Makes node `id` a peer of `transport`. */
export function connect(transport: Transport, id: number): void {
  transport.addPeer(id, { hostname: hostOf(id), port: PORT });
}

/** Sends `words` from `node` to node `to` on `lane`, at once. */
export function say(
  { id, transport }: TestNode,
  to: number,
  lane: PlainLane,
  ...words: string[]
): void {
  transport.send(words.map((word) => wordMessage([id, to], lane, word)));
}

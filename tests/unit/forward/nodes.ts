/**
 * Nodes with engines that run each other's requests over a simulated network; the log
 * of the one that leads commits at once, and the others apply what it has committed.
 *
 * @module
 */

import { SeededRandom } from "../../../src/base/mod.ts";
import type { Client, Engine } from "../../../src/engine/mod.ts";
import { Forwarder, Reception } from "../../../src/forward/mod.ts";
import { noCounts, type TransportParts } from "../../../src/transport/mod.ts";
import { SimulatedNetwork } from "../../simulation/network.ts";
import { simulatedProver } from "../../simulation/prover.ts";
import { SimulatedTime } from "../../simulation/time.ts";
import { Bench, type FakePort } from "../engine/harness.ts";

/** Port of all receptions. */
const PORT = 9000;

const decoder = new TextDecoder();

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Name of a node's host. */
export function hostOf(node: number): string {
  return `host${node}`;
}

/** A node of a test. */
export interface ForwardNode {
  readonly id: number;
  readonly bench: Bench;
  readonly engine: Engine;
  readonly forwarder: Forwarder;
  readonly reception: Reception;
  /** Names of the users whose clients were taken in. */
  readonly entered: string[];
  /** Messages of pub/sub that came, as `channel message`. */
  readonly published: string[];
  readonly parts: TransportParts;
}

/** A client of a node. */
export interface TestClient {
  readonly client: Client;
  readonly port: FakePort;
  /** What it was sent since it was asked last. */
  take(): string;
}

/** `words` as an array of RESP. */
export function array(words: string): string {
  const bulks = words.split(" ").map((word) =>
    `$${word.length}\r\n${word}\r\n`
  );
  return `*${bulks.length}\r\n${bulks.join("")}`;
}

/** See the module. */
export class ForwardNodes {
  readonly time = new SimulatedTime();
  readonly random = new SeededRandom(1);
  readonly network = new SimulatedNetwork(this.time, this.random, {
    delayMs: [0.1, 1],
    windowBytes: 1 << 20,
  });
  readonly nodes: ForwardNode[] = [];
  /** Whether what the leader proposes is committed. */
  commits = true;
  #leader = 0;
  /** Index of the last entry of the log. */
  #index = 0;

  /** Starts nodes 1 to `count`; node 1 leads. */
  static async start(count = 2): Promise<ForwardNodes> {
    const all = new ForwardNodes();
    for (let id = 1; id <= count; id++) await all.#start(id);
    for (const { id, forwarder } of all.nodes) {
      for (const other of all.nodes) {
        if (other.id === id) continue;
        const address = { hostname: hostOf(other.id), port: PORT };
        forwarder.setPeer(other.id, address);
      }
    }
    all.lead(1);
    await all.run(300);
    return all;
  }

  async #start(id: number): Promise<void> {
    const parts: TransportParts = {
      own: { node: id, cluster: "test", instance: "clients" },
      network: this.network.of(hostOf(id)),
      prover: simulatedProver("secret"),
      after: this.time.after,
      clock: this.time.clock,
      random: this.random,
      log: () => {},
      counts: noCounts(),
    };
    const forwarder = new Forwarder(parts);
    const bench = new Bench({ away: forwarder, backlogBytesMax: 100_000 });
    const entered: string[] = [];
    const published: string[] = [];
    const { engine } = bench;
    const reception = new Reception({
      transport: parts,
      engine,
      enter: (client, user) => {
        client.user = user;
        entered.push(user);
      },
      published: ({ channel, message, isShard }) => {
        const [where, what] = [decode(channel), decode(message)];
        published.push(`${where} ${what}${isShard ? " shard" : ""}`);
      },
    });
    await reception.listen({ hostname: hostOf(id), port: PORT });
    engine.standing.stepDown();
    this.nodes.push(
      { id, bench, engine, forwarder, reception, entered, published, parts },
    );
  }

  /** Node `id`. */
  of(id: number): ForwardNode {
    return this.nodes[id - 1]!;
  }

  /** Node `id` leads, and all forwarders are told; 0: none does. */
  lead(id: number, areTold = true): void {
    if (this.#leader !== 0 && this.#leader !== id) this.depose();
    this.#leader = id;
    if (id !== 0) this.of(id).engine.standing.lead();
    if (!areTold) return;
    for (const { forwarder } of this.nodes) forwarder.setLeader(id);
  }

  /** The leader leads no more, and only itself knows; what it has proposed is refused, or lost. */
  depose(isLost = false): void {
    const { bench, engine, forwarder } = this.of(this.#leader);
    this.#leader = 0;
    engine.standing.stepDown();
    forwarder.setLeader(0);
    const { proposals } = bench.log;
    const last = proposals[proposals.length - 1]?.id ?? 0;
    if (bench.log.committed >= proposals.length) return;
    bench.log.committed = proposals.length;
    engine.standing.abandoned(last, isLost);
  }

  /** Lets `ms` pass. */
  async run(ms: number): Promise<void> {
    for (let left = ms; left > 0; left--) {
      await this.time.run(1);
      for (const { bench } of this.nodes) bench.clock.advance(1);
      this.#commit();
    }
  }

  #commit(): void {
    if (!this.commits || this.#leader === 0) return;
    const { id: leader, bench } = this.of(this.#leader);
    const { log } = bench;
    while (log.committed < log.proposals.length) {
      const { entry, id } = log.proposals[log.committed++]!;
      this.#index++;
      bench.engine.committed(this.#index, id);
      for (const { id, engine } of this.nodes) {
        if (id === leader) continue;
        engine.standing.follow(entry, this.#index);
        engine.restored(this.#index);
      }
    }
  }

  /** A new client of node `id`. */
  connect(id: number): TestClient {
    const { bench } = this.of(id);
    const client = bench.connect();
    const port = bench.port(client);
    return { client, port, take: () => bench.take(client) };
  }

  /** `client` of node `id` sends each of `lines` as a request. */
  say(id: number, { client }: TestClient, ...lines: string[]): void {
    this.of(id).bench.receive(client, lines.map(array).join(""));
  }

  /** The same, and what is answered within some time. */
  async ask(
    id: number,
    client: TestClient,
    ...lines: string[]
  ): Promise<string> {
    this.say(id, client, ...lines);
    await this.run(20);
    return client.take();
  }
}

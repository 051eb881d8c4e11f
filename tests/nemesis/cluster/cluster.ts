/**
 * The nodes of a cluster as processes, with links between them, or one node alone.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import {
  type Durability,
  itemsOf,
  lanekvCommand,
  pickFreePort,
  RespClient,
  ServerProcess,
  sleep,
  textOf,
} from "../../servers/mod.ts";
import { Network } from "../proxy/network.ts";

/** How a cluster is started. */
export interface ClusterOptions {
  /** Nodes; 1 starts a server that is no cluster. */
  readonly nodes: number;
  /** fsync policy of all nodes. */
  readonly durability: Durability;
  /** Further flags of all nodes. */
  readonly args: readonly string[];
  /** Starts another server in place of a single node. */
  readonly stranger?: () => Promise<ServerProcess>;
}

/** What proves a node to the others. */
const SECRET = "three nodes against one nemesis";
/** A node that does not answer so long has nothing to say. */
const ASK_MS_MAX = 300;

/** The flags by which node `node` finds the others through the network. */
function memberFlags(
  node: number,
  raftPorts: readonly number[],
  network: Network,
): string[] {
  if (raftPorts.length === 1) return [];
  const peers = raftPorts.map((own, other) => {
    const port = other === node ? own : network.port(node, other);
    return `${other + 1}@127.0.0.1:${port}`;
  });
  return [
    `--node-id=${node + 1}`,
    `--raft-bind=127.0.0.1:${raftPorts[node]}`,
    `--peers=${peers.join(",")}`,
    "--cluster=nemesis",
  ];
}

async function startMember(
  { durability, args }: ClusterOptions,
  flags: readonly string[],
): Promise<ServerProcess> {
  const all = [...flags, ...args];
  const command = await lanekvCommand({ durability, args: all });
  return await ServerProcess.start({
    ...command,
    // What a run leaves behind is looked at when it failed.
    ownsDir: false,
    env: { ...command.env, LANEKV_CLUSTER_SECRET: SECRET },
  });
}

/** See the module. Nodes are numbered from 0 on; their ids from 1 on. */
export class Cluster {
  readonly #servers: readonly ServerProcess[];
  readonly #paused = new Set<number>();
  /** What is between the nodes. */
  readonly network: Network;

  private constructor(servers: readonly ServerProcess[], network: Network) {
    this.#servers = servers;
    this.network = network;
  }

  /**
   * Starts all nodes and waits until each answers.
   *
   * @throws {Error} With its output when a node does not start.
   */
  static async start(
    options: ClusterOptions,
    random: Random,
  ): Promise<Cluster> {
    const { nodes, stranger } = options;
    const raftPorts = Array.from({ length: nodes }, pickFreePort);
    const fraction = () => random.below(1_000_000) / 1_000_000;
    const network = new Network(nodes, (node) => raftPorts[node]!, fraction);
    const starting = raftPorts.map((_, node) =>
      stranger?.() ?? startMember(
        options,
        memberFlags(node, raftPorts, network),
      )
    );
    const settled = await Promise.allSettled(starting);
    const servers = settled.flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : []
    );
    const failed = settled.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") {
      await Promise.all(servers.map((server) => server.dispose()));
      await network.close();
      throw failed.reason;
    }
    return new Cluster(servers, network);
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#servers.length;
  }

  /** All nodes. */
  get nodes(): readonly number[] {
    return this.#servers.map((_, node) => node);
  }

  /** Ports for clients, by node. */
  get ports(): readonly number[] {
    return this.#servers.map(({ port }) => port);
  }

  /** Data directories, by node. */
  get dirs(): readonly string[] {
    return this.#servers.map(({ dir }) => dir);
  }

  /** Process id of a node. */
  pid(node: number): number {
    return this.#server(node).pid;
  }

  /** The last part of what a node printed. */
  log(node: number): string {
    return this.#server(node).log;
  }

  /** Whether a node's process has ended. */
  hasEnded(node: number): boolean {
    return this.#server(node).hasEnded;
  }

  /** kill -9. */
  async kill(node: number): Promise<void> {
    await this.#server(node).kill();
  }

  /** SIGTERM; waits for the end and returns the exit code. */
  async terminate(node: number): Promise<number> {
    return await this.#server(node).stop();
  }

  /** Waits until a node's process ends by itself; returns the exit code. */
  async waitEnd(node: number): Promise<number> {
    return await this.#server(node).waitEnd();
  }

  /**
   * Starts a node again that has ended, and waits until it answers.
   *
   * @throws {Error} With its output when it does not.
   */
  async restart(node: number): Promise<void> {
    await this.#server(node).restart();
  }

  /** SIGSTOP. */
  pause(node: number): void {
    if (this.hasEnded(node)) return;
    Deno.kill(this.pid(node), "SIGSTOP");
    this.#paused.add(node);
  }

  /** SIGCONT. */
  resume(node: number): void {
    if (!this.#paused.delete(node) || this.hasEnded(node)) return;
    Deno.kill(this.pid(node), "SIGCONT");
  }

  /** A node that takes itself for the leader; undefined if none says so. */
  async findLeader(): Promise<number | undefined> {
    const asked = this.nodes.filter((node) =>
      !this.hasEnded(node) && !this.#paused.has(node)
    );
    const answers = await Promise.all(asked.map((node) => this.#leads(node)));
    return asked.find((_, at) => answers[at]);
  }

  /** A digest of all data of each node. */
  digests(): Promise<string[]> {
    return Promise.all(this.ports.map(async (port) => {
      using client = await RespClient.connect(port);
      return textOf(await client.call("DEBUG", "DIGEST"));
    }));
  }

  /** Ends everything. What the nodes wrote is deleted unless it is to be looked at. */
  async close(isKept: boolean): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
    await this.network.close();
    if (isKept) return;
    await Promise.all(
      this.dirs.map((dir) => Deno.remove(dir, { recursive: true })),
    );
  }

  async #leads(node: number): Promise<boolean> {
    try {
      using client = await Promise.race([
        RespClient.connect(this.ports[node]!, { timeoutMs: ASK_MS_MAX }),
        sleep(ASK_MS_MAX).then(() => {
          throw new Error("no connection");
        }),
      ]);
      const [role] = itemsOf(await client.call("ROLE"));
      return role !== undefined && textOf(role) === "master";
    } catch {
      // Whoever cannot be asked does not lead, as far as anybody knows.
      return false;
    }
  }

  #server(node: number): ServerProcess {
    return this.#servers[node]!;
  }
}

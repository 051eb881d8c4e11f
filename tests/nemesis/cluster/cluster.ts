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
  type RequestArgument,
  RespClient,
  type RespValue,
  ServerProcess,
  sleep,
  textOf,
  withMap,
  writeTwinMap,
} from "../../servers/mod.ts";
import { LogFigures } from "./log_figures.ts";
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

const SHORT_MEMORY = new URL("./short_memory.ts", import.meta.url);
/** What proves a node to the others. */
const SECRET = "three nodes against one nemesis";
/** A node that does not answer so long does not lead. */
const ROLE_MS_MAX = 300;
/** Milliseconds that other questions take at most. */
const ASK_MS_MAX = 5_000;

/** A member as `LANE.CLUSTER MEMBERS` tells. */
export interface MemberRole {
  readonly node: number;
  readonly role: string;
}

/** See the module. Nodes are numbered by their ids, from 1 on. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #members = new Map<number, ServerProcess>();
  /** Where nodes listen that are being started. */
  readonly #raftPorts = new Map<number, number>();
  readonly #paused = new Set<number>();
  /** Nodes that one fault has for itself. */
  readonly #claimed = new Set<number>();
  readonly #dirs: string[] = [];
  /** What makes the nodes forget their log early. */
  #map = "";
  #lastNode = 0;
  /** What the nodes' output told. */
  readonly figures = new LogFigures();
  /** What is between the nodes. */
  readonly network: Network;

  private constructor(options: ClusterOptions, random: Random) {
    this.#options = options;
    this.network = new Network(
      (node) => this.#raftPorts.get(node)!,
      () => random.below(1_000_000) / 1_000_000,
    );
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
    const cluster = new Cluster(options, random);
    cluster.#map = await writeTwinMap("src/config/limits.ts", SHORT_MEMORY);
    const nodes = Array.from({ length: options.nodes }, () => cluster.#name());
    for (const node of nodes) cluster.network.add(node);
    const starting = nodes.map((node) =>
      cluster.#start(node, cluster.#flags(node, []))
    );
    const settled = await Promise.allSettled(starting);
    const failed = settled.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") {
      await cluster.close(true);
      throw failed.reason;
    }
    return cluster;
  }

  /** All nodes that belong to the cluster. */
  get nodes(): readonly number[] {
    return this.network.nodes;
  }

  /** Those of {@linkcode nodes} that no fault has for itself. */
  get free(): readonly number[] {
    return this.nodes.filter((node) => !this.#claimed.has(node));
  }

  /** Whether one node is all there is. */
  get isAlone(): boolean {
    return this.#options.nodes === 1;
  }

  /** Ports for clients of the nodes that have been started. */
  get ports(): readonly number[] {
    return [...this.#members.values()].map(({ port }) => port);
  }

  /** Data directories of all nodes so far. */
  get dirs(): readonly string[] {
    return this.#dirs;
  }

  /** Runs `body` while no other fault may have `nodes`. */
  async claim(
    nodes: readonly number[],
    body: () => Promise<void>,
  ): Promise<void> {
    for (const node of nodes) this.#claimed.add(node);
    try {
      await body();
    } finally {
      for (const node of nodes) this.#claimed.delete(node);
    }
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

  /**
   * Starts a further node, which waits to be taken in.
   *
   * @throws {Error} With its output when it does not start.
   */
  async join(): Promise<number> {
    const node = this.#name();
    const others = this.nodes;
    this.network.add(node, true);
    // Nobody else may kill it before it belongs to the cluster.
    await this.claim([node], async () => {
      const flags = this.#flags(node, others);
      await this.#start(node, [...flags, "--join=yes"]);
    });
    return node;
  }

  /** Where the others reach a node that joined. */
  address(node: number): string {
    return `127.0.0.1:${this.network.sharedPort(node)}`;
  }

  /** Ends a node for ever. */
  async drop(node: number): Promise<void> {
    const server = this.#server(node);
    await this.network.remove(node);
    await server.kill();
    this.readOutput();
    this.#members.delete(node);
    await Deno.remove(server.dir, { recursive: true });
    this.#dirs.splice(this.#dirs.indexOf(server.dir), 1);
  }

  /** A node that takes itself for the leader; undefined if none says so. */
  async findLeader(): Promise<number | undefined> {
    const asked = [...this.#members.keys()].filter((node) =>
      !this.hasEnded(node) && !this.#paused.has(node)
    );
    const answers = await Promise.all(asked.map(async (node) => {
      const [role] = itemsOf(await this.#ask(node, ROLE_MS_MAX, "ROLE"));
      return role !== undefined && textOf(role) === "master";
    }));
    return asked.find((_, at) => answers[at]);
  }

  /** What a node answers to one request; an error of our own without an answer. */
  ask(node: number, ...request: RequestArgument[]): Promise<RespValue> {
    return this.#ask(node, ASK_MS_MAX, ...request);
  }

  /** The members as node `node` knows them; none without an answer. */
  async members(node: number): Promise<readonly MemberRole[]> {
    return itemsOf(await this.ask(node, "LANE.CLUSTER", "MEMBERS")).map(
      (item) => {
        const [id, , role] = itemsOf(item);
        return { node: Number(textOf(id!)), role: textOf(role!) };
      },
    );
  }

  /** A digest of all data of each node. */
  digests(): Promise<string[]> {
    return Promise.all(
      this.nodes.map(async (node) =>
        textOf(await this.ask(node, "DEBUG", "DIGEST"))
      ),
    );
  }

  /** Counts what the nodes have printed since the last call. */
  readOutput(): void {
    for (const [node, { log }] of this.#members) this.figures.read(node, log);
  }

  /** Writes down what the nodes printed, beside their directories. */
  keepOutput(): void {
    for (const { dir, log } of this.#members.values()) {
      Deno.writeTextFileSync(`${dir}.log`, log);
    }
  }

  /** Ends everything. What the nodes wrote is deleted unless it is to be looked at. */
  async close(isKept: boolean): Promise<void> {
    const servers = [...this.#members.values()];
    await Promise.all(servers.map((server) => server.kill()));
    await this.network.close();
    await Deno.remove(this.#map);
    if (isKept) return;
    await Promise.all(
      this.dirs.map((dir) => Deno.remove(dir, { recursive: true })),
    );
  }

  #name(): number {
    const node = ++this.#lastNode;
    this.#raftPorts.set(node, pickFreePort());
    return node;
  }

  async #start(node: number, flags: readonly string[]): Promise<void> {
    const { stranger } = this.#options;
    const server = await (stranger?.() ?? this.#startMember(flags));
    this.#members.set(node, server);
    this.#dirs.push(server.dir);
  }

  /** The flags by which node `node` finds the others through the network. */
  #flags(node: number, members: readonly number[]): string[] {
    if (this.isAlone) return [];
    const known = members.length === 0 ? this.nodes : [...members, node];
    const peers = known.map((other) => {
      const port = other === node
        ? this.#raftPorts.get(node)!
        : this.network.port(node, other);
      return `${other}@127.0.0.1:${port}`;
    });
    return [
      `--node-id=${node}`,
      `--raft-bind=127.0.0.1:${this.#raftPorts.get(node)}`,
      `--peers=${peers.join(",")}`,
      "--cluster=nemesis",
    ];
  }

  async #ask(
    node: number,
    timeoutMs: number,
    ...request: RequestArgument[]
  ): Promise<RespValue> {
    const { port } = this.#server(node);
    const connecting = RespClient.connect(port, { timeoutMs });
    try {
      using client = await Promise.race([
        connecting,
        sleep(timeoutMs).then(() => {
          connecting.then((late) => late.close(), () => {});
          throw new Error("no connection");
        }),
      ]);
      return await client.call(...request);
    } catch (error) {
      const bytes = new TextEncoder().encode(`NOANSWER ${error}`);
      return { kind: "line", tag: "-", bytes };
    }
  }

  #server(node: number): ServerProcess {
    const server = this.#members.get(node);
    if (server === undefined) throw new RangeError(`No node ${node}`);
    return server;
  }

  async #startMember(flags: readonly string[]): Promise<ServerProcess> {
    const { durability, args } = this.#options;
    const all = [...flags, ...args];
    const command = await lanekvCommand({ durability, args: all });
    return await ServerProcess.start({
      ...withMap(command, this.#map),
      // What a run leaves behind is looked at when it failed.
      ownsDir: false,
      env: { ...command.env, LANEKV_CLUSTER_SECRET: SECRET },
    });
  }
}

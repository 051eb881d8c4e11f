/**
 * Three lanekv processes that are one group, on loopback.
 *
 * @module
 */

import { assert } from "@std/assert";
import {
  lanekvCommand,
  pickFreePort,
  type RequestArgument,
  RespClient,
  ServerProcess,
  sleep,
  textOf,
} from "../servers/mod.ts";

/** How long a test waits for what must come. */
const PATIENCE_MS = 30_000;

/** Flags of all nodes, or of each by its id. */
type NodeArgs = readonly string[] | ((id: number) => readonly string[]);

/** A group's processes. */
export class Nodes implements AsyncDisposable {
  readonly #processes: ServerProcess[] = [];
  /** Where each node is for the others, by its id less 1. */
  readonly #addresses: string[] = [];
  readonly #args: NodeArgs;

  private constructor(args: NodeArgs) {
    this.#args = args;
  }

  /** Where each listens for the others, in the order of their ids. */
  get raftPorts(): readonly number[] {
    return this.#addresses.map((address) => Number(address.split(":").at(-1)));
  }

  /** Starts `count` nodes with `args`, of each id's own, besides what makes them a group. */
  static async start(
    args: NodeArgs = [],
    count = 3,
  ): Promise<Nodes> {
    const nodes = new Nodes(args);
    for (let at = 0; at < count; at++) nodes.#addAddress();
    const ids = Array.from({ length: count }, (_, at) => at + 1);
    const started = ids.map((id) => nodes.#startOne(id, []));
    nodes.#processes.push(...await Promise.all(started));
    return nodes;
  }

  /** Starts one more node, which waits to be taken in. */
  async join(): Promise<ServerProcess> {
    this.#addAddress();
    const node = await this.#startOne(this.#addresses.length, ["--join=yes"]);
    this.#processes.push(node);
    return node;
  }

  #addAddress(): void {
    this.#addresses.push(`127.0.0.1:${pickFreePort()}`);
  }

  async #startOne(
    id: number,
    args: readonly string[],
  ): Promise<ServerProcess> {
    const peers = this.#addresses.map((address, at) => `${at + 1}@${address}`);
    const command = await lanekvCommand({
      durability: "always",
      args: [
        `--node-id=${id}`,
        `--raft-bind=${this.address(id)}`,
        `--peers=${peers.join()}`,
        "--cluster-secret=test",
        ...(typeof this.#args === "function" ? this.#args(id) : this.#args),
        ...args,
      ],
    });
    return await ServerProcess.start(command);
  }

  /** Where the node `id` is for the others. */
  address(id: number): string {
    return this.#addresses[id - 1]!;
  }

  /** The id of `node`. */
  idOf(node: ServerProcess): number {
    return this.#processes.indexOf(node) + 1;
  }

  /** All processes, in the order of their ids. */
  get all(): readonly ServerProcess[] {
    return this.#processes;
  }

  /** Waits until `attempt` gives something; fails after a long time. */
  async until<T>(
    what: string,
    attempt: () => Promise<T | undefined>,
  ): Promise<T> {
    const endMs = Date.now() + PATIENCE_MS;
    while (Date.now() < endMs) {
      const found = await attempt();
      if (found !== undefined) return found;
      await sleep(20);
    }
    throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
  }

  /** The node among `of` that serves as the leader. */
  leader(of: readonly ServerProcess[] = this.all): Promise<ServerProcess> {
    return this.until("a leader", async () => {
      for (const node of of) {
        const id = this.#processes.indexOf(node) + 1;
        const info = await ask(node, "INFO", "replication");
        if (info.includes(`raft_leader:${id}\r\n`)) return node;
      }
      return undefined;
    });
  }

  /** Waits until all of `of` hold the same data, and some. */
  async converge(of: readonly ServerProcess[] = this.all): Promise<void> {
    await this.until("equal data", async () => {
      const digests = await Promise.all(
        of.map((node) => ask(node, "DEBUG", "DIGEST")),
      );
      const [first] = digests;
      const isSame = digests.every((digest) => digest === first);
      return isSame && !/^0+$/.test(first!) ? true : undefined;
    });
  }

  /** Ends all, and removes what they have written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.dispose()));
  }
}

/** The text that `node` answers to one request, over a connection of its own. */
export async function ask(
  node: ServerProcess,
  ...words: RequestArgument[]
): Promise<string> {
  using client = await RespClient.connect(node.port);
  return textOf(await client.call(...words));
}

/** The nodes of `all` that are not `node`. */
export function others(
  all: readonly ServerProcess[],
  node: ServerProcess,
): ServerProcess[] {
  assert(all.includes(node), "a node is one of all");
  return all.filter((one) => one !== node);
}

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

/** A group's processes. */
export class Nodes implements AsyncDisposable {
  readonly #processes: ServerProcess[] = [];

  /** Starts `count` nodes with `args`, of each id's own, besides what makes them a group. */
  static async start(
    args: readonly string[] | ((id: number) => readonly string[]) = [],
    count = 3,
  ): Promise<Nodes> {
    const ids = Array.from({ length: count }, (_, at) => at + 1);
    const ports = ids.map(() => pickFreePort());
    const peers = ids.map((id) => `${id}@127.0.0.1:${ports[id - 1]}`).join();
    const nodes = new Nodes();
    const commands = await Promise.all(ids.map((id) =>
      lanekvCommand({
        durability: "always",
        args: [
          `--node-id=${id}`,
          `--raft-bind=127.0.0.1:${ports[id - 1]}`,
          `--peers=${peers}`,
          "--cluster-secret=test",
          ...(typeof args === "function" ? args(id) : args),
        ],
      })
    ));
    nodes.#processes.push(
      ...await Promise.all(
        commands.map((command) => ServerProcess.start(command)),
      ),
    );
    return nodes;
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

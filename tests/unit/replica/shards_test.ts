/** Three members of a group as whole lives, on real disks and in one thread. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  DirectoryError,
  SeededRandom,
  systemClock,
} from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import {
  type GroupConnection,
  LEASE_PAGE_BYTES,
  LeaseReader,
  runShard,
  ServeToRaft,
  STATISTICS_BYTES,
  type ToRaft,
} from "../../../src/replica/mod.ts";
import type { Replica } from "../../../src/replica/replica.ts";
import { SystemFiles } from "../../../src/storage/mod.ts";
import { memberOptions } from "./cluster.ts";
import { type FrameText, ServeSide } from "./harness.ts";

/** Who is there to be sent to. */
type Network = Map<number, Replica>;

/** One life of one node. */
class Shard {
  readonly frames: FrameText[] = [];
  readonly serve: ServeSide;
  readonly lease: LeaseReader;
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #network: Network;

  constructor(id: number, directory: string, network: Network, cluster = "x") {
    this.#id = id;
    this.#network = network;
    const link = createLink(1024 * 1024);
    this.serve = new ServeSide(new LinkEnd(link.near));
    const leasePage = new SharedArrayBuffer(LEASE_PAGE_BYTES);
    this.lease = new LeaseReader(leasePage);
    const options = memberOptions(id, [1, 2, 3], { tickMs: 50 });
    const start: ToRaft = {
      kind: "start",
      shard: 0,
      directory,
      segmentBytes: 64 * 1024,
      link: link.far,
      statistics: new SharedArrayBuffer(STATISTICS_BYTES),
      logLevel: "warning",
      options: {
        ...options,
        group: { ...options.group!, cluster, leaseSlackMs: 100 },
      },
    };
    const files = new SystemFiles(directory, { writes: false, syncs: false });
    const random = new SeededRandom(id);
    const connection = this.#connect(leasePage);
    this.ended = runShard(systemClock, random, files, start, connection);
  }

  #connect(leasePage: SharedArrayBuffer): GroupConnection {
    return {
      leasePage,
      peers: {
        send: (messages) => {
          for (const message of messages) {
            // As a network does: later, and to whoever is there then.
            setTimeout(() => this.#network.get(message.to)?.receive(message));
          }
        },
      },
      started: (replica) => this.#network.set(this.#id, replica),
    };
  }

  /** Takes all frames that have come. */
  poll(): void {
    this.frames.push(...this.serve.frames());
    this.serve.end.otherBell.ring();
  }

  /** Frames of one of `kinds`. */
  of(...kinds: string[]): FrameText[] {
    return this.frames.filter((frame) =>
      kinds.some((kind) => frame.startsWith(`${kind} `))
    );
  }

  /** Whether this node leads and may serve. */
  get leads(): boolean {
    return this.of("LEADERSHIP").at(-1)?.endsWith("\x01") ?? false;
  }

  push(kind: number, a = 0): void {
    this.serve.push(kind, a);
    this.serve.end.otherBell.ring();
  }

  propose(word: string): void {
    assert(this.serve.propose(word));
    this.serve.end.otherBell.ring();
  }

  /** Texts of entries so far, with what others proposed. */
  words(): string[] {
    return this.of("ENTRY").flatMap((frame) => frame.split(" ")[3] ?? []);
  }
}

/** Three nodes on three directories, over several lives. */
class Nodes implements Disposable {
  readonly network: Network = new Map();
  readonly directories = [1, 2, 3].map(() => Deno.makeTempDirSync());
  shards: Shard[] = [];

  start(): void {
    this.shards = [1, 2, 3].map((id) => this.startOne(id));
  }

  startOne(id: number): Shard {
    return new Shard(id, this.directories[id - 1]!, this.network);
  }

  /** Waits until `isSo`, while frames are taken. */
  async until(isSo: () => boolean): Promise<void> {
    for (;;) {
      for (const shard of this.shards) shard.poll();
      if (isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** The node that leads, when there is one. */
  async leader(): Promise<Shard> {
    await this.until(() => this.shards.some((shard) => shard.leads));
    return this.shards.find((shard) => shard.leads)!;
  }

  /** Stops all in order. */
  async stop(): Promise<void> {
    for (const shard of this.shards) shard.push(ServeToRaft.STOP);
    const { shards } = this;
    await this.until(() => shards.every((one) => one.of("STOPPED").length > 0));
    await Promise.all(shards.map(({ ended }) => ended));
    this.network.clear();
  }

  [Symbol.dispose](): void {
    for (const directory of this.directories) {
      Deno.removeSync(directory, { recursive: true });
    }
  }
}

Deno.test("runShard() three times is a group that survives its lives", async () => {
  using nodes = new Nodes();
  nodes.start();
  const leader = await nodes.leader();
  for (const word of ["a", "b", "c"]) leader.propose(word);
  await nodes.until(() =>
    leader.of("COMMITTED").at(-1)?.endsWith(" 3") === true &&
    nodes.shards.every((one) => one === leader || one.words().length === 3)
  );
  leader.push(ServeToRaft.CLOCK, systemClock.monotonicMs());
  await nodes.until(() =>
    leader.lease.permits(systemClock.monotonicMs(), Infinity)
  );
  await nodes.stop();
  nodes.start();
  const next = await nodes.leader();
  next.propose("d");
  await nodes.until(() =>
    nodes.shards.every((one) =>
      one.words().concat(one === next ? "d" : []).join("") === "abcd"
    ) && next.of("COMMITTED").length > 0
  );
  for (const shard of nodes.shards) {
    assertEquals(shard.of("MEMBERS").length, 3);
  }
  await nodes.stop();
});

Deno.test("runShard() does not start on the directory of another node or group", async () => {
  using nodes = new Nodes();
  nodes.start();
  await nodes.leader();
  await nodes.stop();
  const [, second, third] = nodes.directories;
  const { network } = nodes;
  const other = new Shard(3, second!, network);
  await assertRejects(() => other.ended, DirectoryError, "and this is node 3");
  assert(other.serve.frames().at(-1)?.includes("belongs to node 2"));
  const elsewhere = new Shard(3, third!, network, "y");
  await assertRejects(() => elsewhere.ended, DirectoryError, 'cluster "x"');
});

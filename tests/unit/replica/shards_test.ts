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
  PROGRESS_PAGE_BYTES,
  runShard,
  ServeToRaft,
  STATISTICS_BYTES,
  type ToRaft,
} from "../../../src/replica/mod.ts";
import type { Replica } from "../../../src/replica/replica.ts";
import {
  encodeConfChange,
  type Entry,
  type PeerMessage,
} from "../../../src/raft/mod.ts";
import { NO_MEMBERS, replayMembers } from "../../../src/replica/members.ts";
import {
  adoptSnapshot,
  SystemFiles,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import { NO_PORTS } from "../../../src/transport/mod.ts";
import { memberOptions } from "./cluster.ts";
import { bytes, type FrameText, ServeSide } from "./harness.ts";

/** Where a snapshot is kept that came from another node. */
const INCOMING = "incoming.tmp";

/** A node that can be sent to. */
interface Place {
  readonly replica: Replica;
  readonly directory: string;
}

/** Who is there to be sent to. */
type Network = Map<number, Place>;

/** One life of one node. */
class Shard {
  readonly frames: FrameText[] = [];
  readonly serve: ServeSide;
  readonly lease: LeaseReader;
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #network: Network;

  readonly directory: string;

  constructor(
    id: number,
    directory: string,
    network: Network,
    { cluster = "x", retainedBytesMax = 1_000_000 } = {},
  ) {
    this.#id = id;
    this.#network = network;
    this.directory = directory;
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
        group: { ...options.group!, cluster, retainedBytesMax },
      },
    };
    const files = new SystemFiles(directory, { writes: false, syncs: false });
    const random = new SeededRandom(id);
    const connection = this.#connect(leasePage);
    this.ended = runShard(
      systemClock,
      random,
      files,
      start,
      () => Promise.resolve(connection),
    );
  }

  #connect(leasePage: SharedArrayBuffer): GroupConnection {
    return {
      leasePage,
      progressPage: new SharedArrayBuffer(PROGRESS_PAGE_BYTES),
      peers: {
        send: (messages) => {
          for (const message of messages) {
            // As a network does: later, and to whoever is there then.
            setTimeout(() => this.#carry(message));
          }
        },
        isConnected: (id) => this.#network.has(id),
        portsOf: () => NO_PORTS,
      },
      started: (replica) => this.#network.set(this.#id, this.#own(replica)),
      adopt: (snapshot) =>
        adoptSnapshot(new SystemFiles(this.directory), INCOMING, snapshot),
      membersChanged: () => {},
      close: () => {},
    };
  }

  #own(replica: Replica): Place {
    return { replica, directory: this.directory };
  }

  #carry(message: PeerMessage): void {
    const to = this.#network.get(message.to);
    if (to === undefined) return;
    if (message.kind === "snapshot") {
      const { index } = message.snapshot;
      const name = `snapshot-${index.toString(16).padStart(16, "0")}.snap`;
      const file = `${this.directory}/${name}`;
      Deno.copyFileSync(file, `${to.directory}/${INCOMING}`);
      this.#network.get(this.#id)!.replica.reportSnapshot(message.to, true);
    }
    to.replica.receive(message);
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

  startOne(id: number, retainedBytesMax = 1_000_000): Shard {
    const directory = this.directories[id - 1]!;
    return new Shard(id, directory, this.network, { retainedBytesMax });
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
    leader.lease.permits(
      systemClock.monotonicMs(),
      systemClock.wallMs(),
      Infinity,
    )
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
  const elsewhere = new Shard(3, third!, network, { cluster: "y" });
  await assertRejects(() => elsewhere.ended, DirectoryError, 'cluster "x"');
});

/** The bytes of the members 1, 2 and 3. */
function threeMembers(): Uint8Array {
  const replay = replayMembers(NO_MEMBERS);
  const changes = [1, 2, 3].map((nodeId) => ({
    kind: "add-node" as const,
    nodeId,
  }));
  let members = new Uint8Array(0);
  for (const [at, change] of changes.entries()) {
    const data = encodeConfChange({
      transition: "auto",
      changes: [change],
      context: new Uint8Array(0),
    });
    const entry: Entry = { term: 1, index: at + 1, kind: "change", data };
    members = replay.apply(entry).slice();
  }
  return members;
}

Deno.test("runShard() takes a leader's snapshot in when the log before it is gone", async () => {
  using nodes = new Nodes();
  nodes.shards = [1, 2].map((id) => nodes.startOne(id, 10));
  const leader = await nodes.leader();
  for (let at = 1; at < 10; at++) leader.propose(`word ${at}`);
  await nodes.until(() =>
    leader.of("COMMITTED").at(-1)?.endsWith(" 9") === true
  );
  const [, a, id] = leader.of("COMMITTED").at(-1)!.split(" ");
  assertEquals(id, "9");
  const index = Number(a);
  const term = Number(leader.of("LEADERSHIP").at(-1)!.split(" ")[1]);
  const point = { index, term, members: threeMembers() };
  const files = new SystemFiles(leader.directory);
  const size = await writeSnapshot(files, point, [bytes("state")]);
  leader.serve.push(ServeToRaft.SNAPSHOT_TAKEN, index, size);
  leader.propose("behind");
  await nodes.until(() =>
    leader.of("COMMITTED").at(-1)?.endsWith(" 10") === true
  );
  const late = nodes.startOne(3, 10);
  late.propose("refused");
  nodes.shards.push(late);
  await nodes.until(() => late.words().includes("behind"));
  const kinds = late.frames.map((frame) => frame.split(" ")[0]!);
  const from = kinds.indexOf("RESTORE");
  assertEquals(kinds.slice(from, from + 5), [
    "RESTORE",
    "SNAPSHOT_BLOCK",
    "SNAPSHOT_END",
    "MEMBERS",
    "RECOVERED",
  ]);
  assertEquals(late.frames[from], `RESTORE ${index} ${term}`);
  assertEquals(late.of("REFUSED"), ["REFUSED 1 1"]);
  // Ids go on.
  late.propose("refused too");
  late.push(ServeToRaft.READ_INDEX, 1);
  await nodes.until(() =>
    late.of("REFUSED").length === 2 && late.of("READ_AT").length === 1
  );
  assertEquals(late.of("REFUSED").at(-1), "REFUSED 2 2");
  await nodes.stop();
  const again = nodes.startOne(3, 10);
  nodes.shards = [again];
  await nodes.until(() => again.of("RECOVERED").length > 0);
  const last = again.of("RECOVERED")[0]!.split(" ")[1];
  assert(Number(last) > index, "the log goes on behind the snapshot");
  await nodes.stop();
});

import { assertEquals } from "@std/assert";
import {
  systemAfter,
  systemClock,
  systemRandom,
} from "../../../src/base/mod.ts";
import { REMOVED_REFUSED_MS } from "../../../src/config/mod.ts";
import type {
  PeerMessage,
  Snapshot,
  SnapshotMessage,
} from "../../../src/raft/mod.ts";
import {
  LEASE_PAGE_BYTES,
  PROGRESS_PAGE_BYTES,
  type Replica,
} from "../../../src/replica/mod.ts";
import { writeSnapshot } from "../../../src/storage/mod.ts";
import { makeProver, systemNetwork } from "../../../src/transport/mod.ts";
import { PeerConnection } from "../../../src/workers/peer_connection.ts";
import { pickFreePort } from "../../servers/mod.ts";
import { SimulatedDisk } from "../../simulation/simulated_disk.ts";
import { wordMessage, wordOf } from "../transport/words.ts";
import { settingsOf } from "./group_settings.ts";

const TERM = 3;
const CONTENT = [new Uint8Array(300_000).fill(7)];

/** What a replica is told, in place of a replica. */
class FakeReplica {
  readonly received: PeerMessage[] = [];
  readonly reports: [node: number, isSent: boolean][] = [];
  readonly unreachable: number[] = [];
  replacement: Snapshot | undefined;
  commit = 0;

  receive(message: PeerMessage): boolean {
    this.received.push(message);
    return true;
  }

  reportSnapshot(node: number, isSent: boolean): void {
    this.reports.push([node, isSent]);
  }

  reportUnreachable(node: number): void {
    this.unreachable.push(node);
  }

  status() {
    return { commit: this.commit };
  }
}

interface Node {
  readonly connection: PeerConnection;
  readonly replica: FakeReplica;
  readonly disk: SimulatedDisk;
}

async function open(
  nodeId: number,
  ports: readonly number[],
  clock = systemClock,
): Promise<Node> {
  const disk = new SimulatedDisk();
  const connection = await PeerConnection.open({
    settings: settingsOf(nodeId, ports),
    ports: { clientPort: 0, forwardPort: 0 },
    identity: { cluster: "test", node: nodeId, directory: 100 + nodeId },
    files: disk,
    leasePage: new SharedArrayBuffer(LEASE_PAGE_BYTES),
    progressPage: new SharedArrayBuffer(PROGRESS_PAGE_BYTES),
    clock,
    random: systemRandom,
    logLevel: "warning",
  }, {
    network: systemNetwork(),
    prover: makeProver(new TextEncoder().encode("test")),
    after: systemAfter,
    log: () => {},
    snapshotBytesPerSecond: 2 ** 40,
  });
  const replica = new FakeReplica();
  connection.started(replica as unknown as Replica);
  return { connection, replica, disk };
}

/** Two nodes that have connections to each other. */
async function openPair(): Promise<readonly [Node, Node]> {
  const ports = [pickFreePort(), pickFreePort()];
  const one = await open(1, ports);
  const two = await open(2, ports);
  await until(() => one.connection.peers.isConnected!(2));
  await until(() => two.connection.peers.isConnected!(1));
  return [one, two];
}

/** Waits until `isSo`; a test that waits for ever is ended by its runner. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function close(...nodes: readonly Node[]): Promise<void> {
  for (const { connection } of nodes) connection.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Files of snapshots on its disk, whole or not, with their bytes. */
function snapshotsOf({ disk }: Node): [string, Uint8Array][] {
  return [...disk.files].filter(([name]) => name.includes("snapshot"));
}

function snapshotMessage(index: number): SnapshotMessage {
  const confState = {
    voters: [1, 2],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  };
  const snapshot = { index, term: TERM, confState, data: new Uint8Array(0) };
  return { kind: "snapshot", from: 1, to: 2, term: TERM, snapshot };
}

Deno.test("PeerConnection hands messages to the replica, and tells what cannot be reached", async () => {
  const [one, two] = await openPair();
  one.connection.peers.send([wordMessage([1, 2], "control", "7")]);
  await until(() => two.replica.received.length === 1);
  assertEquals(wordOf(two.replica.received[0]!), "7");
  await close(two);
  await until(() => !one.connection.peers.isConnected!(2));
  one.replica.unreachable.length = 0;
  one.connection.peers.send([wordMessage([1, 2], "append", "lost?")]);
  await until(() => one.replica.unreachable.includes(2));
  await close(one);
});

Deno.test("PeerConnection sends a snapshot from its disk, which the other one keeps, and is told of by raft's message", async () => {
  const [one, two] = await openPair();
  await writeSnapshot(one.disk, { index: 9, term: TERM }, CONTENT);
  one.connection.peers.send([snapshotMessage(9)]);
  await until(() => two.replica.received.length === 1);
  await until(() => one.replica.reports.length === 1);
  assertEquals(one.replica.reports, [[2, true]]);
  const [message] = two.replica.received;
  assertEquals(message!.kind, "snapshot");
  await two.connection.adopt(snapshotMessage(9).snapshot);
  assertEquals(snapshotsOf(two), snapshotsOf(one));
  assertEquals(one.connection.facts.snapshotsSent.taken, 1);
  assertEquals(two.connection.facts.snapshotsReceived.whole, 1);
  await close(one, two);
});

Deno.test("PeerConnection reports a snapshot that is gone from its disk", async () => {
  const [one, two] = await openPair();
  await writeSnapshot(one.disk, { index: 9, term: TERM }, CONTENT);
  one.connection.peers.send([snapshotMessage(8)]);
  await until(() => one.replica.reports.length === 1);
  assertEquals(one.replica.reports, [[2, false]]);
  assertEquals(one.connection.facts.snapshotsSent.gone, 1);
  assertEquals(two.replica.received, []);
  await close(one, two);
});

Deno.test("PeerConnection wants no snapshot that its log has passed, nor one while another takes the log's place", async () => {
  const [one, two] = await openPair();
  await writeSnapshot(one.disk, { index: 9, term: TERM }, CONTENT);
  two.replica.commit = 9;
  one.connection.peers.send([snapshotMessage(9)]);
  await until(() => one.replica.reports.length === 1);
  two.replica.commit = 0;
  two.replica.replacement = snapshotMessage(5).snapshot;
  one.connection.peers.send([snapshotMessage(9)]);
  await until(() => one.replica.reports.length === 2);
  // Nothing is to be sent again for that: raft looks where the other one is.
  assertEquals(one.replica.reports, [[2, true], [2, true]]);
  assertEquals(one.connection.facts.snapshotsSent.unwanted, 2);
  assertEquals(snapshotsOf(two), []);
  await close(one, two);
});

Deno.test("PeerConnection reports a snapshot that the other one's disk does not take", async () => {
  const [one, two] = await openPair();
  await writeSnapshot(one.disk, { index: 9, term: TERM }, CONTENT);
  two.disk.before = ({ kind }) =>
    kind === "append" ? { code: "ENOSPC" } : undefined;
  one.connection.peers.send([snapshotMessage(9)]);
  await until(() => one.replica.reports.length === 1);
  assertEquals(one.replica.reports, [[2, false]]);
  assertEquals(one.connection.facts.snapshotsSent.failed, 1);
  assertEquals(two.connection.facts.snapshotsReceived.failed, 1);
  assertEquals([snapshotsOf(two), two.replica.received], [[], []]);
  two.disk.before = () => undefined;
  one.connection.peers.send([snapshotMessage(9)]);
  await until(() => one.replica.reports.length === 2);
  assertEquals(one.replica.reports[1], [2, true]);
  await close(one, two);
});

Deno.test("PeerConnection answers a node that was added while it was away, and one that was removed when nobody leads", async () => {
  const ports = [pickFreePort(), pickFreePort(), pickFreePort()];
  // It was not told of node 3, which knows all.
  let aheadMs = 0;
  const one = await open(1, ports.slice(0, 2), {
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    wallMs: () => systemClock.wallMs(),
  });
  const three = await open(3, ports);
  await until(() => one.connection.peers.isConnected!(3));
  one.connection.peers.send([
    wordMessage([1, 3], "control", "7"),
  ]);
  await until(() => three.replica.received.length === 1);
  assertEquals(wordOf(three.replica.received[0]!), "7");
  const confState = { ...snapshotMessage(1).snapshot.confState };
  const addresses = new Map<number, string>();
  one.connection.membersChanged({
    confState: { ...confState, voters: [1, 3] },
    addresses,
  });
  one.connection.membersChanged({
    confState: { ...confState, voters: [1] },
    addresses,
  });
  assertEquals(one.connection.peers.isConnected!(3), false);
  const dials = () =>
    three.connection.facts.transport.peers.get(1)!.control.failures;
  await until(() => dials() >= 2);
  assertEquals(one.connection.peers.isConnected!(3), false);
  // It may be back, and this node may be the one that does not know.
  aheadMs = REMOVED_REFUSED_MS + 1;
  await until(() => one.connection.peers.isConnected!(3));
  await close(one, three);
});

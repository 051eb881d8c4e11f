/**
 * Facts to render: a node that has done a little.
 *
 * @module
 */

import type {
  GroupFacts,
  NodeFacts,
  ServeFacts,
} from "../../../src/admin/mod.ts";
import { Histogram } from "../../../src/base/mod.ts";
import type { PeerCounts } from "../../../src/transport/mod.ts";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";

function histogram(...values: number[]) {
  const counts = new Histogram(1);
  for (const value of values) counts.add(value);
  return counts.facts(1, 3);
}

/** What a serve Worker might tell. */
export function someServeFacts(): ServeFacts {
  return {
    commands: [
      {
        name: "get",
        class: "read",
        calls: 7,
        failed: 2,
        rejected: 1,
        seconds: 0.5,
      },
    ],
    errors: { ERR: 1, WRONGTYPE: 2 },
    requestSeconds: {
      read: histogram(0, 1, 3, 100),
      write: histogram(),
      host: histogram(2),
    },
    entryBytes: histogram(5),
    entryClients: histogram(1),
    entriesInFlight: 1,
    appliedIndex: 11,
    bytesIn: 10,
    bytesOut: 20,
    connections: { open: 2, accepted: 3, rejected: { maxclients: 4 } },
    core: {
      bytesPages: 100,
      bytesBlobs: 20,
      bytesBuffers: 3,
      bytesRetired: 40,
      bytesUsed: 123,
      bytesGrown: 1000,
      memoryLimit: 4000,
      pagesCopied: 5,
      pagesSplit: 6,
      keyspaceHits: 7,
      keyspaceMisses: 8,
      expiredKeys: 9,
      viewsOpen: 1,
      viewOldestSeconds: 2.5,
      databases: [{ database: 3, keys: 12, expires: 4 }],
    },
    snapshots: {
      isRunning: true,
      taken: 2,
      failed: 1,
      index: 10,
      bytes: 2048,
      seconds: 0.25,
      endedSeconds: 1_700_000_000,
    },
    loopGapSeconds: histogram(1),
    snapshotLoopGapSeconds: histogram(),
    reads: { hits: 100, misses: 4, rounds: 3, refusals: 1 },
    forward: {
      transport: {
        peers: new Map([[2, lanes()]]),
        refused: new Map([["proof", 1], ["cluster", 2]]),
        halfOpen: 3,
        accepted: 4,
      },
      clientsWaiting: 6,
      clientsHosted: 7,
    },
  };
}

function lane() {
  return {
    waiting: 1,
    waitingBytes: 10,
    sent: 2,
    sentBytes: 20,
    received: 3,
    receivedBytes: 30,
    dropped: { full: 4, bytes: 5, unreachable: 6, removed: 7 },
    connects: 8,
    failures: 9,
  };
}

function lanes(): PeerCounts {
  return {
    control: lane(),
    append: lane(),
    snapshot: lane(),
    other: lane(),
    clients: lane(),
  };
}

/** What the raft Worker of a member of a group might tell. */
export function someGroupFacts(): GroupFacts {
  return {
    isRaftAnswering: true,
    peers: {
      transport: {
        peers: new Map([[2, lanes()], [3, lanes()]]),
        refused: new Map([["proof", 11]]),
        halfOpen: 1,
        accepted: 8,
      },
      snapshotsSent: {
        taken: 1,
        unwanted: 2,
        failed: 3,
        full: 4,
        removed: 5,
        gone: 6,
      },
      snapshotsReceived: { whole: 7, failed: 8, replaced: 9 },
    },
  };
}

/** What a node might know; without `serve` its serve Worker never answered. */
export function someNodeFacts(
  serve: ServeFacts | undefined,
  group: GroupFacts | undefined = someGroupFacts(),
): NodeFacts {
  const raft = new RaftStatistics(new SharedArrayBuffer(STATISTICS_BYTES));
  raft.set("term", 2);
  raft.set("committedIndex", 12);
  raft.set("leader", 3);
  raft.set("proposalsLost", 5);
  raft.count("flushUs", 100);
  raft.add("flushMsSum", 0.1);
  raft.count("syncUs", 70);
  return {
    version: "1.2.3",
    startedSeconds: 1_699_999_999,
    residentBytes: 5_000_000,
    processorSeconds: { user: 1.5, system: 0.5 },
    state: "serving",
    isServeAnswering: serve !== undefined,
    serve,
    raft,
    group,
    loopGapSeconds: histogram(0),
  };
}

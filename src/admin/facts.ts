/**
 * What a node knows about itself at one moment: the input of the metrics.
 *
 * Parts that another Worker must be asked for are `undefined` until it has
 * answered once, and stay as they were while it does not answer.
 *
 * @module
 */

import type { HistogramFacts } from "../base/mod.ts";
import type { ReadCounts } from "../engine/mod.ts";
import type { RaftStatistics } from "../replica/mod.ts";
import type { SnapshotFate, TransportCounts } from "../transport/mod.ts";
import type { NodeState } from "./pages.ts";
import type { ProcessorSeconds } from "./process.ts";

/** Kinds of requests whose latencies are told apart. */
export type RequestClass =
  /** Answered at once. */
  | "read"
  /** Answered after the log has committed it. */
  | "write"
  /** Run in TypeScript. */
  | "host";

/** What one command has done. */
export interface CommandFacts {
  /** Lower-case name, `container|subcommand` for subcommands of the host. */
  readonly name: string;
  /** `read`, `write`, `host` or `control`, see the command table. */
  readonly class: string;
  /** Times it ran. */
  readonly calls: number;
  /** Of these, times it answered an error. */
  readonly failed: number;
  /** Times it was refused before it ran. */
  readonly rejected: number;
  /** Its share of the measured time. */
  readonly seconds: number;
}

/** Counters and gauges of the core, by the names of its header's fields. */
export interface CoreFacts {
  /** Bytes of tree pages, those held only for views included. */
  readonly bytesPages: number;
  /** Bytes of blobs, likewise. */
  readonly bytesBlobs: number;
  /** Bytes of sessions, batches and output. */
  readonly bytesBuffers: number;
  /** Bytes of pages and blobs held only for views. */
  readonly bytesRetired: number;
  /** Bytes of all live objects. */
  readonly bytesUsed: number;
  /** Bytes of memory that the core has. */
  readonly bytesGrown: number;
  /** Bytes that writes may reach. */
  readonly memoryLimit: number;
  /** Pages copied because a view could reach them. */
  readonly pagesCopied: number;
  /** Pages split. */
  readonly pagesSplit: number;
  /** Reads that found their key. */
  readonly keyspaceHits: number;
  /** Reads that found none. */
  readonly keyspaceMisses: number;
  /** Keys removed because they were due. */
  readonly expiredKeys: number;
  /** Views pinned. */
  readonly viewsOpen: number;
  /** Age of the oldest of them; 0 without one. */
  readonly viewOldestSeconds: number;
  /** Keys and keys with an expiry, of databases that have some, by number. */
  readonly databases: readonly {
    readonly database: number;
    readonly keys: number;
    readonly expires: number;
  }[];
}

/** Facts about snapshots of this run. */
export interface SnapshotFacts {
  /** Whether one is being taken. */
  readonly isRunning: boolean;
  /** Taken well. */
  readonly taken: number;
  /** Given up. */
  readonly failed: number;
  /** Log index of the last one taken; 0 without one. */
  readonly index: number;
  /** Bytes of its file. */
  readonly bytes: number;
  /** How long it took. */
  readonly seconds: number;
  /** Wall time of its end, seconds since 1970; 0 without one. */
  readonly endedSeconds: number;
}

/** Requests that the nodes of a group run for each other's clients. */
export interface ForwardFacts {
  /** Connections, and what goes over the lane of clients. */
  readonly transport: TransportCounts;
  /** Clients of this node whose requests wait for a leader. */
  readonly clientsWaiting: number;
  /** Clients of other nodes whose requests run here. */
  readonly clientsHosted: number;
}

/** What the serve Worker tells. */
export interface ServeFacts {
  /** Commands that were asked for at least once. */
  readonly commands: readonly CommandFacts[];
  /** Error replies by code word. */
  readonly errors: Readonly<Record<string, number>>;
  /** Seconds from a request's arrival to its reply. */
  readonly requestSeconds: Readonly<Record<RequestClass, HistogramFacts>>;
  /** Bytes of each log entry proposed. */
  readonly entryBytes: HistogramFacts;
  /** Clients with writes in each log entry. */
  readonly entryClients: HistogramFacts;
  /** Entries proposed and not yet applied. */
  readonly entriesInFlight: number;
  /** Index of the last entry applied. */
  readonly appliedIndex: number;
  /** Bytes read from clients. */
  readonly bytesIn: number;
  /** Bytes sent to clients. */
  readonly bytesOut: number;
  /** Client connections. */
  readonly connections: {
    readonly open: number;
    readonly accepted: number;
    /** Refused, by reason. */
    readonly rejected: Readonly<Record<string, number>>;
  };
  /** The core. */
  readonly core: CoreFacts;
  /** Snapshots. */
  readonly snapshots: SnapshotFacts;
  /** How reads were let through; undefined for a node alone. */
  readonly reads: Readonly<ReadCounts> | undefined;
  /** What is forwarded; undefined for a node alone. */
  readonly forward: ForwardFacts | undefined;
  /** Seconds by which timers of the serve Worker were late. */
  readonly loopGapSeconds: HistogramFacts;
  /** The same of snapshot Workers that have ended. */
  readonly snapshotLoopGapSeconds: HistogramFacts;
}

/** What has become of snapshots that other nodes sent. */
export interface ReceivedSnapshots {
  /** Came whole and undamaged. */
  whole: number;
  /** Were damaged, or could not be kept. */
  failed: number;
  /** Gave way to another one before they were whole. */
  replaced: number;
}

/** What the raft Worker of a member of a group tells of the other nodes. */
export interface PeerFacts {
  /** Connections and messages. */
  readonly transport: TransportCounts;
  /** Snapshots for other nodes; `gone`: there was a newer one by then. */
  readonly snapshotsSent: Readonly<Record<SnapshotFate | "gone", number>>;
  /** Snapshots of other nodes. */
  readonly snapshotsReceived: Readonly<ReceivedSnapshots>;
}

/** A member of a group. */
export interface GroupFacts {
  /** Whether the raft Worker answered this time. */
  readonly isRaftAnswering: boolean;
  /** Its newest answer; undefined before it has any connections, too. */
  readonly peers: PeerFacts | undefined;
}

/** Everything that the metrics show. */
export interface NodeFacts {
  /** Version of the server. */
  readonly version: string;
  /** Wall time of the process's start, seconds since 1970. */
  readonly startedSeconds: number;
  /** Resident bytes of the process. */
  readonly residentBytes: number;
  /** Processor time of the process. */
  readonly processorSeconds: ProcessorSeconds;
  /** What the node is doing. */
  readonly state: NodeState;
  /** Whether the serve Worker answered this time. */
  readonly isServeAnswering: boolean;
  /** Its newest answer. */
  readonly serve: ServeFacts | undefined;
  /** Counters of the raft Worker, read where they lie. */
  readonly raft: RaftStatistics;
  /** Undefined for a node alone. */
  readonly group: GroupFacts | undefined;
  /** Seconds by which timers of the main thread were late. */
  readonly loopGapSeconds: HistogramFacts;
}

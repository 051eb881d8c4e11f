/**
 * The serve Worker's numbers for the metrics, gathered when they are asked for.
 *
 * @module
 */

import type {
  CommandFacts,
  CoreFacts,
  ForwardFacts,
  LoopGap,
  ServeFacts,
  SnapshotFacts,
} from "../admin/mod.ts";
import type { Histogram, HistogramFacts } from "../base/mod.ts";
import type { CoreHeader } from "../core/mod.ts";
import type { Engine } from "../engine/mod.ts";
import type { ListenerCounts } from "../net/mod.ts";
import { reportCommands, reportErrors } from "./command_report.ts";
import type { HostCalls } from "./host_calls.ts";

const DATABASES = 16;
/** Latencies are shown from 1 µs to 16 s. */
const LATENCY_DOUBLINGS = 24;
/** Sizes of entries are shown from 64 bytes to 64 MiB. */
const ENTRY_BYTES_SHOWN = 64;
const ENTRY_DOUBLINGS = 20;
/** Clients of an entry are shown from 1 to 4096. */
const CLIENT_DOUBLINGS = 12;

/** Where the numbers come from. */
export interface FactsSource {
  /** The engine. */
  readonly engine: Engine;
  /** Counts of host commands. */
  readonly host: HostCalls;
  /** Connections. */
  readonly connections: ListenerCounts;
  /** Snapshots. */
  readonly snapshots: SnapshotFacts;
  /** The serve Worker's event loop. */
  readonly loopGap: LoopGap;
  /** Event loops of snapshot Workers that have ended. */
  readonly snapshotLoopGapSeconds: HistogramFacts;
  /** What is forwarded; undefined for a node alone. */
  readonly forward: ForwardFacts | undefined;
  /** Wall time now in milliseconds. */
  readonly wallMs: number;
}

function seconds(us: Histogram): HistogramFacts {
  return us.facts(1, LATENCY_DOUBLINGS, 1e-6);
}

function commandFacts({ engine, host }: FactsSource): CommandFacts[] {
  return reportCommands(engine, host).map(({ us, ...counts }) => ({
    ...counts,
    seconds: (us?.sum ?? 0) / 1e6,
  }));
}

function databases(header: CoreHeader): CoreFacts["databases"] {
  return Array.from({ length: DATABASES }, (_, database) => {
    const { keys, expires } = header.database(database, 0);
    return { database, keys, expires };
  }).filter(({ keys }) => keys > 0);
}

function coreFacts(header: CoreHeader, wallMs: number): CoreFacts {
  const pinnedMs = header.viewsPinnedMs();
  const oldestMs = Math.min(wallMs, ...pinnedMs);
  return {
    bytesPages: header.get("bytesPages"),
    bytesBlobs: header.get("bytesBlobs"),
    bytesBuffers: header.get("bytesBuffers"),
    bytesRetired: header.get("bytesRetired"),
    bytesUsed: header.get("bytesUsed"),
    bytesGrown: header.bytesGrown,
    memoryLimit: header.get("memoryLimit"),
    pagesCopied: header.get("pagesCopied"),
    pagesSplit: header.get("pagesSplit"),
    keyspaceHits: header.get("keyspaceHits"),
    keyspaceMisses: header.get("keyspaceMisses"),
    expiredKeys: header.get("expiredKeys"),
    viewsOpen: pinnedMs.length,
    viewOldestSeconds: (wallMs - oldestMs) / 1000,
    databases: databases(header),
  };
}

/** Gathers the numbers of one moment. */
export function gatherFacts(source: FactsSource): ServeFacts {
  const { engine, host, connections, snapshots, loopGap } = source;
  const { meter } = engine;
  return {
    commands: commandFacts(source),
    errors: reportErrors(engine, host),
    requestSeconds: {
      read: seconds(meter.readUs),
      write: seconds(meter.writeUs),
      host: seconds(host.us),
    },
    entryBytes: meter.entryBytes.facts(ENTRY_BYTES_SHOWN, ENTRY_DOUBLINGS),
    entryClients: meter.entryClients.facts(1, CLIENT_DOUBLINGS),
    entriesInFlight: engine.batchesInFlight,
    appliedIndex: engine.appliedIndex,
    bytesIn: meter.bytesIn,
    bytesOut: meter.bytesOut,
    connections: {
      open: connections.open,
      accepted: connections.accepted,
      rejected: Object.fromEntries(connections.rejected),
    },
    core: coreFacts(engine.core.header, source.wallMs),
    snapshots,
    reads: engine.readGate && { ...engine.readGate.counts },
    forward: source.forward,
    loopGapSeconds: loopGap.facts(),
    snapshotLoopGapSeconds: source.snapshotLoopGapSeconds,
  };
}

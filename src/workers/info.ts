/**
 * INFO's sections from the serve Worker's own counters.
 *
 * @module
 */

import {
  humanBytes,
  type InfoFields,
  type InfoSections,
  processorSeconds,
  residentBytes,
} from "../admin/mod.ts";
import type { Random } from "../base/mod.ts";
import {
  type ClusterView,
  REDIS_VERSION,
  replicationFields,
} from "../commands/mod.ts";
import type { Options } from "../config/mod.ts";
import type { CoreHeader } from "../core/mod.ts";
import type { Engine } from "../engine/mod.ts";
import type { ListenerCounts } from "../net/mod.ts";
import type { RaftStatistics } from "../replica/mod.ts";
import type { ClientWatch } from "./client_watch.ts";
import type { Tracking } from "../tracking/mod.ts";
import { commandstats, errorstats, latencystats } from "./command_info.ts";
import { reportCommands, reportErrors } from "./command_report.ts";
import { groupInfo } from "./group_info.ts";
import type { HostCalls } from "./host_calls.ts";
import type { Subscribers } from "./subscribers.ts";

/** Forty hexadecimal digits that no other run has. */
export function makeRunId(random: Random): string {
  const words = Array.from({ length: 5 }, () => random.u32());
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** Databases that the keyspace section looks at. */
const DATABASES = 16;

/** Where INFO's numbers come from. */
export interface InfoSource {
  /** The node's options. */
  readonly options: Options;
  /** Its engine. */
  readonly engine: Engine;
  /** Counters of the raft Worker. */
  readonly raft: RaftStatistics;
  /** Connections. */
  readonly connections: () => ListenerCounts;
  /** Wall time now in milliseconds. */
  readonly wallMs: () => number;
  /** Wall time of the start in milliseconds. */
  readonly startedMs: number;
  /** Port bound. */
  readonly port: () => number;
  /** Whether the node is still recovering. */
  readonly isLoading: () => boolean;
  /** Random identity of this run. */
  readonly runId: string;
  /** Value of a CONFIG parameter. */
  readonly parameter: (name: string) => string;
  /** Clients that listen. */
  readonly subscribers: Pick<Subscribers, "pubSub">;
  /** Clients that were closed at a limit. */
  readonly clients: Pick<ClientWatch, "closed">;
  /** Who keeps copies of keys. */
  readonly tracking: Tracking;
  /** The group. */
  readonly cluster: ClusterView;
  /** Counts of host commands. */
  readonly host: HostCalls;
  /** Percentiles for latencystats. */
  readonly percentiles: () => readonly number[];
  /** Facts about snapshots. */
  readonly snapshots: () => {
    readonly isRunning: boolean;
    readonly lastSeconds: number;
    /** How long the last one took. */
    readonly lastSpanSeconds: number;
    readonly isLastGood: boolean;
  };
  /** Commands a second, lately. */
  readonly operationsPerSecond: () => number;
}

function server(source: InfoSource): InfoFields {
  const uptime = Math.floor((source.wallMs() - source.startedMs) / 1000);
  return [
    ["redis_version", REDIS_VERSION],
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", "0"],
    ["redis_mode", source.cluster.isEnabled ? "cluster" : "standalone"],
    ["os", `${Deno.build.os} ${Deno.build.arch}`],
    ["arch_bits", 64],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", "deno"],
    ["process_id", Deno.pid],
    ["process_supervised", "no"],
    ["run_id", source.runId],
    ["tcp_port", source.port()],
    ["server_time_usec", source.wallMs() * 1000],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / 86_400)],
    ["hz", 10],
    ["configured_hz", 10],
    ["lru_clock", Math.floor(source.wallMs() / 1000) & 0xffffff],
    ["executable", ""],
    ["config_file", ""],
    ["io_threads_active", 0],
  ];
}

function clients(source: InfoSource): InfoFields {
  return [
    ["connected_clients", source.connections().open],
    ["cluster_connections", 0],
    ["maxclients", source.options.maxclients],
    ["client_recent_max_input_buffer", 0],
    ["client_recent_max_output_buffer", 0],
    [
      "blocked_clients",
      source.engine.clientPause.waiting + source.engine.waits.count +
      source.engine.hostTurns.waiting,
    ],
    ["tracking_clients", source.tracking.clientCount],
    ["clients_in_timeout_table", 0],
    ["total_blocking_keys", 0],
    ["total_blocking_keys_on_nokey", 0],
  ];
}

function memory(source: InfoSource): InfoFields {
  const header = source.engine.core.header;
  const used = header.get("bytesUsed");
  const peak = header.get("bytesUsedPeak");
  const rss = residentBytes();
  const limit = Number(source.parameter("maxmemory"));
  return [
    ["used_memory", used],
    ["used_memory_human", humanBytes(used)],
    ["used_memory_rss", rss],
    ["used_memory_rss_human", humanBytes(rss)],
    ["used_memory_peak", peak],
    ["used_memory_peak_human", humanBytes(peak)],
    ["used_memory_overhead", header.get("bytesBuffers")],
    ["used_memory_dataset", used - header.get("bytesBuffers")],
    ["used_memory_lua", 0],
    ["used_memory_scripts", 0],
    ["maxmemory", limit],
    ["maxmemory_human", humanBytes(limit)],
    ["maxmemory_policy", source.parameter("maxmemory-policy")],
    ["allocator_allocated", used],
    ["allocator_active", header.get("bytesReserved")],
    ["allocator_resident", header.bytesGrown],
    [
      "mem_fragmentation_ratio",
      used === 0 ? 1 : (header.bytesGrown / used).toFixed(2),
    ],
    ["mem_allocator", "lanekv-core"],
    ["mem_not_counted_for_evict", header.get("bytesEntries")],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", 0],
    ["lazyfreed_objects", 0],
    ["core_bytes_pages", header.get("bytesPages")],
    ["core_bytes_blobs", header.get("bytesBlobs")],
    ["core_bytes_retired", header.get("bytesRetired")],
  ];
}

function persistence(source: InfoSource): InfoFields {
  const snapshots = source.snapshots();
  const { raft, options } = source;
  return [
    ["loading", source.isLoading() ? 1 : 0],
    ["async_loading", 0],
    ["current_cow_peak", 0],
    ["current_cow_size", source.engine.core.header.get("bytesRetired")],
    [
      "rdb_changes_since_last_save",
      source.engine.core.header.get("changes"),
    ],
    ["rdb_bgsave_in_progress", snapshots.isRunning ? 1 : 0],
    ["rdb_last_save_time", snapshots.lastSeconds],
    ["rdb_last_bgsave_status", snapshots.isLastGood ? "ok" : "err"],
    ["rdb_last_bgsave_time_sec", snapshots.lastSpanSeconds],
    ["rdb_current_bgsave_time_sec", -1],
    ["aof_enabled", 1],
    ["aof_rewrite_in_progress", 0],
    ["aof_rewrite_scheduled", 0],
    ["aof_last_bgrewrite_status", "ok"],
    ["aof_last_write_status", "ok"],
    ["aof_current_size", raft.get("walBytesSinceSnapshot")],
    ["fsync_policy", options.fsync],
    ["durability", options.fsync === "always" ? "strict" : "relaxed"],
    ["wal_flushes", raft.get("flushes")],
    ["wal_last_flush_ms", raft.get("flushMsLast").toFixed(3)],
  ];
}

function stats(source: InfoSource): InfoFields {
  const header = source.engine.core.header;
  const connections = source.connections();
  const rejected = [...connections.rejected.values()];
  return [
    ["total_connections_received", connections.accepted],
    [
      "total_commands_processed",
      header.get("commandsProcessed") + source.host.totals.calls,
    ],
    ["instantaneous_ops_per_sec", source.operationsPerSecond()],
    ["total_net_input_bytes", source.engine.meter.bytesIn],
    ["total_net_output_bytes", source.engine.meter.bytesOut],
    ["rejected_connections", rejected.reduce((sum, count) => sum + count, 0)],
    ["sync_full", 0],
    ["sync_partial_ok", 0],
    ["sync_partial_err", 0],
    ["expired_keys", header.get("expiredKeys")],
    ["expired_subkeys", header.get("expiredFields")],
    ["expired_stale_perc", "0.00"],
    ["evicted_keys", header.get("evictedKeys")],
    ["evicted_clients", source.clients.closed.memory],
    ["keyspace_hits", header.get("keyspaceHits")],
    ["keyspace_misses", header.get("keyspaceMisses")],
    ["pubsub_channels", source.subscribers.pubSub.topicCount("channel")],
    ["pubsub_patterns", source.subscribers.pubSub.topicCount("pattern")],
    [
      "pubsubshard_channels",
      source.subscribers.pubSub.topicCount("shard-channel"),
    ],
    ["latest_fork_usec", 0],
    ["total_forks", 0],
    ["tracking_total_keys", source.tracking.keys.size],
    ["tracking_total_items", source.tracking.keys.items],
    ["tracking_total_prefixes", source.tracking.prefixCount],
    ["keyspace_events_lost", source.engine.core.events.lost],
    [
      "total_error_replies",
      header.get("errorReplies") + source.host.totals.errors,
    ],
    ["dump_payload_sanitizations", 0],
    ["client_output_buffer_limit_disconnections", source.clients.closed.output],
    ["pages_copied", header.get("pagesCopied")],
    ["views_open", header.viewsOpen],
  ];
}

function replication(source: InfoSource): InfoFields {
  return [
    ...replicationFields(source.cluster, source.runId),
    ["raft_committed_index", source.raft.get("committedIndex")],
    ["raft_applied_index", source.engine.appliedIndex],
  ];
}

function cpu(): InfoFields {
  const { user, system } = processorSeconds();
  return [
    ["used_cpu_sys", system.toFixed(6)],
    ["used_cpu_user", user.toFixed(6)],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
  ];
}

function keyspace(header: CoreHeader, nowMs: number): InfoFields {
  const fields: [string, string][] = [];
  for (let index = 0; index < DATABASES; index++) {
    const { keys, expires, ttlMsMean } = header.database(index, nowMs);
    if (keys === 0) continue;
    fields.push([
      `db${index}`,
      `keys=${keys},expires=${expires},avg_ttl=${ttlMsMean}`,
    ]);
  }
  return fields;
}

/** The sections of INFO, read when asked for. */
export function infoSections(source: InfoSource): InfoSections {
  const commands = () => reportCommands(source.engine, source.host);
  return new Map<string, () => InfoFields>([
    ["server", () => server(source)],
    ["clients", () => clients(source)],
    ["memory", () => memory(source)],
    ["persistence", () => persistence(source)],
    ["stats", () => stats(source)],
    ["replication", () => replication(source)],
    [
      "raft",
      () =>
        groupInfo(
          source.options.group?.nodeId,
          source.raft,
          source.engine.readGate?.counts,
        ),
    ],
    ["cpu", cpu],
    ["modules", () => []],
    ["commandstats", () => commandstats(commands())],
    ["errorstats", () => errorstats(reportErrors(source.engine, source.host))],
    ["latencystats", () => latencystats(commands(), source.percentiles())],
    [
      "cluster",
      () => [["cluster_enabled", source.cluster.isEnabled ? 1 : 0]],
    ],
    [
      "keyspace",
      () => keyspace(source.engine.core.header, source.wallMs()),
    ],
  ]);
}

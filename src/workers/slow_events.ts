/**
 * What takes long beside commands: into the latency monitor.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { LatencyEvent, LatencyMonitor } from "../commands/mod.ts";
import type { RaftStatistics } from "../replica/mod.ts";

/** Watches the log and snapshots of one shard. */
export class SlowEvents {
  readonly #clock: Clock;
  readonly #latency: LatencyMonitor;
  readonly #raft: RaftStatistics;
  readonly #flushEvent: LatencyEvent;
  #flushesSeen = 0;

  /** Writes to `latency`; `isSynced` says whether a flush of the log syncs it. */
  constructor(
    clock: Clock,
    latency: LatencyMonitor,
    raft: RaftStatistics,
    isSynced: boolean,
  ) {
    this.#clock = clock;
    this.#latency = latency;
    this.#raft = raft;
    this.#flushEvent = isSynced ? "aof-fsync-always" : "aof-write";
  }

  /**
   * The log has committed something: notes the last flush if it is a new one. The
   * raft Worker may have finished another meanwhile, which then stands for both.
   */
  committed(): void {
    if (this.#latency.thresholdMs === 0) return;
    const flushes = this.#raft.get("flushes");
    if (flushes === this.#flushesSeen) return;
    this.#flushesSeen = flushes;
    this.#add(this.#flushEvent, this.#raft.get("flushMsLast"));
  }

  /** Runs `start`, which starts a snapshot, and notes how long nothing else could run. */
  snapshot<T>(start: () => T): T {
    const startMs = this.#clock.monotonicMs();
    const started = start();
    this.#add("fork", this.#clock.monotonicMs() - startMs);
    return started;
  }

  #add(event: LatencyEvent, ms: number): void {
    this.#latency.maybeAdd(event, ms, this.#clock.wallMs() / 1000);
  }
}

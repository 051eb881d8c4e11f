/**
 * A log writer whose syncs are timed.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import type { Entry, HardState } from "../raft/mod.ts";
import type { LogWriter } from "./log_writer.ts";
import type { RaftStatistics } from "./statistics.ts";

/** Passes everything on to another writer. */
export class TimedWriter implements LogWriter {
  readonly #writer: LogWriter;
  readonly #clock: Clock;
  readonly #statistics: RaftStatistics;

  /** Times the syncs of `writer` by `clock` into `statistics`. */
  constructor(writer: LogWriter, clock: Clock, statistics: RaftStatistics) {
    this.#writer = writer;
    this.#clock = clock;
    this.#statistics = statistics;
  }

  /** @inheritdoc */
  get bytesSinceSnapshot(): number {
    return this.#writer.bytesSinceSnapshot;
  }

  /** @inheritdoc */
  append(entries: readonly Entry[], hardState?: HardState): void {
    this.#writer.append(entries, hardState);
  }

  /** @inheritdoc */
  flush(isSync: boolean): Promise<void> {
    const flushed = () => this.#writer.flush(isSync);
    return isSync ? this.#timed(flushed) : flushed();
  }

  /** @inheritdoc */
  mark(): Promise<void> {
    return this.#writer.mark();
  }

  /** @inheritdoc */
  sync(): Promise<void> {
    return this.#timed(() => this.#writer.sync());
  }

  /** @inheritdoc */
  trim(index: number): Promise<void> {
    return this.#writer.trim(index);
  }

  /** @inheritdoc */
  get isPreparationDue(): boolean {
    return this.#writer.isPreparationDue;
  }

  /** @inheritdoc */
  prepare(): Promise<void> {
    return this.#writer.prepare();
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    await work();
    const ms = this.#clock.monotonicMs() - startMs;
    this.#statistics.add("syncMsSum", ms);
    this.#statistics.count("syncUs", ms * 1000);
  }
}

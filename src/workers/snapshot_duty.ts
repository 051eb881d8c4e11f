/**
 * When a snapshot is taken, and what comes of it: the log is told, the operator, and
 * clients that ask for the last one.
 *
 * @module
 */

import {
  describeError,
  isOperatingError,
  type Logger,
  systemClock,
} from "../base/mod.ts";
import type { CoreHeader } from "../core/mod.ts";
import type { SnapshotPoint } from "../storage/mod.ts";
import type { SlowEvents } from "./slow_events.ts";
import type { Snapshots } from "./snapshots.ts";

/** What a duty works with. */
export interface SnapshotDutyParts {
  /** Writes them. */
  readonly snapshots: Snapshots;
  /** Counts the changes since the last one. */
  readonly header: CoreHeader;
  /** What the applied state stands for. */
  readonly point: () => SnapshotPoint;
  /** Resolves when no data are being loaded. */
  readonly untilLoaded: () => Promise<void>;
  /** Tells the log that one of `bytes` at `index` is durable. */
  readonly taken: (index: number, bytes: number) => Promise<void>;
  /** Notes what takes long. */
  readonly slowEvents: SlowEvents;
  /** Prints lines for people. */
  readonly logger: Logger;
  /** The node cannot go on. */
  readonly fail: (reason: string) => void;
}

/** See the module. */
export class SnapshotDuty {
  readonly #parts: SnapshotDutyParts;
  #lastMs = systemClock.wallMs();
  #isLastGood = true;

  /** The state is as the last snapshot has it. */
  constructor(parts: SnapshotDutyParts) {
    this.#parts = parts;
  }

  /** Wall seconds of the last one that is durable, or of the start. */
  get lastSeconds(): number {
    return Math.floor(this.#lastMs / 1000);
  }

  /** Whether the last one came to a good end. */
  get isLastGood(): boolean {
    return this.#isLastGood;
  }

  /** The log wants one. Its failure is reported once; raft asks again. */
  want(): void {
    if (!this.#parts.snapshots.isRunning) this.take().catch(() => {});
  }

  /** Takes one. Rejects when it could not be taken, which has been reported then. */
  async take(): Promise<void> {
    const { fail, header, logger, point, slowEvents, snapshots } = this.#parts;
    await this.#parts.untilLoaded();
    const changes = header.get("changes");
    try {
      const taken = await slowEvents.snapshot(() => snapshots.take(point()));
      this.#lastMs = systemClock.wallMs();
      this.#isLastGood = true;
      header.set("changes", header.get("changes") - changes);
      await this.#parts.taken(taken.index, taken.bytes);
      logger.log(
        "notice",
        `Snapshot of ${taken.bytes} bytes taken at index ${taken.index}`,
      );
    } catch (cause) {
      this.#isLastGood = false;
      if (isOperatingError(cause)) logger.log("warning", cause.message);
      else fail(describeError(cause));
      throw cause;
    }
  }
}

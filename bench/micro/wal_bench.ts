/**
 * Appends to the log on disk by fsync policy: one iteration is ten batches, each written
 * and, with `always`, synced before the next. Files lie in the system's temporary
 * directory and are written as a node alone writes them.
 *
 * @module
 */

import {
  type FsyncPolicy,
  SEGMENT_BYTES,
  SYNC_INTERVAL_MS,
} from "../../src/config/mod.ts";
import { SystemFiles, Wal } from "../../src/storage/mod.ts";

const ENTRY_BYTES = 64;
const POLICIES: readonly FsyncPolicy[] = ["no", "everysec", "always"];
/** Batches of an iteration, one after the other. */
const BATCHES = 10;
/**
 * Entries of a batch, and how many iterations each policy gets: with `everysec` so many
 * that syncs run beside some; a sync takes as long as hundreds of writes.
 */
const SIZES = [
  { entries: 1, no: 5000, everysec: 50_000, always: 100 },
  { entries: 16, no: 5000, everysec: 25_000, always: 100 },
  { entries: 256, no: 500, everysec: 3000, always: 50 },
] as const;
/** Bytes of log that are kept. */
const KEPT_BYTES = 4 * SEGMENT_BYTES;

const directory = await Deno.makeTempDir({ prefix: "lanekv-bench-" });
globalThis.addEventListener(
  "unload",
  () => Deno.removeSync(directory, { recursive: true }),
);

const data = new Uint8Array(ENTRY_BYTES).fill(0x78);

/** A log that writes one batch at a time by a policy. */
class BatchLog {
  readonly #wal: Wal;
  readonly #policy: FsyncPolicy;
  #syncing: Promise<void> | undefined;
  #syncedMs = performance.now();

  constructor(wal: Wal, policy: FsyncPolicy) {
    this.#wal = wal;
    this.#policy = policy;
  }

  static async open(name: string, policy: FsyncPolicy): Promise<BatchLog> {
    const path = `${directory}/${name}`;
    await Deno.mkdir(path);
    const syncs = policy === "always";
    const files = new SystemFiles(path, { writes: true, syncs });
    const { wal } = await Wal.open(files, {
      segmentBytes: SEGMENT_BYTES,
      preparesSegments: syncs,
      stamp: () => 1,
      log: () => {},
    });
    return new BatchLog(wal, policy);
  }

  async write(entries: number): Promise<void> {
    const first = this.#wal.lastIndex + 1;
    this.#wal.append(
      Array.from({ length: entries }, (_, at) => ({
        term: 1,
        index: first + at,
        data,
      })),
    );
    await this.#wal.flush(this.#policy === "always");
    if (this.#policy === "everysec") this.#syncIfDue();
    if (this.#wal.isPreparationDue) void this.#wal.prepare();
    if (this.#wal.bytesSinceSnapshot > KEPT_BYTES) await this.#wal.trim(first);
  }

  /** The sync runs beside the writes that follow. */
  #syncIfDue(): void {
    const nowMs = performance.now();
    if (this.#syncing !== undefined) return;
    if (nowMs - this.#syncedMs < SYNC_INTERVAL_MS) return;
    this.#syncedMs = nowMs;
    this.#syncing = this.#wal.sync().finally(() => {
      this.#syncing = undefined;
    });
  }
}

for (const size of SIZES) {
  for (const policy of POLICIES) {
    const { entries } = size;
    const log = await BatchLog.open(`${policy}-${entries}`, policy);
    Deno.bench({
      name: `${policy}, ${BATCHES} batches of ${entries}`,
      group: `WAL, batches of ${entries} × ${ENTRY_BYTES} bytes`,
      baseline: policy === "no",
      n: size[policy],
      fn: async () => {
        for (let count = 0; count < BATCHES; count++) await log.write(entries);
      },
    });
  }
}

/**
 * One writer and three readers over one shared memory: random writes while
 * pinned views are walked. Each view must hold what its batch left, whole, and
 * must not change while it is held.
 *
 * ```text
 * deno run --allow-read tests/fuzz/view_stress.ts --seconds=600 [--seed=N]
 *   [--readers=3]
 * ```
 *
 * @module
 */

import { numberFlag } from "./flags.ts";
import { ViewMailbox } from "./view_mailbox.ts";
import type { ReaderReport, ReaderTask } from "./view_reader.ts";
import type { FromWriter, WriterReport, WriterTask } from "./view_writer.ts";

/** What a run is made of. */
export interface ViewStressOptions {
  /** Seed of all that is random; timing is not. */
  readonly seed: number;
  /** How long to write. */
  readonly durationMs: number;
  /** Reader Workers. @default {3} */
  readonly readers?: number;
}

/** What a run did. */
export interface ViewStressReport {
  /** The writer's side. */
  readonly writer: WriterReport;
  /** Every reader's side. */
  readonly readers: readonly ReaderReport[];
}

function start(file: string): Worker {
  return new Worker(new URL(file, import.meta.url), { type: "module" });
}

/** The next message of a Worker; throws when it fails. */
function nextMessage<Message>(worker: Worker): Promise<Message> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<Message>) => resolve(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`a Worker failed: ${event.message}`));
    };
  });
}

function messages<Message>(
  worker: Worker,
): { first: Promise<Message>; second: Promise<Message> } {
  const first = nextMessage<Message>(worker);
  const second = first.then(() => nextMessage<Message>(worker));
  return { first, second };
}

/** Runs writer and readers; throws when any of them found a fault. */
export async function runViewStress(
  options: ViewStressOptions,
): Promise<ViewStressReport> {
  const { seed, durationMs, readers = 3 } = options;
  const { words } = new ViewMailbox(readers);
  const writer = start("./view_writer.ts");
  const said = messages<FromWriter>(writer);
  const task: WriterTask = { seed, durationMs, readers, words };
  writer.postMessage(task);
  const granted = await said.first;
  if (granted.kind !== "grants") throw new Error("the writer gave no grants");
  const reports = granted.grants.map((grant, reader) => {
    const worker = start("./view_reader.ts");
    const report = nextMessage<ReaderReport>(worker);
    const readerTask: ReaderTask = { reader, readers, words, grant, seed };
    worker.postMessage(readerTask);
    return report;
  });
  const finished = await said.second;
  if (finished.kind !== "report") throw new Error("the writer did not report");
  const report = {
    writer: finished.report,
    readers: await Promise.all(reports),
  };
  for (const { fault } of [...report.readers, report.writer]) {
    if (fault !== undefined) throw new Error(`${fault} (seed ${seed})`);
  }
  return report;
}

/** Runs with the flags `args`, printing what was done. */
export async function main(args: readonly string[]): Promise<void> {
  const seed = numberFlag(args, "seed", Date.now() >>> 0);
  const seconds = numberFlag(args, "seconds", 60);
  const readers = numberFlag(args, "readers", 3);
  console.log(`view stress: seed ${seed}, ${seconds} s, ${readers} readers`);
  const report = await runViewStress({
    seed,
    durationMs: seconds * 1000,
    readers,
  });
  const views = report.readers.reduce((sum, { views }) => sum + views, 0);
  console.log(
    `view stress: no fault in ${report.writer.operations} operations ` +
      `and ${views} views`,
    report,
  );
}

if (import.meta.main) await main(Deno.args);

/**
 * Entry of the Worker that writes snapshots: reads a pinned view of the shared
 * core and writes it to disk, while the serve Worker goes on.
 *
 * It runs at a lower priority than the lanes of requests and the log, where the
 * system allows it.
 *
 * @module
 */

import { LoopGap } from "../admin/mod.ts";
import { systemClock } from "../base/mod.ts";
import { CoreReader } from "../core/mod.ts";
import { SystemFiles, writeSnapshot } from "../storage/mod.ts";
import type { FromSnapshot, ToSnapshot } from "./messages.ts";

declare const self: DedicatedWorkerGlobalScope;

function answer(message: FromSnapshot): void {
  self.postMessage(message);
}

self.onmessage = async (event: MessageEvent<ToSnapshot>) => {
  const { grant, slot, directory, index, term } = event.data;
  const reader = new CoreReader(grant);
  const loopGap = new LoopGap(systemClock);
  loopGap.start();
  try {
    const bytes = await writeSnapshot(
      new SystemFiles(directory),
      { index, term },
      reader.snapshot(slot),
    );
    loopGap.stop();
    answer({ kind: "written", bytes, loopGapSeconds: loopGap.facts() });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    answer({ kind: "failed", reason });
  } finally {
    reader.releaseView(slot);
  }
};

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
import { isOperatingError, systemClock } from "../base/mod.ts";
import { CoreReader } from "../core/mod.ts";
import { SystemFiles, writeSnapshot } from "../storage/mod.ts";
import type { FromSnapshot, ToSnapshot } from "./messages.ts";
import { yieldToLanes } from "./thread_priority.ts";

declare const self: DedicatedWorkerGlobalScope;

async function write(
  { directory, grant, point, slot }: ToSnapshot,
): Promise<FromSnapshot> {
  const reader = new CoreReader(grant);
  const loopGap = new LoopGap(systemClock);
  loopGap.start();
  try {
    const bytes = await writeSnapshot(
      // In this thread, so at its priority: it has nothing else to do.
      new SystemFiles(directory, { writes: true, syncs: true }),
      point,
      reader.snapshot(slot),
    );
    loopGap.stop();
    return { kind: "written", bytes, loopGapSeconds: loopGap.facts() };
  } catch (cause) {
    // Anything else is a broken invariant, which ends the node.
    if (!isOperatingError(cause)) throw cause;
    return { kind: "failed", reason: cause.message };
  } finally {
    reader.releaseView(slot);
  }
}

yieldToLanes();

self.onmessage = async (event: MessageEvent<ToSnapshot>) => {
  // The Worker may be terminated as soon as it has answered.
  self.postMessage(await write(event.data));
};

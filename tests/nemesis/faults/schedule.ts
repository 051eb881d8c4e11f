/**
 * When which fault happens: one of processes and one of the network may last at the same time.
 *
 * @module
 */

import { type Fault, type Stage, waitBetween } from "./stage.ts";

const QUIET_MS_MAX = 3_000;

/** Faults by name: how often each was made. */
export type FaultCounts = Map<string, number>;

/** Makes faults of `kinds`, one after the other, until the round is over. */
export async function makeFaults(
  stage: Stage,
  kinds: readonly Fault[],
  counts: FaultCounts,
): Promise<void> {
  if (kinds.length === 0) return;
  for (;;) {
    await waitBetween(stage, 0, QUIET_MS_MAX);
    if (stage.isOver()) return;
    const fault = stage.random.pickWeighted(kinds);
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    await fault.run(stage);
  }
}

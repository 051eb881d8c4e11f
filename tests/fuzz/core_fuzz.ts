/**
 * Random operations on a core against plain maps: every reply is compared,
 * every invariant walked now and then, pinned views read later, whole
 * iterations made with writes in between, the log applied to a second core and
 * snapshots loaded into a third. Other sessions wait for keys meanwhile.
 *
 * ```text
 * deno run --allow-read tests/fuzz/core_fuzz.ts --operations=10_000_000
 *   [--seed=N] [--round=N] [--round-operations=N] [--check-every=N]
 * ```
 *
 * @module
 */

import { CoreRound, type CoreRoundCounts } from "./core_round.ts";
import { numberFlag } from "./flags.ts";

/** What a run is made of. */
export interface CoreFuzzOptions {
  /** Round `n` is made from it and `n` alone. */
  readonly seed: number;
  /** Operations altogether, at least. */
  readonly operationCount: number;
  /** Operations of a round. @default {50_000} */
  readonly roundOperations?: number;
  /** Operations between two walks of the invariants. @default {500} */
  readonly checkEvery?: number;
  /** First round, to replay one. @default {0} */
  readonly firstRound?: number;
}

/** Runs rounds; throws at the first difference, naming its round. */
export function runCoreFuzz(options: CoreFuzzOptions): CoreRoundCounts {
  const { seed, roundOperations = 50_000, checkEvery = 500 } = options;
  const counts: CoreRoundCounts = {
    operations: 0,
    checks: 0,
    views: 0,
    scans: 0,
    served: 0,
    restarts: 0,
  };
  let round = options.firstRound ?? 0;
  while (counts.operations < options.operationCount) {
    const replay = `--seed=${seed} --round=${round} ` +
      `--round-operations=${roundOperations} --check-every=${checkEvery}`;
    const running = new CoreRound({
      seed,
      round: round++,
      operations: roundOperations,
      checkEvery,
    });
    try {
      running.run();
    } catch (cause) {
      const done = running.counts.operations;
      throw new Error(`core fuzz failed in operation ${done} (${replay})`, {
        cause,
      });
    }
    for (const name of Object.keys(counts) as (keyof CoreRoundCounts)[]) {
      counts[name] += running.counts[name];
    }
  }
  return counts;
}

/** Runs with the flags `args`, printing what was done. */
export function main(args: readonly string[]): void {
  const seed = numberFlag(args, "seed", Date.now() >>> 0);
  const isReplay = args.some((word) => word.startsWith("--round="));
  const operationCount = isReplay
    ? 1
    : numberFlag(args, "operations", 1_000_000);
  console.log(`core fuzz: seed ${seed}, ${operationCount} operations`);
  const startedMs = performance.now();
  const counts = runCoreFuzz({
    seed,
    operationCount,
    firstRound: numberFlag(args, "round", 0),
    roundOperations: numberFlag(args, "round-operations", 50_000),
    checkEvery: numberFlag(args, "check-every", 500),
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = Math.round(counts.operations / seconds);
  console.log(`core fuzz: no difference, ${rate} operations/s`, counts);
}

if (import.meta.main) main(Deno.args);

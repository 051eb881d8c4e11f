/**
 * Disks that a loss of power may leave, one after another.
 *
 * @module
 */

import type { SeededRandom } from "../../../src/base/mod.ts";
import type { SimulatedDisk } from "../../simulation/simulated_disk.ts";

/** How many possibilities the choices of a crash have, if each is `preferred`. */
function countsOf(disk: SimulatedDisk, preferred: number): number[] {
  const counts: number[] = [];
  disk.crashed((count) => {
    counts.push(count);
    return Math.min(preferred, count - 1);
  });
  return counts;
}

function withChoices(
  disk: SimulatedDisk,
  choices: readonly number[],
): SimulatedDisk {
  let next = 0;
  return disk.crashed((count) => Math.min(choices[next++] ?? 0, count - 1));
}

/** Walks every sequence of choices. Which there are may depend on earlier ones. */
function* everyCrash(disk: SimulatedDisk): Generator<SimulatedDisk> {
  const path: { choice: number; count: number }[] = [];
  for (;;) {
    let at = 0;
    yield disk.crashed((count) => {
      path[at] ??= { choice: 0, count };
      return path[at++]!.choice;
    });
    path.length = at;
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      if (++last.choice < last.count) break;
      path.pop();
    }
    if (path.length === 0) return;
  }
}

/** All kept, all lost, all but one kept or lost, and random ones. */
function* someCrashes(
  disk: SimulatedDisk,
  random: SeededRandom,
  crashes: number,
): Generator<SimulatedDisk> {
  const kept = countsOf(disk, Infinity).map((count) => count - 1);
  const lost = countsOf(disk, 0).map(() => 0);
  yield withChoices(disk, kept);
  yield withChoices(disk, lost);
  for (let left = crashes - 2; left > 0; left--) {
    if (random.below(3) > 0) {
      yield disk.crashed((count) => random.below(count));
      continue;
    }
    const base = random.below(2) === 0 ? kept : lost;
    yield withChoices(disk, base.with(random.below(base.length), 1));
  }
}

/**
 * Calls `check` for disks that a crash now may leave: every one if there are not more
 * than `crashesMax`, otherwise that many of them.
 *
 * @returns How many there were.
 */
export function eachCrash(
  disk: SimulatedDisk,
  random: SeededRandom,
  crashesMax: number,
  check: (crashed: SimulatedDisk) => void,
): number {
  const product = (counts: readonly number[]) =>
    counts.reduce((all, count) => all * count, 1);
  const all = Math.max(
    product(countsOf(disk, Infinity)),
    product(countsOf(disk, 0)),
  );
  const crashes = all <= crashesMax
    ? everyCrash(disk)
    : someCrashes(disk, random, crashesMax);
  let count = 0;
  for (const crashed of crashes) {
    check(crashed);
    count++;
  }
  return count;
}

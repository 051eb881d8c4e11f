/**
 * Delta debugging: the few units of a failing round that still show the
 * difference when replayed from an empty keyspace.
 *
 * @module
 */

import type { Unit } from "./commands.ts";
import {
  type Difference,
  type RoundOptions,
  runRound,
  type ServerPorts,
} from "./round.ts";

/** The shortest sequence found, and the difference as it shows there. */
export interface Minimised {
  /** What is left. */
  readonly units: readonly Unit[];
  /** The difference these units show. */
  readonly difference: Difference;
}

// Replies that no longer come take a time-out each: do not wait long for them.
const REPLAY_TIMEOUT_MS = 3000;

function wordsOf(unit: Unit): string[] {
  return [...unit.commands, ...(unit.afterPause ?? [])]
    .flatMap(({ args }) => args);
}

// Units that share no word with the last one can seldom matter: a first guess
// that saves most replays.
function relatedUnits(units: readonly Unit[]): Unit[] {
  const last = units.at(-1);
  if (last === undefined) return [];
  const words = new Set(
    wordsOf(last).slice(1).filter((word) => word.length > 1),
  );
  return units.filter((unit, index) =>
    index === units.length - 1 ||
    wordsOf(unit).some((word) =>
      words.has(word) || /^(select|swapdb|config|hello|reset|flush)/i.test(word)
    )
  );
}

/** Replays until no unit can be dropped, or `replaysMax` are used up. */
export async function minimise(
  ports: ServerPorts,
  units: readonly Unit[],
  difference: Difference,
  options: RoundOptions,
  replaysMax = 400,
): Promise<Minimised> {
  const replay = { ...options, timeoutMs: REPLAY_TIMEOUT_MS };
  let best: Minimised = {
    units: units.slice(0, difference.unitIndex + 1),
    difference,
  };
  let replays = 0;
  const maybeShrinkTo = async (candidate: readonly Unit[]) => {
    if (candidate.length === 0 || replays++ >= replaysMax) return false;
    const found = (await runRound(ports, candidate, replay)).difference;
    if (found?.signature !== difference.signature) return false;
    best = {
      units: candidate.slice(0, found.unitIndex + 1),
      difference: found,
    };
    return true;
  };
  await maybeShrinkTo(relatedUnits(best.units));
  let size = Math.ceil(best.units.length / 2);
  while (replays < replaysMax) {
    let at = 0;
    while (at < best.units.length) {
      const { units: current } = best;
      const without = [...current.slice(0, at), ...current.slice(at + size)];
      if (!(await maybeShrinkTo(without))) at += size;
    }
    if (size === 1) break;
    size = Math.ceil(size / 2);
  }
  return best;
}

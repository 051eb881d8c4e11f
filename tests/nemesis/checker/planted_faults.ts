/**
 * What the tests of the checkers share: settings of histories, and how often a fault in them is
 * found.
 *
 * @module
 */

import { Random } from "../../differential/random.ts";
import { printedSeed } from "../../unit/seed.ts";
import type { AtomicSettings } from "../histories/atomic_clients.ts";
import type { Operation, Outcome } from "../histories/history.ts";
import type { Verdict } from "./verdict.ts";

const ROUNDS = 60;

/** A few clients, some of whom see no end of what they ask for. */
export const SETTINGS: AtomicSettings = {
  clients: 4,
  operations: 50,
  unknown: 0.03,
  failed: 0.05,
};

/** One operation, where a test writes a history down. */
export function outcomeOf<Action, Result>(
  begin: number,
  end: number,
  action: Action,
  outcome: Outcome,
  result?: Result,
): Operation<Action, Result> {
  return {
    client: 1,
    action,
    begin,
    end,
    outcome,
    result,
    beginMs: begin,
    endMs: end,
    note: "",
  };
}

/** The share of random histories in which `check` finds a violation. */
export function shareFound(check: (random: Random) => Verdict): number {
  const seed = printedSeed();
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (check(new Random(seed, round)).violations.length > 0) found++;
  }
  console.log(`found in ${found} of ${ROUNDS}`);
  return found / ROUNDS;
}

/**
 * A campaign's figures and violations as text.
 *
 * @module
 */

import type { CampaignFigures } from "./campaign.ts";
import { describeOperation } from "./histories/history.ts";
import type { FoundViolation } from "./workloads/ledger.ts";

/** Operations of a violation that are shown: the last ones. */
const SHOWN_MAX = 60;

/** A violation with the slice of the history that shows it. */
export function describeViolation(violation: FoundViolation): string {
  const { where, rule, detail, operations } = violation;
  const left = operations.length - SHOWN_MAX;
  return [
    `VIOLATION (${where}): ${rule}: ${detail}`,
    ...(left > 0 ? [`  … ${left} operations before`] : []),
    ...operations.slice(-SHOWN_MAX).map((one) => `  ${describeOperation(one)}`),
  ].join("\n");
}

/** The figures, a line a workload. */
export function describeFigures(figures: CampaignFigures): string {
  const { ledger, faults, output, rounds, recoveryMsMax } = figures;
  const { elections, snapshotsReceived, snapshotsTaken } = output;
  const lines = [...ledger.figures].map(([name, one]) => {
    const { ok, failed, unknown } = one.operations;
    return `${name.padEnd(9)} ok ${ok}, failed ${failed}, ` +
      `unknown ${unknown}; checked ${one.checked}, ` +
      `undecided ${one.undecided}, read again ${one.revisited}`;
  });
  const made = [...faults].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, count]) => `${name} ${count}`).join(", ");
  const why = ledger.reasons.map(([code, count]) => `${code} ${count}`);
  return [
    ...lines,
    `without an answer: ${why.length === 0 ? "none" : why.join(", ")}`,
    `faults in ${rounds} rounds: ${made === "" ? "none" : made}`,
    `elections ${elections}, snapshots taken ${snapshotsTaken}, ` +
    `sent ${snapshotsReceived}`,
    `longest time until a write succeeded again: ${
      Math.round(recoveryMsMax)
    } ms`,
    `violations: ${ledger.violationCount}`,
  ].join("\n");
}

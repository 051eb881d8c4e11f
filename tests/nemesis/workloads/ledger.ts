/**
 * What a run has done and found.
 *
 * @module
 */

import type { Verdict, Violation } from "../checker/verdict.ts";
import type { Outcome } from "../histories/history.ts";

/** Figures of one workload. */
export interface WorkloadFigures {
  /** Operations by how they ended. */
  readonly operations: Record<Outcome, number>;
  /** Objects whose histories were checked, and for which the check gave up. */
  checked: number;
  undecided: number;
  /** Objects that were looked at again at the end. */
  revisited: number;
}

/** A violation, and where it was found. */
export interface FoundViolation extends Violation {
  readonly where: string;
}

/** Violations kept; a run ends soon after the first. */
const VIOLATIONS_MAX = 20;

/** See the module. */
export class Ledger {
  readonly #figures = new Map<string, WorkloadFigures>();
  readonly #violations: FoundViolation[] = [];
  readonly #reasons = new Map<string, number>();
  #violationCount = 0;

  /** Figures of each workload by name. */
  get figures(): ReadonlyMap<string, WorkloadFigures> {
    return this.#figures;
  }

  /** The first violations. */
  get violations(): readonly FoundViolation[] {
    return this.#violations;
  }

  /** All violations. */
  get violationCount(): number {
    return this.#violationCount;
  }

  /** Figures of `workload`, which others add to. */
  of(workload: string): WorkloadFigures {
    const known = this.#figures.get(workload);
    if (known !== undefined) return known;
    const figures: WorkloadFigures = {
      operations: { ok: 0, failed: 0, unknown: 0 },
      checked: 0,
      undecided: 0,
      revisited: 0,
    };
    this.#figures.set(workload, figures);
    return figures;
  }

  /** Why requests were not answered, and how often; most frequent first. */
  get reasons(): readonly (readonly [string, number])[] {
    return [...this.#reasons].sort(([, a], [, b]) => b - a);
  }

  /** A request was not answered for `reason`: an error, or what befell its connection. */
  explain(reason: string): void {
    const code = /^[A-Z]+(?= )/.exec(reason)?.[0] ??
      /^[^:]*/.exec(reason)![0];
    this.#reasons.set(code, (this.#reasons.get(code) ?? 0) + 1);
  }

  /** A checker has spoken of an object of `workload`. */
  judge(workload: string, verdict: Verdict): void {
    const figures = this.of(workload);
    figures.checked++;
    figures.undecided += verdict.undecided;
    for (const violation of verdict.violations) {
      this.accuse(workload, violation);
    }
  }

  /** Something is wrong. */
  accuse(where: string, violation: Violation): void {
    this.#violationCount++;
    if (this.#violations.length >= VIOLATIONS_MAX) return;
    this.#violations.push({ ...violation, where });
  }
}

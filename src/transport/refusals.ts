/**
 * Connections refused: counted all, logged as many as a person can read.
 *
 * @module
 */

import type { PeerError, PeerProblem } from "../base/mod.ts";
import { REFUSAL_LOG_MS } from "../config/mod.ts";
import type { TransportParts } from "./parts.ts";

/** See the module. */
export class Refusals {
  readonly #parts: TransportParts;
  /** When each problem was logged last, and how many were not since. */
  readonly #logged = new Map<PeerProblem, { ms: number; untold: number }>();

  /** Counts and logs to `parts`. */
  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  /** Notes that a connection from `remote`, maybe of `node`, was refused or ended. */
  note(remote: string, node: number | undefined, error: PeerError): void {
    const { counts, clock, log } = this.#parts;
    const { problem, message } = error;
    counts.refused.set(problem, (counts.refused.get(problem) ?? 0) + 1);
    const nowMs = clock.monotonicMs();
    const last = this.#logged.get(problem);
    if (last !== undefined && nowMs - last.ms < REFUSAL_LOG_MS) {
      last.untold++;
      return;
    }
    this.#logged.set(problem, { ms: nowMs, untold: 0 });
    const who = node === undefined ? remote : `${remote}, node ${node}`;
    const untold = last?.untold ? ` (and ${last.untold} more like it)` : "";
    log("warning", `Refused a peer (${problem}), ${who}: ${message}${untold}`);
  }
}

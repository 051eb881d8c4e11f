/**
 * Group commit: when the writes that have gathered become one entry of the log.
 *
 * An entry costs the same whether it holds one write or a hundred: a wake-up of
 * the raft Worker, a write and, with the policy `always`, a sync. Clients that
 * wait for replies come back as soon as they have them. So where entries are
 * dear, the next one waits until as many clients have written as the log has
 * just answered: they share its sync, as in a convoy that leaves when it is
 * complete. Whoever stays away is waited for once: the wait ends by a timer,
 * and each miss in a row doubles the number of entries that wait for nobody.
 *
 * @module
 */

import { AWAITED_BYTES_MAX, ENTRIES_HURRIED_MAX } from "../config/mod.ts";

/** What becomes of the writes that have gathered. */
export type SealDecision =
  /** They are an entry now. */
  | "seal"
  /** They gather on; a commit looks at them again. */
  | "gather"
  /** They wait for more clients; nothing else may look at them again. */
  | "wait";

/** Bounds of {@linkcode GroupCommit}. */
export interface GroupCommitOptions {
  /** Sealed batches that may wait for the log. */
  readonly batchesInFlightMax: number;
  /** A batch of so many bytes is worth an entry while another one is in flight. */
  readonly earlySealBytes: number;
  /** Whether an entry is dear: it waits for the clients that were answered last. */
  readonly waitsForClients: boolean;
}

/** Decides for one engine. */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  /** Clients whose writes are sealed and not committed. */
  #clientsInFlight = 0;
  /** Clients that the next entry waits for. */
  #clientsExpected = 0;
  /** Entries that wait for nobody, still to come. */
  #hurried = 0;
  /** The same after the last miss. */
  #penalty = 0;
  #hasWaited = false;

  /** Nothing is in flight. */
  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /**
   * What to do with the writes of `clients`, of `bytes` together, while `inFlight`
   * batches wait for the log.
   */
  decide(clients: number, bytes: number, inFlight: number): SealDecision {
    const { batchesInFlightMax, earlySealBytes, waitsForClients } =
      this.#options;
    if (clients === 0 || inFlight >= batchesInFlightMax) return "gather";
    if (!waitsForClients) return "seal";
    if (inFlight > 0) return bytes >= earlySealBytes ? "seal" : "gather";
    if (clients >= this.#clientsExpected) return "seal";
    this.#hasWaited = true;
    return "wait";
  }

  /** A batch of `clients`, of `bytes` together, was sealed. */
  sealed(clients: number, bytes: number): void {
    // What takes longer to arrive than a sync takes is not waited for.
    if (bytes < clients * AWAITED_BYTES_MAX) this.#clientsInFlight += clients;
    if (this.#hasWaited) this.#penalty >>= 1;
    this.#hasWaited = false;
  }

  /** The wait is over, though clients are missing: what has gathered is to be sealed. */
  timedOut(): void {
    this.#hasWaited = false;
    this.#penalty = Math.min(
      Math.max(1, this.#penalty * 2),
      ENTRIES_HURRIED_MAX,
    );
    this.#hurried = this.#penalty;
    this.#clientsExpected = 0;
  }

  /**
   * The log has answered; `inFlight` batches still wait for it and `clients` have
   * written meanwhile.
   */
  committed(clients: number, inFlight: number): void {
    this.#clientsExpected = this.#hurried > 0
      ? 0
      : this.#clientsInFlight + clients;
    if (this.#hurried > 0) this.#hurried--;
    if (inFlight === 0) this.#clientsInFlight = 0;
  }
}

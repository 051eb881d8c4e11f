/**
 * Gathered writes on their way to the log: sealed into entries, proposed in order.
 *
 * @module
 */

import type { After, Clock, Random } from "../base/mod.ts";
import { CLIENTS_WAIT_MS } from "../config/mod.ts";
import type { Core } from "../core/mod.ts";
import { GroupCommit, type GroupCommitOptions } from "./group_commit.ts";
import type { Meter } from "./meter.ts";
import type { LogPort } from "./ports.ts";
import type { ReadSource } from "./read_gate.ts";
import { ReadTime } from "./read_time.ts";

/** Bounds of a {@linkcode Proposer}. */
export interface ProposerOptions {
  /** When gathered writes are sealed. */
  readonly groupCommit: GroupCommitOptions;
  /** Due keys removed by one entry of client writes. */
  readonly expiriesPerEntry: number;
  /** The timer. */
  readonly after: After;
  /** Where reads ask whether they may see the state; undefined for a node alone. */
  readonly reads?: ReadSource | undefined;
}

/** Proposes what one core gathers. */
export class Proposer {
  /** Whether entries remove due keys as well. */
  isExpiring = true;
  /** Whether data stays as it is but for the writes of clients. */
  isStill = false;
  /** Whether this node proposes nothing by itself: it does not lead. */
  isStopped = false;
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: LogPort;
  readonly #meter: Meter;
  readonly #options: ProposerOptions;
  readonly #groupCommit: GroupCommit;
  readonly #readTime: ReadTime;
  readonly #onSealed: () => void;
  #nextId = 1;
  /** Highest proposal committed or abandoned; those above it are in flight. */
  #endedId = 0;
  /** A sealed entry that the log had no room for; good until it is taken. */
  #refusedEntry: Uint8Array | undefined;
  #isScheduled = false;
  /** The proposal for which the timer was started, while it runs. */
  #waitedFor: number | undefined;
  /** Times of the entries in flight, oldest first. */
  #inFlightMs: number[] = [];
  /** No later entry is older. */
  #lastEntryMs = 0;

  /** Proposes to `log`; calls `onSealed` when a new batch gathers. */
  constructor(
    core: Core,
    clock: Clock,
    random: Random,
    log: LogPort,
    meter: Meter,
    options: ProposerOptions,
    onSealed: () => void,
  ) {
    this.#core = core;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#meter = meter;
    this.#options = options;
    this.#groupCommit = new GroupCommit(options.groupCommit);
    this.#readTime = new ReadTime(core, this, options);
    this.#onSealed = onSealed;
  }

  /** Batches sealed and neither committed nor abandoned. */
  get inFlight(): number {
    return this.#nextId - 1 - this.#endedId;
  }

  /** Whether nothing waits for the log. */
  get isQuiet(): boolean {
    return this.inFlight === 0 && this.#core.gathered() === 0 &&
      this.#core.waits.gathered() === 0;
  }

  /**
   * A client's writes were added. A large batch is sealed before its turn ends: the
   * log works on it while the other clients are served.
   */
  gathered(): void {
    const { earlySealBytes } = this.#options.groupCommit;
    if (this.#core.gatheredBytes() >= earlySealBytes) this.maybeSeal();
    else this.schedule();
  }

  /** Looks at the gathered writes when all ready sockets of this turn have been served. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.maybeSeal();
    });
  }

  /** Seals what has gathered, if it is time. */
  maybeSeal(): void {
    if (this.#refusedEntry !== undefined) return;
    // Waits that end are for clients as well.
    const clients = this.#core.gathered() + this.#core.waits.gathered();
    const bytes = this.#core.gatheredBytes();
    const decision = this.#isHurried
      ? "seal"
      : this.#groupCommit.decide(clients, bytes, this.inFlight);
    if (decision === "wait") this.#waitForClients();
    if (decision !== "seal") return;
    this.#groupCommit.sealed(clients, bytes);
    const expires = this.isExpiring && !this.isStill;
    this.#seal(expires ? this.#options.expiriesPerEntry : 0);
    this.#onSealed();
  }

  /** Whether writes wait for what the gathering batch evicts, and the log takes it. */
  get #isHurried(): boolean {
    return this.#core.isGatheredUrgent() &&
      this.inFlight < this.#options.groupCommit.batchesInFlightMax;
  }

  /** Evicts keys when data is above its limit and no client's write asks for room. */
  relieve(): void {
    if (this.isStill || this.isStopped) return;
    if (this.#core.relieve(this.#clock.wallMs())) this.maybeSeal();
  }

  /** Ends the wait after one to two intervals: a timer for each batch would cost more. */
  #waitForClients(): void {
    if (this.#waitedFor !== undefined) return;
    this.#waitedFor = this.#nextId;
    this.#options.after(CLIENTS_WAIT_MS, () => {
      if (this.#waitedFor === this.#nextId) this.#groupCommit.timedOut();
      this.#waitedFor = undefined;
      this.maybeSeal();
    });
  }

  #seal(expireBudget: number): void {
    const nowMs = this.#advance(this.#clock.wallMs());
    this.#inFlightMs.push(nowMs);
    const clients = this.#core.gathered();
    const random = this.#random.u32();
    const entry = this.#core.sealBatch(nowMs, random, expireBudget);
    this.#meter.entryClients.add(clients);
    this.#meter.entryBytes.add(entry.length);
    const id = this.#nextId++;
    if (!this.#log.propose(id, entry)) this.#refusedEntry = entry;
  }

  /** The time as of which requests read that are served at wall time `nowMs`. */
  readMs(nowMs: number): number {
    return this.#readTime.at(nowMs);
  }

  /** A time at `nowMs` or before: no entry that is applied later is older. */
  oldestMs(nowMs: number): number {
    return this.#inFlightMs[0] ?? this.#advance(nowMs);
  }

  #advance(nowMs: number): number {
    this.#lastEntryMs = Math.max(nowMs, this.#lastEntryMs);
    return this.#lastEntryMs;
  }

  /** Proposes the removal of at most `expiriesMax` due keys when no client's write carries it. */
  expire(expiriesMax: number): void {
    if (!this.isExpiring || this.isStill || this.isStopped) return;
    if (!this.isQuiet) return;
    if (this.#core.nextDueMs() > this.#clock.wallMs()) return;
    this.#seal(expiriesMax);
  }

  /** The log has room again. */
  onLogRoom(): void {
    const entry = this.#refusedEntry;
    if (entry === undefined) return;
    if (!this.#log.propose(this.#nextId - 1, entry)) return;
    this.#refusedEntry = undefined;
    this.maybeSeal();
  }

  /** The proposals up to `id`, which were in flight, are committed or abandoned. */
  ended(id: number): void {
    this.#inFlightMs.splice(0, id - this.#endedId);
    this.#endedId = id;
    this.#groupCommit.committed(this.#core.gathered(), this.inFlight);
  }

  /** Highest proposal committed or abandoned. */
  get endedId(): number {
    return this.#endedId;
  }

  /** Highest proposal so far. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  /** Entries up to one of time `entryMs` came by other ways; later ones are no earlier. */
  follow(entryMs: number): void {
    this.#lastEntryMs = entryMs;
  }
}

/**
 * Reads of a member of a group: served only where they see all that was written before
 * they were asked for.
 *
 * ```text
 *   under a lease ─────────────────────────────────► served
 *   else: held ─► READ_INDEX ─► READ_AT index ─► applied up to it ─► served
 *                     ▲              │
 *                     └── READ_REFUSED, or more bytes came
 * ```
 *
 * All reads that are held when the log is asked share its answer (thesis, section 6.4).
 * The lease is looked at once for each chunk of requests: a read that was there when it
 * held may see the state then, or any later one.
 *
 * @module
 */

import type { Clock } from "../base/mod.ts";
import { READ_WAIT_MS_MAX } from "../config/mod.ts";
import type { CoreControls } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { Standing } from "./standing.ts";

/** Where a gate asks. */
export interface ReadSource {
  /** Whether reads of a state with the log up to `appliedIndex` are linearizable now. */
  permits(appliedIndex: number): boolean;
  /** Asks for an index by READ_INDEX `id`; false when there is no room now. */
  ask(id: number): boolean;
}

/** What a gate works on. */
export interface ReadGateParts {
  /** Tells the core whether to stop before reads. */
  readonly controls: Pick<CoreControls, "setReadsWait">;
  /** Refuses reads of which nobody says what they may see. */
  readonly standing: Pick<Standing, "asCutOff">;
  /** Measures waits. */
  readonly clock: Clock;
  /** Index of the last entry applied. */
  readonly appliedIndex: () => number;
  /** Serves a client that was held. */
  readonly release: (client: Client) => void;
}

/** How reads were let through. */
export interface ReadCounts {
  /** Chunks of requests that began under a lease. */
  hits: number;
  /** Clients whose reads were held. */
  misses: number;
  /** Times that the log was asked. */
  rounds: number;
  /** Clients whose reads were refused after the longest wait. */
  refusals: number;
}

/** Clients that share an answer of the log. */
interface Round {
  readonly id: number;
  readonly clients: Set<Client>;
  /** What they may see; undefined before the answer. */
  index: number | undefined;
}

/** The gate of one engine. */
export class ReadGate {
  /** All so far. */
  readonly counts: ReadCounts = { hits: 0, misses: 0, rounds: 0, refusals: 0 };
  readonly #source: ReadSource;
  readonly #parts: ReadGateParts;
  /** When each held client came to wait, in that order. Monotonic milliseconds. */
  readonly #sinceMs = new Map<Client, number>();
  /** Clients that no round has yet. */
  readonly #unasked = new Set<Client>();
  /** Oldest first. */
  #rounds: Round[] = [];
  #lastId = 0;
  #isOpen = true;
  /** Whether those are served who may see the state. */
  #isPassing = false;
  #isScheduled = false;

  /** Asks `source`. */
  constructor(source: ReadSource, parts: ReadGateParts) {
    this.#source = source;
    this.#parts = parts;
  }

  /** A chunk of requests is about to be served. */
  look(): void {
    if (this.#isPassing) return;
    const isOpen = this.#source.permits(this.#parts.appliedIndex());
    if (isOpen) this.counts.hits++;
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#parts.controls.setReadsWait(!isOpen);
  }

  /** Holds a client before whose read the core has stopped. */
  hold(client: Client): void {
    client.state = "held";
    this.counts.misses++;
    this.#sinceMs.set(client, this.#parts.clock.monotonicMs());
    this.#wait(client);
  }

  /** A held client has sent more, which may be younger than its round. */
  received(client: Client): void {
    if (!this.#sinceMs.has(client) || this.#unasked.has(client)) return;
    for (const { clients } of this.#rounds) clients.delete(client);
    this.#wait(client);
  }

  /** A client is gone. */
  leave(client: Client): void {
    if (!this.#sinceMs.delete(client)) return;
    this.#unasked.delete(client);
    for (const { clients } of this.#rounds) clients.delete(client);
  }

  #wait(client: Client): void {
    this.#unasked.add(client);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // All ready sockets of this turn have been served by then.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.ask();
    });
  }

  /** Asks the log for those that wait, if it has room. */
  ask(): void {
    if (this.#unasked.size === 0) return;
    const id = this.#lastId + 1;
    if (!this.#source.ask(id)) return;
    this.#lastId = id;
    this.counts.rounds++;
    const clients = new Set(this.#unasked);
    this.#unasked.clear();
    this.#rounds.push({ id, clients, index: undefined });
  }

  /** Requests up to `id` may see the state that holds all entries up to `index`. */
  readAt(id: number, index: number): void {
    for (const round of this.#rounds) {
      if (round.id <= id) round.index ??= index;
    }
    this.applied();
  }

  /** Requests up to `id` get no answer: they are asked again with the next tick. */
  refused(id: number): void {
    this.#rounds = this.#rounds.filter((round) => {
      if (round.id > id || round.index !== undefined) return true;
      for (const client of round.clients) this.#unasked.add(client);
      return false;
    });
  }

  /** The state has moved on. */
  applied(): void {
    if (this.#rounds.length === 0 || this.#isPassing) return;
    const appliedIndex = this.#parts.appliedIndex();
    for (;;) {
      const round = this.#rounds[0];
      if (round?.index === undefined || round.index > appliedIndex) return;
      this.#rounds.shift();
      this.#pass(round.clients);
    }
  }

  /** Asks again where no answer came, and refuses those who have waited for the longest time. */
  tick(): void {
    if (this.#sinceMs.size === 0) return;
    const { clock, release, standing } = this.#parts;
    const sinceMs = clock.monotonicMs() - READ_WAIT_MS_MAX;
    const late: Client[] = [];
    for (const [client, startMs] of this.#sinceMs) {
      if (startMs > sinceMs) break;
      late.push(client);
    }
    for (const client of late) this.leave(client);
    this.counts.refusals += late.length;
    for (const client of late) standing.asCutOff(() => release(client));
    this.ask();
  }

  #pass(clients: Iterable<Client>): void {
    this.#isPassing = true;
    this.#parts.controls.setReadsWait(false);
    for (const client of clients) {
      this.#sinceMs.delete(client);
      this.#parts.release(client);
    }
    this.#parts.controls.setReadsWait(!this.#isOpen);
    this.#isPassing = false;
  }
}

/**
 * Requests of clients that wait at a node.
 *
 * @module
 */

import type { Entry } from "../../../src/raft/mod.ts";
import type { Answer, Command } from "./port.ts";

interface WaitingWrite {
  readonly ticket: number;
  readonly sequence: number;
  /** Where the entry was put, if it was put into this node's log. */
  readonly place?: { readonly index: number; readonly term: number };
}

/**
 * Writes that are proposed and not applied. One a client: with its next command, a client
 * has given the one before up.
 */
export class WaitingWrites {
  readonly #writes = new Map<number, WaitingWrite>();

  /** Waits for `command`, which was put at `place` or handed on. */
  add(ticket: number, command: Command, place?: WaitingWrite["place"]): void {
    const { client, sequence } = command;
    const write = place === undefined
      ? { ticket, sequence }
      : { ticket, sequence, place };
    this.#writes.set(client, write);
  }

  /** The answers that follow from `entry`, applied with the effect of `command`. */
  applied(entry: Entry, command: Command | undefined): Answer[] {
    const answers: Answer[] = [];
    const { index } = entry;
    for (const [client, { ticket, sequence, place }] of this.#writes) {
      const isDone = command?.client === client &&
        command.sequence === sequence;
      const isLost = place?.index === index && place.term !== entry.term;
      if (isDone) {
        answers.push({ ticket, state: "done", index, value: command.value });
      } else if (isLost) answers.push({ ticket, state: "failed" });
      if (isDone || isLost) this.#writes.delete(client);
    }
    return answers;
  }

  /** A snapshot has taken the place of entries up to `index`. */
  skippedTo(index: number): void {
    for (const [client, { place }] of this.#writes) {
      if (place !== undefined && place.index <= index) {
        this.#writes.delete(client);
      }
    }
  }
}

interface WaitingRead {
  readonly ticket: number;
  readonly key: number;
  ticks: number;
}

interface ConfirmedRead {
  readonly ticket: number;
  readonly key: number;
  readonly index: number;
}

/** Ticks after which the client of a read has given it up. */
const READ_TICKS_MAX = 60;

/** Reads that wait for an index, or for the state machine to get there. */
export class WaitingReads {
  readonly #waiting = new Map<number, WaitingRead>();
  #confirmed: ConfirmedRead[] = [];

  /** Waits for the index of `context`. */
  add(context: number, ticket: number, key: number): void {
    this.#waiting.set(context, { ticket, key, ticks: 0 });
  }

  /** The read of `context` may be answered at `index`. */
  confirm(context: number, index: number): void {
    const read = this.#waiting.get(context);
    if (read === undefined) return;
    this.#waiting.delete(context);
    this.#confirmed.push({ ticket: read.ticket, key: read.key, index });
  }

  /** A tick has passed: contexts to ask again for, each `retryTicks`. */
  tick(retryTicks: number): number[] {
    const again: number[] = [];
    for (const [context, read] of this.#waiting) {
      read.ticks++;
      if (read.ticks > READ_TICKS_MAX) this.#waiting.delete(context);
      else if (read.ticks % retryTicks === 0) again.push(context);
    }
    return again;
  }

  /** The reads that a state machine with all entries up to `applied` can answer. */
  take(applied: number): readonly ConfirmedRead[] {
    if (this.#confirmed.every(({ index }) => index > applied)) return [];
    const ready = this.#confirmed.filter(({ index }) => index <= applied);
    this.#confirmed = this.#confirmed.filter(({ index }) => index > applied);
    return ready;
  }
}

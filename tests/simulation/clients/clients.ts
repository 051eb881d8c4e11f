/**
 * Clients of a group: each asks for one thing at a time, and gives an answer up after a
 * while. Its write may then have happened, or may still happen.
 *
 * @module
 */

import type { GroupHistory } from "../checks/group_history.ts";
import { check } from "../checks/violation.ts";
import type { Chance } from "../kernel/chance.ts";
import type { Event, EventQueue } from "../kernel/events.ts";
import type { Answer, Command } from "../node/port.ts";
import type { ClientSettings } from "../world/settings.ts";
import { isLinearizable } from "./linearizability.ts";
import { KeyHistories } from "./key_histories.ts";

/** The nodes as clients see them. */
export interface Servers {
  /** A node to ask: the leader, as far as anybody knows, or any. */
  choose(isStray: boolean): number | undefined;
  /** Asks `node` to write. */
  write(node: number, ticket: number, command: Command, bytes: number): void;
  /** Asks `node` to read. */
  read(node: number, ticket: number, key: number): void;
}

interface Request {
  readonly client: number;
  readonly command: Command | undefined;
  /** Place in the histories. */
  readonly operation: number;
  /** Highest index that a request had been answered with when this one began. */
  readonly floor: number;
  /** When its client gives it up. */
  readonly timeout: Event;
}

/** See the module. */
export class Clients {
  readonly #events: EventQueue;
  readonly #chance: Chance;
  readonly #settings: ClientSettings;
  readonly #servers: Servers;
  readonly #history: GroupHistory;
  readonly #keys: KeyHistories;
  readonly #requests = new Map<number, Request>();
  readonly #sequences = new Map<number, number>();
  #tickets = 0;
  #values = 0;
  #floor = 0;
  #isStopped = false;
  /** Requests by how they ended. */
  readonly counts = { answered: 0, refused: 0, unanswered: 0 };

  /** Clients that have not begun. */
  constructor(
    events: EventQueue,
    chance: Chance,
    settings: ClientSettings,
    servers: Servers,
    history: GroupHistory,
  ) {
    this.#events = events;
    this.#chance = chance;
    this.#settings = settings;
    this.#servers = servers;
    this.#history = history;
    this.#keys = new KeyHistories(settings.keys);
  }

  /** Lets all clients begin. */
  start(): void {
    for (let client = 1; client <= this.#settings.clients; client++) {
      this.#think(client);
    }
  }

  /** No further requests. */
  stop(): void {
    this.#isStopped = true;
  }

  /** A node answers. */
  answer(answer: Answer): void {
    const request = this.#requests.get(answer.ticket);
    // The client has given it up.
    if (request === undefined) return;
    if (answer.state === "unknown") return this.#giveUp(answer.ticket);
    this.#requests.delete(answer.ticket);
    request.timeout.cancel();
    const isRefused = answer.state !== "done";
    if (isRefused) {
      this.counts.refused++;
      this.#keys.fail(request.operation);
    } else {
      this.counts.answered++;
      this.#check(request, answer.index);
      this.#floor = Math.max(this.#floor, answer.index);
      this.#keys.end(request.operation, answer.value);
      const { command } = request;
      if (command !== undefined) {
        this.#history.acknowledges(answer.index, command.value);
      }
    }
    const { refusedFactor } = this.#settings;
    this.#think(request.client, isRefused ? refusedFactor : 1);
  }

  /**
   * Searches an order for everything that was seen.
   *
   * @returns Registers for which the search was given up.
   */
  checkLinearizable(): number {
    let undecided = 0;
    for (const [key, operations] of this.#keys.all()) {
      const answer = isLinearizable(operations);
      if (answer === "unknown") undecided++;
      check(
        answer !== false,
        "linearizability",
        () => `register ${key}: ${JSON.stringify(operations)}`,
      );
    }
    return undecided;
  }

  /**
   * The log is the order: what begins after something was answered comes behind it.
   * Together with equal state at equal indexes, this says the same as the search.
   */
  #check({ command, floor }: Request, index: number): void {
    check(
      command === undefined ? index >= floor : index > floor,
      command === undefined ? "reads never go back" : "writes go forth",
      () => `an answer as of ${index} after one as of ${floor}`,
    );
  }

  /** Thinks `factor` times as long as usual. */
  #think(client: number, factor = 1): void {
    const ms = this.#chance.waiting(this.#settings.thinkMs * factor);
    this.#events.after(ms, () => this.#ask(client));
  }

  #ask(client: number): void {
    if (this.#isStopped) return;
    const { strayProbability, readProbability } = this.#settings;
    const isStray = this.#chance.happens(strayProbability);
    const isRead = this.#chance.happens(readProbability);
    const key = this.#keys.pick(this.#chance);
    const node = this.#servers.choose(isStray);
    if (node === undefined) return this.#think(client);
    const ticket = ++this.#tickets;
    const value = isRead ? 0 : ++this.#values;
    const operation = this.#keys.begin(key, isRead, value);
    const command = isRead ? undefined : this.#command(client, key, value);
    const floor = this.#floor;
    const timeout = this.#events.after(
      this.#settings.timeoutMs,
      () => this.#giveUp(ticket),
    );
    const request = { client, command, operation, floor, timeout };
    this.#requests.set(ticket, request);
    if (command === undefined) this.#servers.read(node, ticket, key);
    else {
      const { commandBytes } = this.#settings;
      this.#servers.write(node, ticket, command, commandBytes);
    }
  }

  #command(client: number, key: number, value: number): Command {
    const sequence = (this.#sequences.get(client) ?? 0) + 1;
    this.#sequences.set(client, sequence);
    return { client, sequence, key, value };
  }

  #giveUp(ticket: number): void {
    const request = this.#requests.get(ticket);
    if (request === undefined) return;
    this.#requests.delete(ticket);
    request.timeout.cancel();
    this.counts.unanswered++;
    this.#keys.giveUp(request.operation);
    this.#think(request.client);
  }
}

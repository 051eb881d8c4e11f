/**
 * A workload at work: clients use objects until these are full, an auditor closes and checks
 * them, and looks at all again at the end.
 *
 * @module
 */

import { Random } from "../../differential/random.ts";
import { sleep } from "../../servers/mod.ts";
import type { HistoryClock } from "../histories/history.ts";
import { Client } from "./client.ts";
import type { Ledger } from "./ledger.ts";
import type { Closing, Subject, Workload } from "./subject.ts";

/** What all workloads of a run share. */
export interface RunContext {
  /** Ports of the nodes for clients. */
  readonly ports: () => readonly number[];
  readonly seed: number;
  readonly clock: HistoryClock;
  readonly ledger: Ledger;
  /** Milliseconds a client waits between two operations, on average. */
  readonly thinkMs: number;
  /** The number of the first client of this workload. */
  readonly firstClient: number;
}

/** Objects that wait for the auditor; beyond them clients wait too. */
const RETIRED_MAX = 50;
const AUDIT_PAUSE_MS = 20;
/** Tries to get an answer at the end, when nothing is in the way. */
const LAST_TRIES_MAX = 2_000;

/** See the module. */
export class WorkloadRun {
  readonly #workload: Workload;
  readonly #context: RunContext;
  readonly #random: Random;
  readonly #live: Subject[] = [];
  readonly #retired: Subject[] = [];
  readonly #closings: Closing[] = [];
  readonly #auditor: Client;
  #number = 0;
  #isStopped = false;

  /** Begins nothing before {@linkcode run}. */
  constructor(workload: Workload, context: RunContext) {
    this.#workload = workload;
    this.#context = context;
    this.#random = new Random(context.seed, context.firstClient);
    this.#auditor = this.#client(workload.clients);
  }

  /** The next operation of each client is its last. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Works until it is stopped. */
  async run(): Promise<void> {
    const { clients, subjects } = this.#workload;
    for (let at = 0; at < subjects; at++) this.#live.push(this.#create());
    const working = Array.from({ length: clients }, (_, at) => this.#work(at));
    const auditing = this.#audit();
    await Promise.all(working);
    await auditing;
  }

  /**
   * Closes and checks all that is left and looks again at all that was closed. Nothing may be in
   * the way any more.
   */
  async finish(): Promise<void> {
    const { ledger } = this.#context;
    const { name } = this.#workload;
    this.#retired.push(...this.#live.splice(0));
    let tries = 0;
    while (this.#retired.length > 0 && tries < LAST_TRIES_MAX) {
      const isClosed = await this.#closeOne();
      if (!isClosed) tries++;
    }
    while (this.#closings.length > 0 && tries < LAST_TRIES_MAX) {
      const found = await this.#closings[0]!.revisit(this.#auditor);
      if (found === undefined) {
        tries++;
        continue;
      }
      this.#closings.shift();
      ledger.of(name).revisited++;
      for (const violation of found) ledger.accuse(name, violation);
    }
    this.#auditor.close();
    const left = this.#retired.length + this.#closings.length;
    if (left === 0) return;
    ledger.accuse(name, {
      rule: "the cluster answers when nothing is in the way",
      detail: `${left} objects could not be read in ${tries} tries`,
      operations: [],
    });
  }

  #client(at: number): Client {
    const { firstClient, ports, seed, ledger } = this.#context;
    const id = firstClient + at;
    const random = new Random(seed, 1_000 + id);
    const { name } = this.#workload;
    const figures = ledger.of(name);
    return new Client(id, ports, random, {
      ended: (answer) => {
        figures.operations[answer.outcome]++;
        if (answer.outcome !== "ok") ledger.explain(answer.reason);
      },
      strange: (request, error) =>
        ledger.accuse(name, {
          rule: "errors are those that are documented",
          detail: `client ${id}: ${request.join(" ")} -> ${error}`,
          operations: [],
        }),
    });
  }

  #create(): Subject {
    const { clock } = this.#context;
    const number = ++this.#number;
    const random = this.#random;
    return this.#workload.create({ number, clock, random });
  }

  async #work(at: number): Promise<void> {
    const client = this.#client(at);
    const pauseMsMax = this.#context.thinkMs * 2;
    while (!this.#isStopped) {
      await this.#pick().step(client);
      await client.stray();
      // Not even at no wait may clients keep others of this process from their turn.
      await sleep(this.#random.below(pauseMsMax + 1));
      while (this.#retired.length > RETIRED_MAX && !this.#isStopped) {
        await sleep(AUDIT_PAUSE_MS);
      }
    }
    client.close();
  }

  /** An object in use; a full one is replaced. */
  #pick(): Subject {
    const at = this.#random.below(this.#live.length);
    if (this.#live[at]!.recorder.isFull) {
      this.#retired.push(this.#live[at]!);
      this.#live[at] = this.#create();
    }
    return this.#live[at]!;
  }

  async #audit(): Promise<void> {
    while (!this.#isStopped) {
      await this.#closeOne();
      await sleep(AUDIT_PAUSE_MS);
    }
  }

  /** Tries to close the first object that nobody uses; whether that succeeded. */
  async #closeOne(): Promise<boolean> {
    const at = this.#retired.findIndex(({ recorder }) =>
      recorder.openCount === 0
    );
    if (at < 0) return false;
    const closing = await this.#retired[at]!.close(this.#auditor);
    if (closing === undefined) return false;
    this.#retired.splice(at, 1);
    this.#closings.push(closing);
    this.#context.ledger.judge(this.#workload.name, closing.verdict);
    return true;
  }
}

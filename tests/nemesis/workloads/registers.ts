/**
 * Registers and counters: one string each.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkCounter,
  checkRegister,
  type CounterAction,
  type RegisterAction,
  type RegisterResult,
} from "../checker/registers.ts";
import type { Answer } from "../histories/history.ts";
import type { Client } from "./client.ts";
import { mapAnswer, Recorder } from "./recorder.ts";
import {
  changedLater,
  type Closing,
  type Subject,
  type SubjectContext,
  type Workload,
} from "./subject.ts";

function valueOf(reply: RespValue): string | null {
  return reply.kind === "null" ? null : textOf(reply);
}

class Register implements Subject {
  readonly recorder: Recorder<RegisterAction, RegisterResult>;
  readonly #key: string;
  readonly #random: Random;

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#key = `register:${context.number}`;
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    const draw = this.#random.below(100);
    if (draw < 45) await this.#read(client);
    else if (draw < 75) await this.#write(client);
    else if (draw < 88) await this.#swap(client);
    else await this.#replace(client);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations, unseen } = this.recorder;
    const allowed = new Set<unknown>([
      last.result,
      ...unseen.map(({ action }) => "value" in action ? action.value : null),
    ]);
    const key = this.#key;
    return {
      verdict: checkRegister(operations),
      revisit: async (visitor) => {
        const found = mapAnswer(await visitor.ask("GET", key), valueOf);
        if (found.outcome !== "ok") return undefined;
        return allowed.has(found.result)
          ? []
          : [changedLater(key, found.result, [...allowed], unseen)];
      },
    };
  }

  #read(client: Client): Promise<Answer<RegisterResult>> {
    const request = ["GET", this.#key];
    return this.recorder.ask(client, { kind: "read" }, request, valueOf);
  }

  async #write(client: Client): Promise<void> {
    const value = this.recorder.nextValue();
    const request = ["SET", this.#key, value];
    const action = { kind: "write", value } as const;
    await this.recorder.ask(client, action, request, () => null);
  }

  async #swap(client: Client): Promise<void> {
    const value = this.recorder.nextValue();
    const request = ["SET", this.#key, value, "GET"];
    const action = { kind: "swap", value } as const;
    await this.recorder.ask(client, action, request, valueOf);
  }

  /** WATCH, a look, and a write that takes place only if nobody wrote since. */
  async #replace(client: Client): Promise<void> {
    const watched = await client.ask("WATCH", this.#key);
    const { connection } = client;
    if (watched.outcome !== "ok") return;
    const seen = await this.#read(client);
    if (seen.outcome !== "ok" || client.connection !== connection) return;
    const value = this.recorder.nextValue();
    const from = seen.result as string | null;
    await this.recorder.record(
      client,
      { kind: "replace", from, value },
      () => client.transact([["SET", this.#key, value]], connection),
      (reply) => itemsOf(reply).length > 0,
    );
  }
}

class Counter implements Subject {
  readonly recorder: Recorder<CounterAction, number>;
  readonly #key: string;
  readonly #random: Random;

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#key = `counter:${context.number}`;
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    if (this.#random.chance(0.3)) {
      await this.#read(client);
      return;
    }
    const by = this.#random.pick([1, 1, 1, 2, 3, 5, 8, -1]);
    const request = by === 1
      ? ["INCR", this.#key]
      : ["INCRBY", this.#key, `${by}`];
    await this.recorder.ask(client, { kind: "add", by }, request, countOf);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations } = this.recorder;
    const unseen = this.recorder.unseen.filter(({ action }) =>
      action.kind === "add"
    );
    // Each of them may still happen, or not.
    let sums = new Set([last.result]);
    for (const { action } of unseen) {
      const by = action.kind === "add" ? action.by : 0;
      sums = new Set([...sums, ...[...sums].map((sum) => sum + by)]);
    }
    const key = this.#key;
    return {
      verdict: checkCounter(operations),
      revisit: async (visitor) => {
        const found = mapAnswer(await visitor.ask("GET", key), countOf);
        if (found.outcome !== "ok") return undefined;
        return sums.has(found.result)
          ? []
          : [changedLater(key, found.result, [...sums], unseen)];
      },
    };
  }

  #read(client: Client): Promise<Answer<number>> {
    const request = ["GET", this.#key];
    return this.recorder.ask(client, { kind: "read" }, request, countOf);
  }
}

function countOf(reply: RespValue): number {
  return Number(valueOf(reply) ?? 0);
}

/** GET, SET, SET … GET, and WATCH with MULTI. */
export const REGISTERS: Workload = {
  name: "register",
  clients: 4,
  subjects: 5,
  create: (context) => new Register(context),
};

/** INCR, INCRBY and GET. */
export const COUNTERS: Workload = {
  name: "counter",
  clients: 3,
  subjects: 3,
  create: (context) => new Counter(context),
};

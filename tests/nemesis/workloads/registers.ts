/**
 * Registers and counters: one string each.
 *
 * @module
 */

import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkCounter,
  checkRegister,
  type CounterAction,
  type RegisterAction,
  type RegisterResult,
} from "../checker/registers.ts";
import type { Violation } from "../checker/verdict.ts";
import { type Answer, History, type Operation } from "../histories/history.ts";
import type { Client } from "./client.ts";
import {
  type Closing,
  OPERATIONS_MAX,
  type Subject,
  type SubjectContext,
  UNKNOWN_MAX,
  type Workload,
} from "./subject.ts";

/** `answer` with its reply turned into a result. */
export function mapAnswer<Result>(
  answer: Answer<RespValue>,
  turn: (reply: RespValue) => Result,
): Answer<Result> {
  if (answer.outcome !== "ok") return answer;
  return { outcome: "ok", result: turn(answer.result) };
}

function valueOf(reply: RespValue): string | null {
  return reply.kind === "null" ? null : textOf(reply);
}

/** Whether a history is long, or holds much of unknown fate. */
export function isFull(history: History<unknown, unknown>): boolean {
  return history.operations.length >= OPERATIONS_MAX ||
    history.unknownCount >= UNKNOWN_MAX;
}

/** A closed object that is not as it was left. */
export function changedLater(
  key: string,
  found: unknown,
  wanted: unknown,
  operations: readonly Operation<unknown, unknown>[] = [],
): Violation {
  return {
    rule: "what nobody writes stays as it is",
    detail: `${key} holds ${JSON.stringify(found)}, ` +
      `not ${JSON.stringify(wanted)}`,
    operations,
  };
}

class Register implements Subject {
  readonly #key: string;
  readonly #context: SubjectContext;
  readonly #history: History<RegisterAction, RegisterResult>;
  #written = 0;

  constructor(context: SubjectContext) {
    this.#key = `register:${context.number}`;
    this.#context = context;
    this.#history = new History(context.clock);
  }

  get isFull(): boolean {
    return isFull(this.#history);
  }

  get openCount(): number {
    return this.#history.openCount;
  }

  async step(client: Client): Promise<void> {
    const draw = this.#context.random.below(100);
    if (draw < 45) await this.#read(client);
    else if (draw < 75) await this.#write(client);
    else if (draw < 88) await this.#swap(client);
    else await this.#replace(client);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations } = this.#history;
    const unseen = operations.filter(({ outcome }) => outcome === "unknown");
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

  #next(): string {
    return `${this.#context.number}.${++this.#written}`;
  }

  #run(
    client: Client,
    action: RegisterAction,
    ask: () => Promise<Answer<RegisterResult>>,
  ): Promise<Answer<RegisterResult>> {
    return this.#history.run(client.id, action, ask, () => client.who);
  }

  #read(client: Client): Promise<Answer<RegisterResult>> {
    return this.#run(
      client,
      { kind: "read" },
      async () => mapAnswer(await client.ask("GET", this.#key), valueOf),
    );
  }

  async #write(client: Client): Promise<void> {
    const value = this.#next();
    await this.#run(
      client,
      { kind: "write", value },
      async () =>
        mapAnswer(await client.ask("SET", this.#key, value), () => null),
    );
  }

  async #swap(client: Client): Promise<void> {
    const value = this.#next();
    await this.#run(
      client,
      { kind: "swap", value },
      async () =>
        mapAnswer(await client.ask("SET", this.#key, value, "GET"), valueOf),
    );
  }

  /** WATCH, a look, and a write that takes place only if nobody wrote since. */
  async #replace(client: Client): Promise<void> {
    const watched = await client.ask("WATCH", this.#key);
    const { connection } = client;
    if (watched.outcome !== "ok") return;
    const seen = await this.#read(client);
    if (seen.outcome !== "ok" || client.connection !== connection) return;
    const value = this.#next();
    const from = seen.result as string | null;
    await this.#run(
      client,
      { kind: "replace", from, value },
      async () =>
        mapAnswer(
          await client.transact([["SET", this.#key, value]], connection),
          (reply) => itemsOf(reply).length > 0,
        ),
    );
  }
}

class Counter implements Subject {
  readonly #key: string;
  readonly #context: SubjectContext;
  readonly #history: History<CounterAction, number>;

  constructor(context: SubjectContext) {
    this.#key = `counter:${context.number}`;
    this.#context = context;
    this.#history = new History(context.clock);
  }

  get isFull(): boolean {
    return isFull(this.#history);
  }

  get openCount(): number {
    return this.#history.openCount;
  }

  async step(client: Client): Promise<void> {
    const { random } = this.#context;
    if (random.chance(0.3)) {
      await this.#read(client);
      return;
    }
    const by = random.pick([1, 1, 1, 2, 3, 5, 8, -1]);
    const request = by === 1
      ? ["INCR", this.#key]
      : ["INCRBY", this.#key, `${by}`];
    await this.#history.run(
      client.id,
      { kind: "add", by },
      async () =>
        mapAnswer(
          await client.ask(...request),
          (reply) => Number(textOf(reply)),
        ),
      () => client.who,
    );
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations } = this.#history;
    const unseen = operations.filter(({ action, outcome }) =>
      outcome === "unknown" && action.kind === "add"
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
    return this.#history.run(
      client.id,
      { kind: "read" },
      async () => mapAnswer(await client.ask("GET", this.#key), countOf),
      () => client.who,
    );
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

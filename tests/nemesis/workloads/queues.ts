/**
 * Queues: RPUSH, LPOP, and BLPOP, which waits.
 *
 * @module
 */

import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkQueue,
  type QueueAction,
  type QueueResult,
} from "../checker/queues.ts";
import { type Answer, History } from "../histories/history.ts";
import type { Client } from "./client.ts";
import { changedLater, isFull, mapAnswer } from "./registers.ts";
import type { Closing, Subject, SubjectContext, Workload } from "./subject.ts";

/** BLPOP waits so long, at most; shorter than a client waits for an answer. */
const WAIT_MS_MAX = 1_000;

class Queue implements Subject {
  readonly #key: string;
  readonly #context: SubjectContext;
  readonly #history: History<QueueAction, QueueResult>;
  #pushed = 0;

  constructor(context: SubjectContext) {
    this.#key = `queue:${context.number}`;
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
    if (random.chance(0.45)) await this.#push(client);
    else if (random.chance(0.2)) await this.#take(client);
    else await this.#wait(client);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#take(client);
    // Until it is empty.
    if (last.outcome !== "ok" || last.result !== null) return undefined;
    const { operations } = this.#history;
    const taken = new Set(operations.map(({ result }) => result));
    const mayCome = new Set<string>();
    for (const { action, outcome } of operations) {
      if (action.kind !== "push" || outcome !== "unknown") continue;
      if (!taken.has(action.item)) mayCome.add(action.item);
    }
    const key = this.#key;
    return {
      verdict: checkQueue(operations),
      revisit: async (visitor) => {
        const request = ["LRANGE", key, 0, -1];
        const answer = mapAnswer(
          await visitor.ask(...request),
          (reply) => itemsOf(reply).map(textOf),
        );
        if (answer.outcome !== "ok") return undefined;
        const items = answer.result;
        const isRight = new Set(items).size === items.length &&
          items.every((item) => mayCome.has(item));
        return isRight ? [] : [changedLater(key, items, [...mayCome])];
      },
    };
  }

  async #push(client: Client): Promise<void> {
    const item = `${this.#context.number}.${++this.#pushed}`;
    await this.#history.run(
      client.id,
      { kind: "push", item },
      async () =>
        mapAnswer(
          await client.ask("RPUSH", this.#key, item),
          (reply) => Number(textOf(reply)),
        ),
      () => client.who,
    );
  }

  #take(client: Client): Promise<Answer<QueueResult>> {
    return this.#pop(
      client,
      ["LPOP", this.#key],
      (reply) => reply.kind === "null" ? null : textOf(reply),
    );
  }

  async #wait(client: Client): Promise<void> {
    const seconds = this.#context.random.between(50, WAIT_MS_MAX) / 1_000;
    await this.#pop(client, ["BLPOP", this.#key, `${seconds}`], (reply) => {
      const [, item] = itemsOf(reply);
      return item === undefined ? null : textOf(item);
    });
  }

  #pop(
    client: Client,
    request: readonly string[],
    turn: (reply: RespValue) => QueueResult,
  ): Promise<Answer<QueueResult>> {
    return this.#history.run(
      client.id,
      { kind: "pop" },
      async () => mapAnswer(await client.ask(...request), turn),
      () => client.who,
    );
  }
}

/** See the module. */
export const QUEUES: Workload = {
  name: "queue",
  clients: 4,
  subjects: 2,
  create: (context) => new Queue(context),
};

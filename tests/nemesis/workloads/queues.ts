/**
 * Queues: RPUSH, LPOP, and BLPOP, which waits.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkQueue,
  type QueueAction,
  type QueueResult,
} from "../checker/queues.ts";
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

/** BLPOP waits so long, at most; shorter than a client waits for an answer. */
const WAIT_MS_MAX = 1_000;

class Queue implements Subject {
  readonly recorder: Recorder<QueueAction, QueueResult>;
  readonly #key: string;
  readonly #random: Random;

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#key = `queue:${context.number}`;
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    if (this.#random.chance(0.45)) await this.#push(client);
    else if (this.#random.chance(0.2)) await this.#take(client);
    else await this.#wait(client);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#take(client);
    // Until it is empty.
    if (last.outcome !== "ok" || last.result !== null) return undefined;
    const { operations, unseen } = this.recorder;
    const taken = new Set(operations.map(({ result }) => result));
    const mayCome = new Set<string>();
    for (const { action } of unseen) {
      if (action.kind !== "push" || taken.has(action.item)) continue;
      mayCome.add(action.item);
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
    const item = this.recorder.nextValue();
    await this.recorder.ask(
      client,
      { kind: "push", item },
      ["RPUSH", this.#key, item],
      (reply) => Number(textOf(reply)),
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
    const seconds = this.#random.between(50, WAIT_MS_MAX) / 1_000;
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
    return this.recorder.ask(client, { kind: "pop" }, request, turn);
  }
}

/** See the module. */
export const QUEUES: Workload = {
  name: "queue",
  clients: 4,
  subjects: 2,
  create: (context) => new Queue(context),
};

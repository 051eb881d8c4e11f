/**
 * Sets, and lists that transactions append to and read.
 *
 * @module
 */

import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkLists,
  type ListResult,
  type ListStep,
} from "../checker/lists.ts";
import { checkSet, type SetAction, type SetResult } from "../checker/sets.ts";
import type { Violation } from "../checker/verdict.ts";
import { type Answer, History } from "../histories/history.ts";
import type { Client, Request } from "./client.ts";
import { changedLater, isFull, mapAnswer } from "./registers.ts";
import type { Closing, Subject, SubjectContext, Workload } from "./subject.ts";

function textsOf(reply: RespValue): readonly string[] {
  return itemsOf(reply).map(textOf);
}

function numberOf(reply: RespValue): number {
  return Number(textOf(reply));
}

class ElementSet implements Subject {
  readonly #key: string;
  readonly #context: SubjectContext;
  readonly #history: History<SetAction, SetResult>;
  /** Elements whose addition was answered. */
  readonly #removable: string[] = [];
  #added = 0;

  constructor(context: SubjectContext) {
    this.#key = `set:${context.number}`;
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
    if (draw < 40) await this.#read(client);
    else if (draw < 55 && this.#removable.length > 0) {
      const at = this.#context.random.below(this.#removable.length);
      const [element] = this.#removable.splice(at, 1);
      await this.#change(client, { kind: "remove", element: element! });
    } else {
      const element = `${this.#context.number}.${++this.#added}`;
      const answer = await this.#change(client, { kind: "add", element });
      if (answer.outcome === "ok") this.#removable.push(element);
    }
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations } = this.#history;
    const open = operations.filter(({ outcome }) => outcome === "unknown");
    const mayCome = new Set<unknown>();
    const mayGo = new Set<unknown>();
    for (const { action } of open) {
      if (action.kind === "add") mayCome.add(action.element);
      if (action.kind === "remove") mayGo.add(action.element);
    }
    const wanted = new Set(last.result as readonly string[]);
    const key = this.#key;
    return {
      verdict: checkSet(operations),
      revisit: async (visitor) => {
        const answer = mapAnswer(await visitor.ask("SMEMBERS", key), textsOf);
        if (answer.outcome !== "ok") return undefined;
        const found = new Set(answer.result);
        const isSame =
          [...wanted].every((one) => found.has(one) || mayGo.has(one)) &&
          [...found].every((one) => wanted.has(one) || mayCome.has(one));
        return isSame ? [] : [changedLater(key, [...found], [...wanted], open)];
      },
    };
  }

  #read(client: Client): Promise<Answer<SetResult>> {
    return this.#history.run(
      client.id,
      { kind: "read" },
      async () => mapAnswer(await client.ask("SMEMBERS", this.#key), textsOf),
      () => client.who,
    );
  }

  #change(
    client: Client,
    action: Exclude<SetAction, { readonly kind: "read" }>,
  ): Promise<Answer<SetResult>> {
    const name = action.kind === "add" ? "SADD" : "SREM";
    return this.#history.run(
      client.id,
      action,
      async () =>
        mapAnswer(await client.ask(name, this.#key, action.element), numberOf),
      () => client.who,
    );
  }
}

/** Lists that one transaction may use together. */
const LISTS = 4;
const STEPS_MAX = 4;

class Lists implements Subject {
  readonly #keys: readonly string[];
  readonly #context: SubjectContext;
  readonly #history: History<readonly ListStep[], readonly ListResult[]>;
  #appended = 0;

  constructor(context: SubjectContext) {
    this.#keys = Array.from(
      { length: LISTS },
      (_, at) => `list:${context.number}:${at}`,
    );
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
    const { random, number } = this.#context;
    const count = random.between(1, STEPS_MAX);
    const steps = Array.from({ length: count }, (): ListStep => {
      const key = random.pick(this.#keys);
      return random.chance(0.5)
        ? { kind: "read", key }
        : { kind: "append", key, value: `${number}.${++this.#appended}` };
    });
    await this.#run(client, steps);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const steps = this.#keys.map((key): ListStep => ({ kind: "read", key }));
    const last = await this.#run(client, steps);
    if (last.outcome !== "ok") return undefined;
    const { operations } = this.#history;
    const mayCome = new Set(
      operations.filter(({ outcome }) => outcome === "unknown")
        .flatMap(({ action }) => action)
        .flatMap((step) => step.kind === "append" ? [step.value] : []),
    );
    const wanted = last.result as readonly (readonly string[])[];
    const keys = this.#keys;
    return {
      verdict: checkLists(operations),
      revisit: async (visitor) => {
        const found: Violation[] = [];
        for (const [at, key] of keys.entries()) {
          const request = ["LRANGE", key, 0, -1];
          const answer = mapAnswer(await visitor.ask(...request), textsOf);
          if (answer.outcome !== "ok") return undefined;
          const items = answer.result;
          const known = wanted[at]!;
          const isSame = known.every((value, place) =>
            items[place] === value
          ) && items.slice(known.length).every((value) => mayCome.has(value));
          if (!isSame) found.push(changedLater(key, items, known));
        }
        return found;
      },
    };
  }

  #run(
    client: Client,
    steps: readonly ListStep[],
  ): Promise<Answer<readonly ListResult[]>> {
    const requests = steps.map((step): Request =>
      step.kind === "read"
        ? ["LRANGE", step.key, 0, -1]
        : ["RPUSH", step.key, step.value]
    );
    const turn = (reply: RespValue) =>
      itemsOf(reply).map((item, at) =>
        steps[at]!.kind === "read" ? textsOf(item) : numberOf(item)
      );
    return this.#history.run(
      client.id,
      steps,
      async () => mapAnswer(await client.transact(requests), turn),
      () => client.who,
    );
  }
}

/** SADD, SREM and SMEMBERS. */
export const SETS: Workload = {
  name: "set",
  clients: 2,
  subjects: 2,
  create: (context) => new ElementSet(context),
};

/** RPUSH and LRANGE between MULTI and EXEC. */
export const LISTS_IN_MULTI: Workload = {
  name: "list",
  clients: 3,
  subjects: 1,
  create: (context) => new Lists(context),
};

/**
 * Sets, and lists that transactions append to and read.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import { itemsOf, type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkLists,
  type ListResult,
  type ListStep,
} from "../checker/lists.ts";
import { checkSet, type SetAction, type SetResult } from "../checker/sets.ts";
import type { Violation } from "../checker/verdict.ts";
import type { Answer } from "../histories/history.ts";
import type { Client, Request } from "./client.ts";
import { mapAnswer, Recorder } from "./recorder.ts";
import {
  changedLater,
  type Closing,
  type Subject,
  type SubjectContext,
  type Workload,
} from "./subject.ts";

function textsOf(reply: RespValue): readonly string[] {
  return itemsOf(reply).map(textOf);
}

function numberOf(reply: RespValue): number {
  return Number(textOf(reply));
}

class ElementSet implements Subject {
  readonly recorder: Recorder<SetAction, SetResult>;
  readonly #key: string;
  readonly #random: Random;
  /** Elements whose addition was answered. */
  readonly #removable: string[] = [];

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#key = `set:${context.number}`;
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    const draw = this.#random.below(100);
    if (draw < 40) await this.#read(client);
    else if (draw < 55 && this.#removable.length > 0) {
      const at = this.#random.below(this.#removable.length);
      const [element] = this.#removable.splice(at, 1);
      await this.#change(client, { kind: "remove", element: element! });
    } else {
      const element = this.recorder.nextValue();
      const answer = await this.#change(client, { kind: "add", element });
      if (answer.outcome === "ok") this.#removable.push(element);
    }
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#read(client);
    if (last.outcome !== "ok") return undefined;
    const { operations, unseen } = this.recorder;
    const mayCome = new Set<unknown>();
    const mayGo = new Set<unknown>();
    for (const { action } of unseen) {
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
        return isSame
          ? []
          : [changedLater(key, [...found], [...wanted], unseen)];
      },
    };
  }

  #read(client: Client): Promise<Answer<SetResult>> {
    const request = ["SMEMBERS", this.#key];
    return this.recorder.ask(client, { kind: "read" }, request, textsOf);
  }

  #change(
    client: Client,
    action: Exclude<SetAction, { readonly kind: "read" }>,
  ): Promise<Answer<SetResult>> {
    const name = action.kind === "add" ? "SADD" : "SREM";
    const request = [name, this.#key, action.element];
    return this.recorder.ask(client, action, request, numberOf);
  }
}

/** Lists that one transaction may use together. */
const LISTS = 4;
const STEPS_MAX = 4;

class Lists implements Subject {
  readonly recorder: Recorder<readonly ListStep[], readonly ListResult[]>;
  readonly #keys: readonly string[];
  readonly #random: Random;

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#keys = Array.from(
      { length: LISTS },
      (_, at) => `list:${context.number}:${at}`,
    );
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    const random = this.#random;
    const count = random.between(1, STEPS_MAX);
    const steps = Array.from({ length: count }, (): ListStep => {
      const key = random.pick(this.#keys);
      return random.chance(0.5)
        ? { kind: "read", key }
        : { kind: "append", key, value: this.recorder.nextValue() };
    });
    await this.#run(client, steps);
  }

  async close(client: Client): Promise<Closing | undefined> {
    const steps = this.#keys.map((key): ListStep => ({ kind: "read", key }));
    const last = await this.#run(client, steps);
    if (last.outcome !== "ok") return undefined;
    const { operations, unseen } = this.recorder;
    const mayCome = new Set(
      unseen.flatMap(({ action }) => action)
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
    const send = () => client.transact(requests);
    return this.recorder.record(client, steps, send, turn);
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

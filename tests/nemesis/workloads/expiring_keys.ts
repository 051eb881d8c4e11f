/**
 * Keys that expire: SET … PX, PEXPIRE, PERSIST, PTTL, GET, and GETEX, which goes through the log.
 *
 * @module
 */

import type { Random } from "../../differential/random.ts";
import { type RespValue, textOf } from "../../servers/mod.ts";
import {
  checkExpiry,
  type ExpiryAction,
  type ExpiryResult,
} from "../checker/expiry.ts";
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

const FOR_MS_MIN = 100;
const FOR_MS_MAX = 3_000;
const LOOKS = ["read", "read", "left", "claim", "claim"] as const;
/** Looks at a key that is gone, before it is full. */
const GONE_LOOKS_MAX = 4;

class ExpiringKey implements Subject {
  readonly recorder: Recorder<ExpiryAction, ExpiryResult>;
  readonly #key: string;
  readonly #value: string;
  readonly #random: Random;
  /** Changes come one after the other, and none after one of unknown fate. */
  #state: "new" | "changing" | "settled" | "over" = "new";
  #isKept = false;
  #goneLooks = 0;

  constructor(context: SubjectContext) {
    this.recorder = new Recorder(context);
    this.#key = `expiring:${context.number}`;
    this.#value = `v${context.number}`;
    this.#random = context.random;
  }

  async step(client: Client): Promise<void> {
    const random = this.#random;
    const mayChange = this.#state === "new" ||
      (this.#state === "settled" && random.chance(0.05));
    if (mayChange) {
      await this.#change(client);
      return;
    }
    const kind = random.pick(LOOKS);
    const answer = await this.#run(client, { kind });
    const isGone = answer.outcome === "ok" &&
      (answer.result === null || answer.result === -2);
    if (!isGone || this.#state === "changing") return;
    if (++this.#goneLooks === GONE_LOOKS_MAX) this.recorder.endEarly();
  }

  async close(client: Client): Promise<Closing | undefined> {
    const last = await this.#run(client, { kind: "read" });
    if (last.outcome !== "ok") return undefined;
    const { operations, unseen } = this.recorder;
    const key = this.#key;
    const isSettled = unseen.length === 0;
    const [isKept, value] = [this.#isKept, this.#value];
    const changes = operations.filter(({ action }) =>
      "forMs" in action || action.kind === "keep"
    );
    return {
      verdict: checkExpiry(operations),
      revisit: async (visitor) => {
        const found = mapAnswer(await visitor.ask("GET", key), valueOf);
        if (found.outcome !== "ok") return undefined;
        const { result } = found;
        const isRight = isSettled && isKept
          ? result === value
          : result === null || result === value;
        return isRight ? [] : [changedLater(key, result, value, changes)];
      },
    };
  }

  async #change(client: Client): Promise<void> {
    const random = this.#random;
    const isNew = this.#state === "new";
    const forMs = random.between(FOR_MS_MIN, FOR_MS_MAX);
    const action: ExpiryAction = isNew
      ? { kind: "write", value: this.#value, forMs }
      : random.chance(0.3)
      ? { kind: "keep" }
      : { kind: "prolong", forMs };
    this.#state = "changing";
    const { outcome } = await this.#run(client, action);
    const isOver = outcome === "unknown" || (isNew && outcome === "failed");
    this.#state = isOver ? "over" : "settled";
  }

  async #run(
    client: Client,
    action: ExpiryAction,
  ): Promise<Answer<ExpiryResult>> {
    const request = this.#request(action);
    const answer = await this.recorder.ask(client, action, request, valueOf);
    if (answer.outcome !== "ok" || answer.result !== 1) return answer;
    if (action.kind === "keep") this.#isKept = true;
    if (action.kind === "prolong") this.#isKept = false;
    return answer;
  }

  #request(action: ExpiryAction): Request {
    switch (action.kind) {
      case "write":
        return ["SET", this.#key, action.value, "PX", action.forMs];
      case "read":
        return ["GET", this.#key];
      case "claim":
        return ["GETEX", this.#key];
      case "left":
        return ["PTTL", this.#key];
      case "prolong":
        return ["PEXPIRE", this.#key, action.forMs];
      case "keep":
        return ["PERSIST", this.#key];
    }
  }
}

function valueOf(reply: RespValue): ExpiryResult {
  if (reply.kind === "null") return null;
  return reply.tag === ":" ? Number(textOf(reply)) : textOf(reply);
}

/** See the module. */
export const EXPIRING_KEYS: Workload = {
  name: "expiry",
  clients: 3,
  subjects: 4,
  create: (context) => new ExpiringKey(context),
};

/**
 * What clients do to an object, and what they are answered, as a history.
 *
 * @module
 */

import type { RespValue } from "../../servers/mod.ts";
import { type Answer, History, type Operation } from "../histories/history.ts";
import type { Client, Request } from "./client.ts";
import type { SubjectContext } from "./subject.ts";

/** Operations of an object, and those of unknown fate, after which it is full. */
const OPERATIONS_MAX = 100;
const UNKNOWN_MAX = 8;

/** See the module. */
export class Recorder<Action, Result> {
  readonly #history: History<Action, Result>;
  readonly #number: number;
  #values = 0;
  #isOver = false;

  /** Nothing has been done to the object of `context`. */
  constructor({ clock, number }: SubjectContext) {
    this.#history = new History(clock);
    this.#number = number;
  }

  /** All operations so far. */
  get operations(): readonly Operation<Action, Result>[] {
    return this.#history.operations;
  }

  /** Those of which nobody knows whether they have happened, or will. */
  get unseen(): readonly Operation<Action, Result>[] {
    return this.operations.filter(({ outcome }) => outcome === "unknown");
  }

  /** Operations that have not ended. */
  get openCount(): number {
    return this.#history.openCount;
  }

  /** Whether it is time for another object: searches take time that grows with a history. */
  get isFull(): boolean {
    return this.#isOver || this.operations.length >= OPERATIONS_MAX ||
      this.#history.unknownCount >= UNKNOWN_MAX;
  }

  /** There is no more to see of this object. */
  endEarly(): void {
    this.#isOver = true;
  }

  /** A value that no operation has had before, on any object of its kind. */
  nextValue(): string {
    return `${this.#number}.${++this.#values}`;
  }

  /** `client` sends `request`, which is `action`; the result is what `turn` makes of the reply. */
  ask(
    client: Client,
    action: Action,
    request: Request,
    turn: (reply: RespValue) => Result,
  ): Promise<Answer<Result>> {
    return this.record(client, action, () => client.ask(...request), turn);
  }

  /** The same of what `send` sends. */
  record(
    client: Client,
    action: Action,
    send: () => Promise<Answer<RespValue>>,
    turn: (reply: RespValue) => Result,
  ): Promise<Answer<Result>> {
    return this.#history.run(
      client.id,
      action,
      async () => mapAnswer(await send(), turn),
      () => client.who,
    );
  }
}

/** `answer` with its reply turned into a result. */
export function mapAnswer<Result>(
  answer: Answer<RespValue>,
  turn: (reply: RespValue) => Result,
): Answer<Result> {
  if (answer.outcome !== "ok") return answer;
  return { outcome: "ok", result: turn(answer.result) };
}

/**
 * What clients asked for, when, and how it ended: the input of the checkers.
 *
 * @module
 */

/**
 * How an operation ended: `ok` was answered, `failed` has certainly not happened and never
 * will, `unknown` may have happened, or may still happen.
 */
export type Outcome = "ok" | "failed" | "unknown";

/** How a server answered: see {@linkcode Outcome}. */
export type Answer<Result> =
  | { readonly outcome: "ok"; readonly result: Result }
  | { readonly outcome: "failed" | "unknown"; readonly reason: string };

/** One operation of one client. */
export interface Operation<Action, Result> {
  /** The client, which does one thing at a time. */
  readonly client: number;
  /** What it asked for. */
  readonly action: Action;
  /** When it began; all begins and ends are different numbers in order of time. */
  readonly begin: number;
  /** When it was answered; Infinity for what may happen at any time yet. */
  readonly end: number;
  /** How it ended; `unknown` while it runs. */
  readonly outcome: Outcome;
  /** The answer, only when `ok`. */
  readonly result: Result | undefined;
  /** Wall time of the begin, in milliseconds since 1970. */
  readonly beginMs: number;
  /** Wall time at which the client stopped to wait. */
  readonly endMs: number;
  /** Who answered, or why there is no answer. */
  readonly note: string;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** One number for each begin and end, in order of time. */
export class HistoryClock {
  #last = 0;

  /** The next number. */
  next(): number {
    return ++this.#last;
  }
}

/** The operations on one object, in the order in which they began. */
export class History<Action, Result> {
  readonly #clock: HistoryClock;
  readonly #operations: Writable<Operation<Action, Result>>[] = [];
  #openCount = 0;
  #unknownCount = 0;

  /** An empty history; all histories of a run share `clock`. */
  constructor(clock: HistoryClock) {
    this.#clock = clock;
  }

  /** All operations so far. */
  get operations(): readonly Operation<Action, Result>[] {
    return this.#operations;
  }

  /** Operations that have not ended yet. */
  get openCount(): number {
    return this.#openCount;
  }

  /** Operations that ended `unknown`. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  /** Runs one operation and keeps how it ended. `who` answers, for people to read. */
  async run(
    client: number,
    action: Action,
    ask: () => Promise<Answer<Result>>,
    who: () => string,
  ): Promise<Answer<Result>> {
    const beginMs = Date.now();
    const operation: Writable<Operation<Action, Result>> = {
      client,
      action,
      begin: this.#clock.next(),
      end: Infinity,
      outcome: "unknown",
      result: undefined,
      beginMs,
      endMs: beginMs,
      note: "",
    };
    this.#operations.push(operation);
    this.#openCount++;
    const answer = await ask();
    this.#openCount--;
    operation.endMs = Date.now();
    operation.outcome = answer.outcome;
    operation.note = who();
    if (answer.outcome === "unknown") this.#unknownCount++;
    else operation.end = this.#clock.next();
    if (answer.outcome === "ok") operation.result = answer.result;
    else operation.note += `: ${answer.reason}`;
    return answer;
  }
}

/** Those of `operations` that may have happened. */
export function possible<Action, Result>(
  operations: readonly Operation<Action, Result>[],
): Operation<Action, Result>[] {
  return operations.filter(({ outcome }) => outcome !== "failed");
}

/**
 * What was known of `operations` when the clock stood at `moment`: later ones have not
 * begun, and those that had no answer yet are `unknown`.
 */
export function asOf<Action, Result>(
  operations: readonly Operation<Action, Result>[],
  moment: number,
): Operation<Action, Result>[] {
  return operations.filter(({ begin }) => begin <= moment).map((operation) =>
    operation.end <= moment ? operation : {
      ...operation,
      end: Infinity,
      outcome: "unknown",
      result: undefined,
    }
  );
}

/** One operation on one line: time of day, client, what, how it ended. */
export function describeOperation(
  operation: Operation<unknown, unknown>,
): string {
  const { client, action, begin, end, outcome, result, note } = operation;
  const day = new Date(operation.beginMs).toISOString().slice(11, 23);
  const tookMs = operation.endMs - operation.beginMs;
  const span = `${begin}-${end === Infinity ? "…" : end}`;
  const answer = outcome === "ok" ? JSON.stringify(result) : outcome;
  return `${day} +${tookMs} ms [${span}] client ${client} ` +
    `${JSON.stringify(action)} -> ${answer} (${note})`;
}

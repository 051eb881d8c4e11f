/**
 * Whether what clients saw of an object can be explained by single steps in some order, each
 * between its begin and its end: the search of Wing and Gong with the memory of Lowe, as
 * Porcupine and Knossos do it, for any object whose steps a model describes.
 *
 * @module
 */

/** When an operation was asked for and answered. */
export interface Span {
  /** When it began. Begins and ends are all different, but for Infinity. */
  readonly begin: number;
  /** When it was answered; Infinity for one that may still happen, or never. */
  readonly end: number;
}

/** What the operations of an object do. */
export interface Model<State, Step> {
  /** How an object begins. */
  readonly initial: State;
  /** The state behind `step`, undefined if it cannot have been answered so in `state`. */
  after(state: State, step: Step): State | undefined;
  /** A text that equal states, and no others, have in common. */
  nameOf(state: State): string;
}

/** Pairs of done operations and state tried, beyond which the search says nothing. */
const PAIRS_MAX = 200_000;
const BITS = 16;

/** The operations that are done, as a set that can be a part of a key. */
class DoneSet {
  readonly #words: Uint16Array;

  constructor(count: number) {
    this.#words = new Uint16Array(Math.ceil(count / BITS));
  }

  toggle(at: number): void {
    const word = Math.floor(at / BITS);
    this.#words[word] = this.#words[word]! ^ (1 << (at % BITS));
  }

  toString(): string {
    return String.fromCharCode(...this.#words);
  }
}

/** The operations that are not done, in order of their begins. */
class OpenList {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #end: number;

  constructor(count: number) {
    this.#end = count;
    // The place behind the last one stands for both ends.
    this.#next = Int32Array.from({ length: count + 1 }, (_, at) => at + 1);
    this.#next[count] = 0;
    this.#previous = Int32Array.from({ length: count + 1 }, (_, at) => at - 1);
    this.#previous[0] = count;
  }

  /** The first one; `isEnd()` of it when there is none. */
  get first(): number {
    return this.#next[this.#end]!;
  }

  isEnd(at: number): boolean {
    return at === this.#end;
  }

  next(at: number): number {
    return this.#next[at]!;
  }

  remove(at: number): void {
    const [previous, next] = [this.#previous[at]!, this.#next[at]!];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  /** Takes in again what was removed; last removed, first taken in. */
  restore(at: number): void {
    this.#next[this.#previous[at]!] = at;
    this.#previous[this.#next[at]!] = at;
  }
}

/** Whether there is an order; "unknown" if the search is too long. */
export function isLinearizable<State, Step extends Span>(
  model: Model<State, Step>,
  operations: readonly Step[],
  pairsMax: number = PAIRS_MAX,
): boolean | "unknown" {
  const steps = [...operations].sort((a, b) => a.begin - b.begin);
  const open = new OpenList(steps.length);
  const done = new DoneSet(steps.length);
  const seen = new Set<string>();
  const taken: { readonly at: number; readonly before: State }[] = [];
  let answeredLeft = steps.filter(({ end }) => end !== Infinity).length;
  let state = model.initial;
  let at = open.first;
  let earliestEnd = Infinity;
  while (answeredLeft > 0) {
    // None that is open ended before the next step began.
    const isCandidate = !open.isEnd(at) && steps[at]!.begin < earliestEnd;
    if (!isCandidate) {
      const last = taken.pop();
      if (last === undefined) return false;
      open.restore(last.at);
      done.toggle(last.at);
      if (steps[last.at]!.end !== Infinity) answeredLeft++;
      state = last.before;
      earliestEnd = earliestEndUpTo(steps, open, last.at);
      at = open.next(last.at);
      continue;
    }
    const after = model.after(state, steps[at]!);
    if (after !== undefined) {
      done.toggle(at);
      const pair = `${done}${model.nameOf(after)}`;
      if (!seen.has(pair)) {
        if (seen.size >= pairsMax) return "unknown";
        seen.add(pair);
        taken.push({ at, before: state });
        open.remove(at);
        if (steps[at]!.end !== Infinity) answeredLeft--;
        state = after;
        at = open.first;
        earliestEnd = Infinity;
        continue;
      }
      done.toggle(at);
    }
    earliestEnd = Math.min(earliestEnd, steps[at]!.end);
    at = open.next(at);
  }
  return true;
}

/** The earliest end of those that are open and began no later than `last`. */
function earliestEndUpTo(
  steps: readonly Span[],
  open: OpenList,
  last: number,
): number {
  let earliest = Infinity;
  for (let at = open.first; at <= last && !open.isEnd(at); at = open.next(at)) {
    earliest = Math.min(earliest, steps[at]!.end);
  }
  return earliest;
}

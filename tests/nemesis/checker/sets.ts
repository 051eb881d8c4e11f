/**
 * The check of a set whose elements are added once each and removed at most once.
 *
 * @module
 */

import { type Operation, possible } from "../histories/history.ts";
import { broken, type Verdict, type Violation } from "./verdict.ts";

/** What is asked of a set. */
export type SetAction =
  | { readonly kind: "add"; readonly element: string }
  | { readonly kind: "remove"; readonly element: string }
  | { readonly kind: "read" };

/** How many elements were added or removed, or all elements. */
export type SetResult = number | readonly string[];

/** An operation on a set. */
export type SetOperation = Operation<SetAction, SetResult>;

interface Read {
  readonly operation: SetOperation;
  readonly elements: ReadonlySet<string>;
}

/** What is known of one element. */
interface Life {
  readonly element: string;
  readonly add: SetOperation | undefined;
  readonly remove: SetOperation | undefined;
}

function violation(
  rule: string,
  detail: string,
  operations: readonly (SetOperation | undefined)[],
): Violation {
  return {
    rule,
    detail,
    operations: operations.filter((one) => one !== undefined)
      .sort((a, b) => a.begin - b.begin),
  };
}

function livesOf(operations: readonly SetOperation[]): readonly Life[] {
  const lives = new Map<string, { -readonly [Key in keyof Life]: Life[Key] }>();
  const lifeOf = (element: string) => {
    const known = lives.get(element);
    if (known !== undefined) return known;
    const life = { element, add: undefined, remove: undefined };
    lives.set(element, life);
    return life;
  };
  for (const operation of possible(operations)) {
    const { action, result } = operation;
    if (action.kind === "add") lifeOf(action.element).add = operation;
    if (action.kind === "remove") lifeOf(action.element).remove = operation;
    if (Array.isArray(result)) result.forEach(lifeOf);
  }
  return [...lives.values()];
}

/** What reads show of one element, in order of their begins. */
function checkLife(
  { element, add, remove }: Life,
  reads: readonly Read[],
): Violation | undefined {
  const shown = JSON.stringify(element);
  const removedFrom = remove?.begin ?? Infinity;
  const having = reads.filter(({ elements }) => elements.has(element));
  const first = having[0]?.operation;
  if (
    first !== undefined && (add === undefined || add.begin > first.end)
  ) {
    const why = add === undefined ? "was never added" : "was added later";
    return violation("only what was added is there", `${shown} ${why}`, [
      add,
      first,
    ]);
  }
  // From then on it was there, until it was removed.
  const witness = [add, ...having.map(({ operation }) => operation)]
    .filter((one) => one !== undefined && one.end !== Infinity)
    .sort((a, b) => a!.end - b!.end)[0];
  const thereFrom = witness?.end ?? Infinity;
  let gone = remove?.outcome === "ok" ? remove : undefined;
  for (const { operation, elements } of reads) {
    if (elements.has(element)) continue;
    if (operation.begin > thereFrom && operation.end < removedFrom) {
      return violation(
        "no acknowledged element is lost",
        `${shown} was there and is missing`,
        [witness, operation],
      );
    }
    const isGone = operation.begin > thereFrom;
    if (isGone && operation.end < (gone?.end ?? Infinity)) gone = operation;
  }
  const goneFrom = gone?.end ?? Infinity;
  const back = having.find(({ operation }) => operation.begin > goneFrom);
  if (back === undefined) return undefined;
  return violation(
    "what was removed stays away",
    `${shown} was gone and is back`,
    [add, remove, gone === remove ? undefined : gone, back.operation],
  );
}

/** What single answers say: each addition and removal takes place once. */
function checkCounts(lives: readonly Life[]): Violation[] {
  return lives.flatMap(({ element, add, remove }) => {
    const found: Violation[] = [];
    if (add?.outcome === "ok" && add.result !== 1) {
      const detail = `${element} was there before it was added`;
      found.push(violation("an addition happens once", detail, [add]));
    }
    if (
      remove?.outcome === "ok" && remove.result !== 1 && add?.outcome === "ok"
    ) {
      const detail = `${element} was missing when it was removed`;
      found.push(
        violation("no acknowledged element is lost", detail, [add, remove]),
      );
    }
    return found;
  });
}

/**
 * Whether reads of a set hold what was added before them and not removed, and nothing else.
 * An element is removed only after its addition was answered.
 */
export function checkSet(operations: readonly SetOperation[]): Verdict {
  const found: Violation[] = [];
  const reads: Read[] = [];
  for (const operation of operations) {
    const { result } = operation;
    if (!Array.isArray(result)) continue;
    const elements = new Set<string>(result);
    reads.push({ operation, elements });
    if (elements.size === result.length) continue;
    const detail = `${result.length - elements.size} elements are there twice`;
    found.push(violation("an element is there once", detail, [operation]));
  }
  const lives = livesOf(operations);
  found.push(...checkCounts(lives));
  for (const life of lives) {
    const wrong = checkLife(life, reads);
    if (wrong !== undefined) found.push(wrong);
  }
  return broken(found);
}

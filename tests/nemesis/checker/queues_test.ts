import { assert, assertEquals } from "@std/assert";
import { printedSeed } from "../../unit/seed.ts";
import { Random } from "../../differential/random.ts";
import { runAtomicClients } from "../histories/atomic_clients.ts";
import type { Operation } from "../histories/history.ts";
import { outcomeOf, SETTINGS, shareFound } from "./planted_faults.ts";
import { checkQueue, type QueueAction, type QueueResult } from "./queues.ts";

const PUSH_A: QueueAction = { kind: "push", item: "a" };
const PUSH_B: QueueAction = { kind: "push", item: "b" };
const POP: QueueAction = { kind: "pop" };

/** A queue with a fault at operation `faultAt` or soon after. */
function queue(random: Random, fault: string, faultAt: number) {
  const items: string[] = [];
  let count = 0;
  let pushed = 0;
  let isOver = fault === "";
  return {
    next(): QueueAction {
      return random.chance(0.5)
        ? { kind: "push", item: `i${++pushed}` }
        : { kind: "pop" };
    },
    apply(action: QueueAction): QueueResult {
      const isFaulty = !isOver && count++ >= faultAt;
      if (action.kind === "push") {
        if (isFaulty && fault === "lost push") isOver = true;
        else items.push(action.item);
        return items.length;
      }
      if (isFaulty && fault === "empty" && items.length > 0) return null;
      const item = isFaulty && fault === "reordered"
        ? items.pop()
        : items.shift();
      if (isFaulty && fault === "twice" && item !== undefined) {
        isOver = true;
        items.push(item);
      }
      return item ?? null;
    },
    items,
  };
}

/** A history that ends with pops until nothing is left. */
function drained(
  random: Random,
  fault: string,
): Operation<QueueAction, QueueResult>[] {
  const object = queue(random, fault, 10);
  const history = runAtomicClients(random, SETTINGS, object);
  // Behind what may happen late: nothing of the history happens any more.
  let now = SETTINGS.operations * 2;
  for (;;) {
    const item = object.items.shift() ?? null;
    history.push(outcomeOf(++now, ++now, POP, "ok", item));
    if (item === null) return history;
  }
}

Deno.test("checkQueue() takes what one thing at a time answers", () => {
  const random = new Random(printedSeed());
  for (let round = 0; round < 300; round++) {
    const verdict = checkQueue(drained(random, ""));
    assertEquals(verdict, { violations: [], undecided: 0 });
  }
});

for (const fault of ["lost push", "twice", "reordered", "empty"]) {
  Deno.test(`checkQueue() finds: ${fault}`, () => {
    const share = shareFound((random) => checkQueue(drained(random, fault)));
    // A pop whose end nobody saw may have taken one lost item.
    const least = fault === "lost push" ? 0.25 : 0.6;
    assert(share > least, `found in ${share} of all histories`);
  });
}

/** The rules that a history breaks. */
function rulesOf(history: Parameters<typeof checkQueue>[0]): string[] {
  return checkQueue(history).violations.map(({ rule }) => rule);
}

Deno.test("checkQueue() lets a pop whose end nobody saw take one item, not two", () => {
  const unknown = outcomeOf<QueueAction, QueueResult>(
    3,
    Infinity,
    POP,
    "unknown",
  );
  const empty = outcomeOf(7, 8, POP, "ok", null);
  const one = outcomeOf(1, 2, PUSH_A, "ok", 1);
  assertEquals(rulesOf([one, unknown, empty]), []);
  const two = outcomeOf(5, 6, PUSH_B, "ok", 1);
  assertEquals(rulesOf([one, unknown, two, empty]), [
    "no acknowledged item is lost",
  ]);
});

Deno.test("checkQueue() finds items that nobody pushed, or that were refused", () => {
  const pop = outcomeOf(3, 4, POP, "ok", "a");
  const empty = outcomeOf(5, 6, POP, "ok", null);
  assertEquals(rulesOf([pop, empty]), ["only what was pushed comes"]);
  assertEquals(rulesOf([outcomeOf(1, 2, PUSH_A, "failed"), pop, empty]), [
    "only what was pushed comes",
  ]);
});

Deno.test("checkQueue() decides nothing before the queue is empty", () => {
  const verdict = checkQueue([outcomeOf(1, 2, PUSH_A, "ok", 1)]);
  assertEquals(verdict, { violations: [], undecided: 1 });
});

import { assert, assertEquals } from "@std/assert";
import { printedSeed } from "../../unit/seed.ts";
import { Random } from "../../differential/random.ts";
import { runAtomicClients } from "../histories/atomic_clients.ts";
import { checkLists, type ListResult, type ListStep } from "./lists.ts";
import { outcomeOf, SETTINGS, shareFound } from "./planted_faults.ts";

const KEYS = ["x", "y", "z"];

/** Lists with a fault at transaction `faultAt` or soon after. */
function lists(random: Random, fault: string, faultAt: number) {
  const values = new Map(KEYS.map((key) => [key, [] as string[]]));
  let stale = new Map(values);
  let count = 0;
  let appended = 0;
  const apply = (step: ListStep, from: Map<string, string[]>): ListResult => {
    const list = from.get(step.key)!;
    if (step.kind === "read") return [...list];
    const all = values.get(step.key)!;
    values.set(step.key, [...all, step.value]);
    return all.length + 1;
  };
  return {
    next(): readonly ListStep[] {
      return Array.from({ length: random.between(1, 4) }, (): ListStep => {
        const key = random.pick(KEYS);
        return random.chance(0.5)
          ? { kind: "read", key }
          : { kind: "append", key, value: `${++appended}` };
      });
    },
    apply(steps: readonly ListStep[]): readonly ListResult[] {
      const isFaulty = count++ === faultAt;
      if (count === faultAt - 3) stale = new Map(values);
      if (isFaulty && fault === "lost transaction") {
        const before = [...values];
        const results = steps.map((step) => apply(step, values));
        for (const [key, list] of before) values.set(key, list);
        return results;
      }
      if (isFaulty && fault === "half a transaction") {
        const results = steps.map((step) => apply(step, values));
        const { key } = steps.at(-1)!;
        values.set(key, values.get(key)!.slice(0, -1));
        return results;
      }
      if (isFaulty && fault === "twice") {
        steps.forEach((step) => apply(step, values));
      }
      // Each list by itself is right: only several transactions show the fault.
      if (count > faultAt && fault === "old state" && count % 4 === 0) {
        const results = steps.map((step) =>
          step.kind === "read" ? apply(step, stale) : apply(step, values)
        );
        stale = new Map(values);
        return results;
      }
      return steps.map((step) => apply(step, values));
    },
  };
}

Deno.test("checkLists() takes what one thing at a time answers", () => {
  const random = new Random(printedSeed());
  for (let round = 0; round < 300; round++) {
    const history = runAtomicClients(random, SETTINGS, lists(random, "", 0));
    assertEquals(checkLists(history).violations, []);
  }
});

const FAULTS = [
  { fault: "lost transaction", least: 0.4 },
  { fault: "half a transaction", least: 0.4 },
  { fault: "twice", least: 0.4 },
  { fault: "old state", least: 0.8 },
];

for (const { fault, least } of FAULTS) {
  Deno.test(`checkLists() finds: ${fault}`, () => {
    const share = shareFound((random) =>
      checkLists(runAtomicClients(random, SETTINGS, lists(random, fault, 10)))
    );
    assert(share > least, `found in ${share} of all histories`);
  });
}

/** The rules that a history breaks. */
function rulesOf(history: Parameters<typeof checkLists>[0]): string[] {
  return checkLists(history).violations.map(({ rule }) => rule);
}

const APPEND_X: ListStep = { kind: "append", key: "x", value: "1" };
const APPEND_Y: ListStep = { kind: "append", key: "y", value: "2" };
const READ_X: ListStep = { kind: "read", key: "x" };
const READ_Y: ListStep = { kind: "read", key: "y" };
const CIRCLE = ["transactions are in an order"];

Deno.test("checkLists() finds two transactions that did not see each other", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, 5, [READ_X, APPEND_Y], "ok", [[], 1]),
      outcomeOf(2, 6, [READ_Y, APPEND_X], "ok", [[], 1]),
    ]),
    CIRCLE,
  );
});

Deno.test("checkLists() finds half of a transaction of unknown fate", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, Infinity, [APPEND_X, APPEND_Y], "unknown"),
      outcomeOf(3, 4, [READ_X, READ_Y], "ok", [["1"], []]),
    ]),
    CIRCLE,
  );
});

Deno.test("checkLists() finds a read that is older than one before it", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, Infinity, [APPEND_X], "unknown"),
      outcomeOf(3, 4, [READ_X], "ok", [["1"]]),
      outcomeOf(5, 6, [READ_X], "ok", [[]]),
    ]),
    CIRCLE,
  );
});

Deno.test("checkLists() finds a transaction that was refused and took place", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, 2, [APPEND_X], "failed"),
      outcomeOf(3, 4, [READ_X], "ok", [["1"]]),
    ]),
    ["only what was appended is there"],
  );
});

Deno.test("checkLists() finds a transaction that misses its own append", () => {
  assertEquals(
    rulesOf([outcomeOf(1, 2, [APPEND_X, READ_X], "ok", [1, []])]),
    ["a transaction sees its own appends"],
  );
});

Deno.test("checkLists() finds two appends in one place", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, 2, [APPEND_X], "ok", [1]),
      outcomeOf(3, 4, [{ ...APPEND_X, value: "3" }], "ok", [1]),
    ]),
    ["no acknowledged append is lost"],
  );
});

import { assert, assertEquals } from "@std/assert";
import { printedSeed } from "../../unit/seed.ts";
import { Random } from "../../differential/random.ts";
import { runAtomicClients } from "../histories/atomic_clients.ts";
import { outcomeOf, SETTINGS, shareFound } from "./planted_faults.ts";
import { checkSet, type SetAction, type SetResult } from "./sets.ts";

/** A set with a fault at operation `faultAt` or soon after. */
function set(random: Random, fault: string, faultAt: number) {
  const elements = new Set<string>();
  let lastRead: string[] = [];
  const removable: string[] = [];
  let count = 0;
  let added = 0;
  let isOver = fault === "";
  return {
    next(): SetAction {
      const draw = random.below(4);
      const element = removable.shift();
      if (draw === 0 && element !== undefined) {
        return { kind: "remove", element };
      }
      if (element !== undefined) removable.push(element);
      return draw < 2
        ? { kind: "add", element: `e${++added}` }
        : { kind: "read" };
    },
    apply(action: SetAction): SetResult {
      const isFaulty = !isOver && count++ >= faultAt;
      if (action.kind === "read") {
        const stale = lastRead;
        lastRead = [...elements];
        if (!isFaulty || stale.length === lastRead.length) return lastRead;
        if (fault === "stale read") return stale;
        if (fault === "twice" && lastRead.length > 0) {
          return [...lastRead, lastRead[0]!];
        }
        return lastRead;
      }
      const { kind, element } = action;
      if (isFaulty && fault === `lost ${kind}`) {
        isOver = true;
        return 1;
      }
      const wasThere = elements.has(element);
      if (kind === "add") elements.add(element);
      else elements.delete(element);
      return wasThere === (kind === "remove") ? 1 : 0;
    },
    answered(_client: number, action: SetAction): void {
      if (action.kind === "add") removable.push(action.element);
    },
  };
}

Deno.test("checkSet() takes what one thing at a time answers", () => {
  const random = new Random(printedSeed());
  for (let round = 0; round < 300; round++) {
    const history = runAtomicClients(random, SETTINGS, set(random, "", 0));
    assertEquals(checkSet(history).violations, []);
  }
});

for (const fault of ["stale read", "lost add", "lost remove", "twice"]) {
  Deno.test(`checkSet() finds: ${fault}`, () => {
    const share = shareFound((random) =>
      checkSet(runAtomicClients(random, SETTINGS, set(random, fault, 10)))
    );
    assert(share > 0.6, `found in ${share} of all histories`);
  });
}

const ADD: SetAction = { kind: "add", element: "a" };
const READ: SetAction = { kind: "read" };

/** The rules that a history breaks. */
function rulesOf(
  history: Parameters<typeof checkSet>[0],
): readonly string[] {
  return checkSet(history).violations.map(({ rule }) => rule);
}

Deno.test("checkSet() finds an addition that was tried twice", () => {
  assertEquals(rulesOf([outcomeOf(1, 2, ADD, "ok", 0)]), [
    "an addition happens once",
  ]);
});

Deno.test("checkSet() finds elements that nobody added, or that were refused", () => {
  const read = outcomeOf(3, 4, READ, "ok", ["a"]);
  assertEquals(rulesOf([read]), ["only what was added is there"]);
  assertEquals(rulesOf([outcomeOf(1, 2, ADD, "failed"), read]), [
    "only what was added is there",
  ]);
});

Deno.test("checkSet() finds an element of unknown fate that comes and goes", () => {
  assertEquals(
    rulesOf([
      outcomeOf(1, Infinity, ADD, "unknown"),
      outcomeOf(3, 4, READ, "ok", []),
      outcomeOf(5, 6, READ, "ok", ["a"]),
      outcomeOf(7, 8, READ, "ok", []),
    ]),
    ["no acknowledged element is lost"],
  );
});

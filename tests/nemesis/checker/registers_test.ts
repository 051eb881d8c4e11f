import { assert, assertEquals } from "@std/assert";
import { printedSeed } from "../../unit/seed.ts";
import { Random } from "../../differential/random.ts";
import { runAtomicClients } from "../histories/atomic_clients.ts";
import {
  checkCounter,
  checkRegister,
  type CounterAction,
  type RegisterAction,
  type RegisterResult,
} from "./registers.ts";
import { outcomeOf, SETTINGS, shareFound } from "./planted_faults.ts";

/** A register with a fault from operation `faultAt` on. */
function register(random: Random, fault: string, faultAt: number) {
  let [value, before] = [null, null] as (string | null)[];
  let count = 0;
  let written = 0;
  const write = (next: string) => {
    [before, value] = [value!, next];
  };
  return {
    next(): RegisterAction {
      const kind = random.pick(["read", "read", "write", "swap", "replace"]);
      if (kind === "read") return { kind };
      const next = `v${++written}`;
      return kind === "replace"
        ? { kind, from: value ?? null, value: next }
        : { kind: kind as "write" | "swap", value: next };
    },
    apply(action: RegisterAction): RegisterResult {
      const isFaulty = count++ >= faultAt && fault !== "";
      const old = value!;
      if (action.kind === "read") {
        return isFaulty && fault === "stale read" ? before! : old;
      }
      if (action.kind === "replace") {
        if (old !== action.from && !(isFaulty && fault === "blind replace")) {
          return false;
        }
        write(action.value);
        return true;
      }
      if (!(isFaulty && fault === "lost write")) write(action.value);
      return action.kind === "swap" ? old : null;
    },
  };
}

Deno.test("checkRegister() takes what one thing at a time answers", () => {
  const random = new Random(printedSeed());
  for (let round = 0; round < 300; round++) {
    const history = runAtomicClients(
      random,
      SETTINGS,
      register(random, "", Infinity),
    );
    assertEquals(checkRegister(history).violations, []);
  }
});

for (const fault of ["stale read", "lost write", "blind replace"]) {
  Deno.test(`checkRegister() finds: ${fault}`, () => {
    const share = shareFound((random) =>
      checkRegister(
        runAtomicClients(random, SETTINGS, register(random, fault, 10)),
      )
    );
    assert(share > 0.6, `found in ${share} of all histories`);
  });
}

Deno.test("checkRegister() finds a write that failed and yet happened", () => {
  const found = checkRegister([
    outcomeOf(1, 2, { kind: "write", value: "a" }, "failed"),
    outcomeOf(3, 4, { kind: "read" }, "ok", "a"),
  ]);
  assertEquals(found.violations.length, 1);
});

Deno.test("checkRegister() shows a history up to where it goes wrong", () => {
  const [found] = checkRegister([
    outcomeOf(1, 2, { kind: "write", value: "a" }, "ok", null),
    outcomeOf(3, 4, { kind: "read" }, "ok", null),
    outcomeOf(5, 6, { kind: "write", value: "b" }, "ok", null),
    outcomeOf(7, 8, { kind: "read" }, "ok", "b"),
  ]).violations;
  assertEquals(found?.operations.map(({ begin }) => begin), [1, 3]);
});

/** A counter with one fault, at operation `faultAt` or soon after. */
function counter(random: Random, fault: string, faultAt: number) {
  let sum = 0;
  let count = 0;
  let isOver = fault === "";
  return {
    next(): CounterAction {
      return random.chance(0.3)
        ? { kind: "read" }
        : { kind: "add", by: random.between(1, 9) };
    },
    apply(action: CounterAction): number {
      const isFaulty = !isOver && count++ >= faultAt;
      if (action.kind === "read") return sum;
      const answer = sum + action.by;
      if (isFaulty) isOver = true;
      if (isFaulty && fault === "lost increment") return answer;
      sum = answer;
      if (isFaulty && fault === "double increment") sum += action.by;
      return answer;
    },
  };
}

Deno.test("checkCounter() takes what one thing at a time answers", () => {
  const random = new Random(printedSeed());
  for (let round = 0; round < 300; round++) {
    const history = runAtomicClients(
      random,
      SETTINGS,
      counter(random, "", Infinity),
    );
    assertEquals(checkCounter(history).violations, []);
  }
});

for (const fault of ["lost increment", "double increment"]) {
  Deno.test(`checkCounter() finds: ${fault}`, () => {
    const share = shareFound((random) =>
      checkCounter(
        runAtomicClients(random, SETTINGS, counter(random, fault, 10)),
      )
    );
    assert(share > 0.6, `found in ${share} of all histories`);
  });
}

Deno.test("checkCounter() finds an increment of unknown fate that counts twice", () => {
  const found = checkCounter([
    outcomeOf(1, Infinity, { kind: "add", by: 1 }, "unknown"),
    outcomeOf(3, 4, { kind: "add", by: 10 }, "ok", 12),
  ]);
  assertEquals(found.violations.length, 1);
});

import { assert, assertEquals } from "@std/assert";
import { printedSeed } from "../../unit/seed.ts";
import { Random } from "../../differential/random.ts";
import { isLinearizable, type Model } from "./linearizability.ts";

interface Step {
  readonly isRead: boolean;
  readonly value: number;
  readonly begin: number;
  readonly end: number;
}

const REGISTER: Model<number, Step> = {
  initial: 0,
  after(state, { isRead, value }) {
    if (!isRead) return value;
    return value === state ? state : undefined;
  },
  nameOf: String,
};

/** Tries all orders. */
function hasOrder(
  left: readonly Step[],
  state: number = REGISTER.initial,
): boolean {
  if (left.every(({ end }) => end === Infinity)) return true;
  return left.some((step) => {
    if (left.some(({ end }) => end < step.begin)) return false;
    const after = REGISTER.after(state, step);
    return after !== undefined &&
      hasOrder(left.filter((other) => other !== step), after);
  });
}

/** Steps with random times and values of a small register. */
function randomSteps(random: Random): Step[] {
  const count = random.between(2, 6);
  const moments = random.shuffle(
    Array.from({ length: count * 2 }, (_, at) => at),
  );
  return Array.from({ length: count }, (_, at) => {
    const pair = [moments[at * 2]!, moments[at * 2 + 1]!];
    const isRead = random.chance(0.5);
    return {
      isRead,
      value: random.between(isRead ? 0 : 1, 2),
      begin: Math.min(...pair),
      end: !isRead && random.chance(0.3) ? Infinity : Math.max(...pair),
    };
  });
}

Deno.test("isLinearizable() says what trying all orders says", () => {
  const random = new Random(printedSeed());
  const counts = { true: 0, false: 0 };
  for (let round = 0; round < 5_000; round++) {
    const steps = randomSteps(random);
    const wanted = hasOrder(steps);
    assertEquals(isLinearizable(REGISTER, steps), wanted, stepsText(steps));
    counts[`${wanted}`]++;
  }
  assert(counts.true > 500 && counts.false > 500, JSON.stringify(counts));
});

function stepsText(steps: readonly Step[]): string {
  return steps.map(({ isRead, value, begin, end }) =>
    `${isRead ? "read" : "write"} ${value} [${begin}-${end}]`
  ).join(", ");
}

Deno.test("isLinearizable() gives a search that is too long up", () => {
  const writes = Array.from({ length: 30 }, (_, at) => ({
    isRead: false,
    value: at + 1,
    begin: at,
    end: 100 + at,
  }));
  const read = { isRead: true, value: 99, begin: 200, end: 201 };
  assertEquals(isLinearizable(REGISTER, [...writes, read]), "unknown");
});

Deno.test("isLinearizable() takes an object that nobody used", () => {
  assertEquals(isLinearizable(REGISTER, []), true);
});

import { assertEquals } from "@std/assert";
import {
  ascending,
  type ConfState,
  confStateOf,
  EMPTY_CONFIGURATION,
  sameConfState,
} from "../../../src/raft/configuration.ts";

const STATE: ConfState = {
  voters: [1, 2],
  votersOutgoing: [1, 3],
  learners: [4],
  learnersNext: [3],
  autoLeave: true,
};

Deno.test("ascending() goes by number, not by text", () => {
  assertEquals(ascending(new Set([10, 9, 2])), [2, 9, 10]);
});

Deno.test("confStateOf() lists ids in ascending order", () => {
  const state = confStateOf({
    voters: { incoming: new Set([2, 1]), outgoing: new Set([3, 1]) },
    learners: new Set([4]),
    learnersNext: new Set([3]),
    autoLeave: true,
  });
  assertEquals(state, STATE);
});

Deno.test("confStateOf() of the empty configuration has nobody", () => {
  assertEquals(confStateOf(EMPTY_CONFIGURATION), {
    voters: [],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  });
});

Deno.test("sameConfState() does not look at the order of ids", () => {
  const other = { ...STATE, voters: [2, 1], votersOutgoing: [3, 1] };
  assertEquals(sameConfState(STATE, other), true);
});

Deno.test("sameConfState() sees a difference in each part", () => {
  const others: readonly Partial<ConfState>[] = [
    { voters: [1] },
    { voters: [1, 5] },
    { votersOutgoing: [] },
    { learners: [5] },
    { learnersNext: [1] },
    { autoLeave: false },
  ];
  for (const other of others) {
    assertEquals(sameConfState(STATE, { ...STATE, ...other }), false);
  }
});

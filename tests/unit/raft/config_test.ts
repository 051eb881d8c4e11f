import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { fillConfig } from "../../../src/raft/config.ts";
import { MemoryLog } from "../../../src/raft/memory_log.ts";
import type { RaftConfig } from "../../../src/raft/mod.ts";

function filled(more: Partial<RaftConfig>) {
  const stable = new MemoryLog({ index: 7, term: 2 });
  return fillConfig({ id: 1, stable, random: () => 0, ...more });
}

Deno.test("fillConfig() takes voters alone for the members", () => {
  assertEquals(filled({ voters: [1, 2] }).confState, {
    voters: [1, 2],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  });
  assertEquals(filled({}).applied, 7);
});

Deno.test("fillConfig() prefers what is given", () => {
  const full = filled({ applied: 8, electionTicks: 3, reads: "safe" });
  assertEquals([full.applied, full.electionTicks], [8, 3]);
});

Deno.test("fillConfig() refuses what cannot work", () => {
  const wrong: readonly Partial<RaftConfig>[] = [
    { id: 0 },
    { heartbeatTicks: 0 },
    { electionTicks: 2, heartbeatTicks: 3 },
    { applyingBytesMax: 0 },
    { uncommittedBytesMax: 0 },
    { reads: "lease" },
  ];
  for (const more of wrong) assertThrows(() => filled(more), AssertionError);
  assertEquals(filled({ reads: "lease", checkQuorum: true }).reads, "lease");
});

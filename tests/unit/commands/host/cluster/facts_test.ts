import { assertEquals } from "@std/assert";
import { answer, type FakeServer } from "../harness.ts";
import { groupOfThree } from "./group.ts";

async function factsOf(server: FakeServer): Promise<Record<string, string>> {
  const lines = (await answer(server, "CLUSTER", "INFO")).split("\r\n");
  return Object.fromEntries(
    lines.slice(1).filter((line) => line !== "").map((line) => line.split(":")),
  );
}

Deno.test("CLUSTER INFO is ok while somebody leads", async () => {
  assertEquals(await factsOf(groupOfThree()), {
    cluster_state: "ok",
    cluster_slots_assigned: "16384",
    cluster_slots_ok: "16384",
    cluster_slots_pfail: "0",
    cluster_slots_fail: "0",
    cluster_known_nodes: "3",
    cluster_size: "1",
    cluster_current_epoch: "3",
    cluster_my_epoch: "3",
  });
});

Deno.test("CLUSTER INFO fails while nobody is known to lead", async () => {
  const server = groupOfThree();
  server.cluster.leaderId = 0;
  const lost = await factsOf(server);
  assertEquals(lost.cluster_state, "fail");
  assertEquals([lost.cluster_slots_ok, lost.cluster_slots_fail], [
    "0",
    "16384",
  ]);
  server.cluster.lastLeaderId = 0;
  const fresh = await factsOf(server);
  assertEquals(
    [
      fresh.cluster_slots_assigned,
      fresh.cluster_slots_fail,
      fresh.cluster_size,
    ],
    ["0", "0", "0"],
  );
});

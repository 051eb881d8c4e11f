import { assertEquals } from "@std/assert";
import { isLeading } from "../../../../../src/commands/host/cluster/mod.ts";
import { FakeCluster } from "../harness.ts";

Deno.test("isLeading() is true for the leader's own view alone", () => {
  const view = new FakeCluster();
  assertEquals(isLeading(view), true);
  for (const leaderId of [0, 2]) {
    view.leaderId = leaderId;
    assertEquals(isLeading(view), false);
  }
});

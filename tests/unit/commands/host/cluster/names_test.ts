import { assertEquals, assertNotEquals } from "@std/assert";
import {
  nodeName,
  shardName,
} from "../../../../../src/commands/host/cluster/names.ts";
import { NAMES } from "./group.ts";

Deno.test("nodeName() is the same at each start", () => {
  for (const [id, name] of Object.entries(NAMES)) {
    assertEquals(nodeName("test", Number(id)), name);
  }
});

Deno.test("nodeName() and shardName() tell groups apart", () => {
  assertNotEquals(nodeName("a", 1), nodeName("b", 1));
  assertNotEquals(nodeName("a1", 1), nodeName("a", 11));
  assertNotEquals(shardName("a"), shardName("b"));
  assertEquals(
    shardName("test"),
    "0dbf2e2ee643c2cf6f596db3b272cb9414bc3530",
  );
});

import { assertEquals } from "@std/assert";
import { DenialLog } from "../../../src/acl/denial_log.ts";

function callOf(object: string, client = "c") {
  return {
    reason: "key",
    context: "toplevel",
    object,
    user: "amy",
    client,
  } as const;
}

Deno.test("DenialLog counts denials that are alike, the newest first", () => {
  const log = new DenialLog(3);
  log.add(callOf("a", "one"), 1000);
  log.add(callOf("b"), 2000);
  log.add(callOf("a", "two"), 3000);
  assertEquals(
    log.entries.map(({ object, count, client, timeMs }) => [
      ...[object, count, client, timeMs],
    ]),
    [["a", 2, "two", 3000], ["b", 1, "c", 2000]],
  );
  log.clear();
  assertEquals(log.entries, []);
});

Deno.test("DenialLog begins another entry after a minute, or far from the first", () => {
  const log = new DenialLog(100);
  log.add(callOf("a"), 0);
  log.add(callOf("a"), 60_000);
  assertEquals(log.entries.map(({ count }) => count), [2]);
  log.add(callOf("a"), 120_001);
  assertEquals(log.entries.map(({ count }) => count), [1, 2]);
  for (let at = 0; at < 10; at++) log.add(callOf(`${at}`), 120_001);
  log.add(callOf("a"), 120_001);
  assertEquals(log.entries[0]!.count, 1);
});

Deno.test("DenialLog keeps no more than it is told", () => {
  const log = new DenialLog(2);
  for (const object of ["a", "b", "c"]) log.add(callOf(object), 0);
  const objects = () => log.entries.map(({ object }) => object);
  assertEquals(objects(), ["c", "b"]);
  log.setLengthMax(1);
  assertEquals(objects(), ["c"]);
  log.setLengthMax(0);
  log.add(callOf("d"), 0);
  assertEquals(objects(), []);
});

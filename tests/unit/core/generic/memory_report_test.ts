import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

/** MEMORY STATS by name; values as they stand in RESP2. */
function stats(client: CoreSession): Map<string, string> {
  const lines = client.text("MEMORY", "STATS").split("\r\n");
  assertEquals(lines[0], "*34");
  const values = new Map<string, string>();
  for (let at = 1; at < lines.length - 1;) {
    const name = lines[at + 1]!;
    const isNumber = lines[at + 2]!.startsWith(":");
    values.set(name, isNumber ? lines[at + 2]!.slice(1) : lines[at + 3]!);
    at += isNumber ? 3 : 4;
  }
  return values;
}

Deno.test("replyMemoryStats() tells what the core's header holds", () => {
  const client = new CoreSession();
  for (let key = 0; key < 100; key++) client.text("SET", `${key}`, "x");
  const told = stats(client);
  const { header } = client.core;
  const number = (name: string) => Number(told.get(name));
  assertEquals(told.size, 17);
  assertEquals(number("keys.count"), 100);
  assertEquals(number("peak.allocated"), header.get("bytesUsedPeak"));
  assertEquals(number("allocator.resident"), header.bytesGrown);
  const used = number("total.allocated");
  const dataset = number("dataset.bytes");
  assertEquals(dataset + number("overhead.total"), used);
  assertEquals(number("keys.bytes-per-key"), Math.floor(dataset / 100));
  const percentage = number("dataset.percentage");
  assert(Math.abs(percentage - dataset * 100 / used) < 0.001, `${percentage}`);
  assertEquals(
    number("fragmentation.bytes"),
    number("allocator.resident") - used,
  );
});

Deno.test("replyMemoryDoctor() says when there is little, a peak, or nothing to find", () => {
  const client = new CoreSession();
  assertStringIncludes(
    client.text("MEMORY", "DOCTOR"),
    "Hi Sam, this instance",
  );
  const value = "x".repeat(1_000_000);
  for (let key = 0; key < 24; key++) client.text("SET", `${key}`, value);
  assertStringIncludes(client.text("MEMORY", "doctor"), "can't find any");
  for (let key = 8; key < 24; key++) client.text("DEL", `${key}`);
  while (client.core.upkeep(1000));
  assertStringIncludes(client.text("MEMORY", "DOCTOR"), " * Peak memory: ");
});

Deno.test("replyMallocStats() is a verbatim text in RESP3, a bulk string in RESP2", () => {
  const client = new CoreSession();
  const plain = client.text("MEMORY", "MALLOC-STATS");
  const length = Number(/^\$(\d+)\r\n/.exec(plain)![1]);
  assertEquals(plain.length, length + `$${length}\r\n\r\n`.length);
  client.useProtocol(3);
  const verbatim = client.text("MEMORY", "MALLOC-STATS");
  assertEquals(/^=(\d+)\r\ntxt:Bytes of live/.exec(verbatim)?.length, 2);
});

Deno.test("memoryCommand() counts words as Redis does", () => {
  const client = new CoreSession();
  for (const name of ["stats", "doctor", "malloc-stats"]) {
    assertEquals(
      client.text("MEMORY", name, "x"),
      `-ERR wrong number of arguments for 'memory|${name}' command\r\n`,
    );
  }
});

/** RESTORE of sound and damaged payloads. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { bulkOf, randomBody } from "../../../fuzz/payload_source.ts";
import { drawFrom } from "../../../fuzz/payload_values.ts";
import { seal } from "../../../fuzz/rdb_payload.ts";
import { RestoreFuzz } from "../../../fuzz/restore_fuzz.ts";

const SEED = Number(Deno.env.get("LANEKV_SEED") ?? Date.now() >>> 0);
const PAYLOADS = 3000;

Deno.test("buildValue() takes or refuses damaged payloads and leaves nothing behind", () => {
  console.log(`seed ${SEED}`);
  const options = { seed: SEED, steps: PAYLOADS, checkEvery: 300 };
  const { good, bad } = new RestoreFuzz(options).run();
  assertEquals(good + bad >= PAYLOADS, true);
});

Deno.test("isFooterGood() refuses any changed bit", () => {
  const client = new CoreSession();
  client.run("HSET", "key", "field", "value", "other", "12");
  const payload = bulkOf(client.run("DUMP", "key"));
  for (let bit = 0; bit < payload.length * 8; bit++) {
    const changed = payload.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assertEquals(
      client.text("RESTORE", "copy", "0", changed),
      "-ERR DUMP payload version or checksum are wrong\r\n",
      `bit ${bit}`,
    );
  }
  for (let length = 0; length < 10; length++) {
    assertEquals(
      client.text("RESTORE", "copy", "0", payload.subarray(0, length)),
      "-ERR DUMP payload version or checksum are wrong\r\n",
    );
  }
});

Deno.test("isFooterGood() takes versions up to Redis 7.4's", () => {
  const client = new CoreSession();
  const body = Uint8Array.of(0, 1, 97);
  for (const version of [1, 6, 9, 10, 11, 12]) {
    const reply = client.text(
      "RESTORE",
      "k",
      "0",
      seal(body, version),
      "REPLACE",
    );
    assertEquals(reply, "+OK\r\n", `version ${version}`);
  }
  assertEquals(
    client.text("RESTORE", "k", "0", seal(body, 13), "REPLACE"),
    "-ERR DUMP payload version or checksum are wrong\r\n",
  );
});

Deno.test("buildValue() refuses types that are not served", () => {
  const client = new CoreSession();
  for (let type = 0; type < 256; type++) {
    if ([0, 4, 9, 13, 15, 16, 19, 21].includes(type)) continue;
    assertEquals(
      client.text("RESTORE", "k", "0", seal(Uint8Array.of(type, 1, 97, 1, 98))),
      "-ERR Bad data format\r\n",
      `type ${type}`,
    );
  }
});

Deno.test("buildValue() makes the same value on every core", () => {
  const draw = drawFrom(SEED);
  const source = new CoreSession();
  const [one, two] = [new CoreSession(), new CoreSession()];
  for (let index = 0; index < 100; index++) {
    const payload = seal(randomBody(draw, source));
    for (const client of [one, two]) {
      const reply = client.text("RESTORE", `k${index}`, "0", payload);
      assertEquals(reply, "+OK\r\n", `seed ${SEED}, value ${index}`);
    }
  }
  assertEquals(one.core.digest(1n, true), two.core.digest(1n, true));
  assertEquals(one.core.check(), 0);
});

/** A stream whose few bytes name one long field in each of many entries. */
function multiplier(fieldBytes: number, entries: number): Uint8Array {
  const source = new CoreSession();
  const field = "f".repeat(fieldBytes);
  for (let index = 1; index <= entries; index++) {
    source.run("XADD", "k", `1-${index}`, field, "");
  }
  return bulkOf(source.run("DUMP", "k"));
}

Deno.test("measureValue() counts what a payload becomes, not what it weighs", () => {
  const payload = multiplier(2000, 90);
  const client = new CoreSession();
  const used = client.core.header.get("bytesUsed");
  client.core.header.set("memoryLimit", used + 100_000);
  assertEquals(
    client.text("RESTORE", "k", "0", payload),
    "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
  );
  client.core.header.set("memoryLimit", used + 1_000_000);
  assertEquals(client.text("RESTORE", "k", "0", payload), "+OK\r\n");
  assertEquals(client.text("XLEN", "k"), ":90\r\n");
});

/** LZF in payloads. */

import { assertEquals } from "@std/assert";
import { CoreSession, join } from "../../../fuzz/core_session.ts";
import { bulkOf, latin1Bytes } from "../../../fuzz/payload_source.ts";
import { bodyOf, lengthBytes, seal } from "../../../fuzz/rdb_payload.ts";
import { unpackLzf } from "../../../fuzz/rdb_payload.ts";

function restored(packed: readonly number[], length: number): string {
  const head = join([
    Uint8Array.of(0, 0xc3),
    lengthBytes(packed.length),
    lengthBytes(length),
  ]);
  const payload = seal(join([head, Uint8Array.from(packed)]));
  const client = new CoreSession();
  const reply = client.text("RESTORE", "k", "0", payload);
  return reply === "+OK\r\n"
    ? client.text("GET", "k").split("\r\n")[1]!
    : reply;
}

const BAD = "-ERR Bad data format\r\n";

Deno.test("decompress() copies runs and what was before, also over itself", () => {
  assertEquals(restored([2, 97, 98, 99], 3), "abc");
  assertEquals(restored([1, 97, 98, 0x40, 1], 6), "ababab");
  assertEquals(restored([0, 97, 0xe0, 3, 0], 13), "a".repeat(13));
});

Deno.test("decompress() refuses what ends early, reaches back too far or does not fit", () => {
  assertEquals(restored([2, 97, 98], 3), BAD);
  assertEquals(restored([0, 97, 0x40], 5), BAD);
  assertEquals(restored([0, 97, 0xe0, 3], 13), BAD);
  assertEquals(restored([0, 97, 0x40, 1], 5), BAD);
  assertEquals(restored([0x40, 0], 4), BAD);
  assertEquals(restored([2, 97, 98, 99], 2), BAD);
  assertEquals(restored([2, 97, 98, 99], 4), BAD);
  assertEquals(restored([1, 97, 98, 0x40, 1], 5), BAD);
});

Deno.test("openPacked() refuses lengths that no LZF reaches", () => {
  assertEquals(restored([0, 97], 177), BAD);
  assertEquals(restored([0, 97], 2 ** 31), BAD);
  assertEquals(restored([0, 97], 2 ** 40), BAD);
});

Deno.test("compress() makes what unpacks to its input", () => {
  const client = new CoreSession();
  const texts = [
    "a".repeat(21),
    "a".repeat(300),
    "abc".repeat(5000),
    Array.from({ length: 20_000 }, (_, at) => String(at * at)).join(""),
  ];
  for (const text of texts) {
    client.run("SET", "k", text);
    const body = bodyOf(bulkOf(client.run("DUMP", "k")));
    assertEquals(body[1], 0xc3);
    const width = (first: number) => first < 64 ? 1 : first < 128 ? 2 : 5;
    const at = 2 + width(body[2]!);
    const packed = body.subarray(at + width(body[at]!));
    assertEquals(unpackLzf(packed, text.length), latin1Bytes(text));
    assertEquals(packed.length < text.length - 3, true);
  }
});

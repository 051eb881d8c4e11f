/** Requests that arrive in pieces. */

import { assertEquals } from "@std/assert";
import { CoreSession, encodeRequest } from "../../../fuzz/core_session.ts";

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

Deno.test("nextRequest() needs no more than the request, wherever it was cut", () => {
  // Enough words that the parser keeps its place, one of them long.
  const words = ["HSET", "key"];
  for (let index = 0; index < 20; index++) words.push(`f${index}`, "v");
  words.push("long", "x".repeat(5000), "last", "y");
  const bytes = encodeRequest(words);
  const inLong = bytes.length - 3000;
  for (let cut = bytes.length - 40; cut < bytes.length; cut++) {
    const client = new CoreSession();
    assertEquals(client.send(bytes.subarray(0, inLong)).length, 0);
    assertEquals(client.send(bytes.subarray(inLong, cut)).length, 0);
    assertEquals(latin1(client.send(bytes.subarray(cut))), ":22\r\n", `${cut}`);
  }
});

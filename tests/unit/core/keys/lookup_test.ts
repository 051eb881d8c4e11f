/** Which lookups are uses of a key; beside redis-server in `access_test.ts`. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

const IDLE_SECONDS = 40;

/** Idle seconds of `key` after `request`, long after the keys were made. */
function idleAfter(
  request: string,
  key: string,
  prepare: (client: CoreSession) => void,
): number {
  const client = new CoreSession();
  client.run("SET", "text", "some text");
  client.run("SET", "other", "x");
  client.run("HSET", "hash", "f", "v");
  client.timeMs += IDLE_SECONDS * 1000;
  prepare(client);
  client.run(...request.split(" "));
  return Number(client.text("OBJECT", "IDLETIME", key).slice(1));
}

const touching = () => {};
const untouching = (client: CoreSession) => client.leaveUntouched();

Deno.test("openKey() is a use of a key that the command then leaves alone", () => {
  for (
    const [request, key] of [
      ["SETNX text new", "text"],
      ["GETEX text", "text"],
      ["PERSIST text", "text"],
      ["INCR text", "text"],
      ["APPEND hash x", "hash"],
      ["HDEL hash none", "hash"],
    ] as const
  ) {
    assertEquals(idleAfter(request, key, touching), 0, request);
  }
});

Deno.test("probeKey() is a use of a key that is in the way", () => {
  for (
    const request of [
      "RENAMENX hash text",
      "COPY hash text",
      "MSETNX new 1 text 2",
      "RESTORE text 0 payload",
    ]
  ) {
    assertEquals(idleAfter(request, "text", touching), 0, request);
  }
});

Deno.test("countKey() and peekKey() are no uses", () => {
  for (
    const request of [
      "EXISTS text",
      "TYPE text",
      "TTL text",
      "OBJECT ENCODING text",
      "MEMORY USAGE text",
      "SCAN 0 TYPE string",
    ]
  ) {
    assertEquals(idleAfter(request, "text", touching), IDLE_SECONDS, request);
  }
});

Deno.test("stampAccess() leaves keys alone for CLIENT NO-TOUCH", () => {
  for (
    const [request, key] of [
      ["GET text", "text"],
      ["APPEND text x", "text"],
      ["SET text new", "text"],
      ["EXPIRE text 1000", "text"],
      ["RENAME text new", "new"],
      ["HSET hash f w", "hash"],
    ] as const
  ) {
    assertEquals(idleAfter(request, key, untouching), IDLE_SECONDS, request);
  }
  assertEquals(idleAfter("SET new 1", "new", untouching), 0);
  assertEquals(idleAfter("COPY text new", "new", untouching), 0);
  assertEquals(idleAfter("TOUCH text", "text", untouching), 0);
});

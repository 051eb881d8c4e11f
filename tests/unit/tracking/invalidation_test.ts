import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  brokenRedirection,
  Invalidation,
} from "../../../src/tracking/invalidation.ts";
import { toLatin1 } from "../../servers/mod.ts";

Deno.test("Invalidation bytes() are a push in RESP3 and a message in RESP2", () => {
  const message = new Invalidation(["k", "\xff\0"]);
  assertEquals(
    toLatin1(message.bytes(3)),
    ">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\nk\r\n$2\r\n\xff\0\r\n",
  );
  assertEquals(
    toLatin1(message.bytes(2)),
    "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n" +
      "*2\r\n$1\r\nk\r\n$2\r\n\xff\0\r\n",
  );
});

Deno.test("Invalidation of all keys is null in the protocol of who hears it", () => {
  const message = new Invalidation(undefined);
  assertEquals(
    toLatin1(message.bytes(3)),
    ">2\r\n$10\r\ninvalidate\r\n_\r\n",
  );
  assertEquals(
    toLatin1(message.bytes(2)).endsWith("invalidate\r\n$-1\r\n"),
    true,
  );
});

Deno.test("Invalidation bytes() are made once a protocol", () => {
  const message = new Invalidation(["k"]);
  assertStrictEquals(message.bytes(3), message.bytes(3));
});

Deno.test("brokenRedirection() names the client that is gone", () => {
  assertEquals(
    toLatin1(brokenRedirection(42)),
    ">2\r\n$21\r\ntracking-redir-broken\r\n:42\r\n",
  );
});

/** XCLAIM and XAUTOCLAIM at their edges; replies are redis-server's. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

function call(client: CoreSession, line: string): string {
  return client.text(...line.split(" "));
}

/** A stream `s` whose `count` entries consumer `a` of group `g` has got. */
function withPending(count: number): CoreSession {
  const client = new CoreSession();
  for (let ms = 1; ms <= count; ms++) call(client, `XADD s ${ms}-0 f v`);
  call(client, "XGROUP CREATE s g 0");
  call(client, "XREADGROUP GROUP g a STREAMS s >");
  return client;
}

Deno.test("xclaimCommand() counts deliveries by its options", () => {
  const client = withPending(2);
  const deliveries = () =>
    call(client, "XPENDING s g 1-0 1-0 1").split("\r\n").at(-2);
  assertEquals(deliveries(), ":1");
  call(client, "XCLAIM s g b 0 1-0");
  assertEquals(deliveries(), ":2");
  call(client, "XCLAIM s g b 0 1-0 JUSTID");
  assertEquals(deliveries(), ":2");
  call(client, "XCLAIM s g b 0 1-0 RETRYCOUNT 9");
  assertEquals(deliveries(), ":9");
  call(client, "XCLAIM s g b 0 1-0 RETRYCOUNT -1");
  assertEquals(deliveries(), ":10");
  call(client, "XACK s g 1-0");
  assertEquals(call(client, "XCLAIM s g b 0 1-0"), "*0\r\n");
  call(client, "XCLAIM s g b 1000 1-0 FORCE");
  assertEquals(deliveries(), ":2");
  assertEquals(client.core.check(), 0);
});

Deno.test("xclaimCommand() takes what was idle, by the entry's time", () => {
  const client = withPending(2);
  client.timeMs += 500;
  assertEquals(call(client, "XCLAIM s g b 501 1-0 JUSTID"), "*0\r\n");
  assertEquals(
    call(client, "XCLAIM s g b 500 1-0 JUSTID"),
    "*1\r\n$3\r\n1-0\r\n",
  );
  call(client, "XCLAIM s g b 0 2-0 IDLE 700");
  assertEquals(
    call(client, "XPENDING s g IDLE 700 - + 9").slice(0, 4),
    "*1\r\n",
  );
  // A time to come is now.
  call(client, `XCLAIM s g b 0 2-0 TIME ${client.timeMs + 1}`);
  assertEquals(call(client, "XPENDING s g IDLE 1 - + 9"), "*0\r\n");
});

Deno.test("xclaimCommand() moves the group's last id only forward", () => {
  const client = withPending(2);
  call(client, "XCLAIM s g b 0 1-0 LASTID 1-0");
  assert(call(client, "XINFO GROUPS s").includes("$3\r\n2-0\r\n"));
  call(client, "XCLAIM s g b 0 1-0 LASTID 7-0");
  assert(call(client, "XINFO GROUPS s").includes("$3\r\n7-0\r\n"));
});

Deno.test("claims forget entries that the stream no longer has", () => {
  const client = withPending(5);
  call(client, "XDEL s 2-0 4-0");
  assertEquals(
    call(client, "XCLAIM s g b 0 2-0 1-0 JUSTID"),
    "*1\r\n$3\r\n1-0\r\n",
  );
  assertEquals(
    call(client, "XAUTOCLAIM s g b 0 0 JUSTID"),
    "*3\r\n$3\r\n0-0\r\n*3\r\n$3\r\n1-0\r\n$3\r\n3-0\r\n$3\r\n5-0\r\n*1\r\n$3\r\n4-0\r\n",
  );
  assertEquals(call(client, "XPENDING s g").slice(0, 8), "*4\r\n:3\r\n");
  assertEquals(client.core.check(), 0);
});

Deno.test("xautoclaimCommand() goes on where it stopped", () => {
  const client = withPending(40);
  client.timeMs += 1000;
  call(client, "XCLAIM s g a 0 15-0");
  // It looks at ten entries for each one wanted; the first of these 20 is too new.
  assertEquals(
    call(client, "XAUTOCLAIM s g b 500 15-0 COUNT 2 JUSTID"),
    "*3\r\n$4\r\n18-0\r\n*2\r\n$4\r\n16-0\r\n$4\r\n17-0\r\n*0\r\n",
  );
  assertEquals(
    call(client, "XAUTOCLAIM s g b 5000 1-0 COUNT 2"),
    "*3\r\n$4\r\n21-0\r\n*0\r\n*0\r\n",
  );
  assertEquals(
    call(client, "XAUTOCLAIM s g b 0 (40-0"),
    "*3\r\n$3\r\n0-0\r\n*0\r\n*0\r\n",
  );
  assertEquals(client.core.check(), 0);
});

Deno.test("xautoclaimCommand() stops behind the greatest id", () => {
  const client = new CoreSession();
  const last = "18446744073709551615-18446744073709551615";
  call(client, `XADD s ${last} f v`);
  call(client, "XGROUP CREATE s g 0");
  call(client, "XREADGROUP GROUP g a STREAMS s >");
  const reply = call(client, "XAUTOCLAIM s g b 0 0 JUSTID");
  assertEquals(reply, `*3\r\n$3\r\n0-0\r\n*1\r\n$41\r\n${last}\r\n*0\r\n`);
  call(client, `XDEL s ${last}`);
  const gone = call(client, "XAUTOCLAIM s g b 0 0 JUSTID");
  assertEquals(gone, `*3\r\n$3\r\n0-0\r\n*0\r\n*1\r\n$41\r\n${last}\r\n`);
});

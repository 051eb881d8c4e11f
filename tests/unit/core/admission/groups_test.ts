/** What consumer groups may still do when memory is short. */

import { assert, assertEquals } from "@std/assert";
import { Core } from "../../../../src/core/mod.ts";
import { CoreSession } from "../../../fuzz/core_session.ts";

const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";

function call(client: CoreSession, line: string): string {
  return client.text(...line.split(" "));
}

/** A stream `s` of `count` entries with a group `g` that has read none. */
function withEntries(client: CoreSession, count: number): void {
  for (let ms = 1; ms <= count; ms++) call(client, `XADD s ${ms}-0 f v`);
  call(client, "XGROUP CREATE s g 0");
}

Deno.test("delivers() lets groups read beyond the memory limit, as Redis does", () => {
  const client = new CoreSession();
  withEntries(client, 50);
  call(client, "XGROUP CREATE s old 0");
  client.core.header.set("memoryLimit", 1);
  assertEquals(call(client, "XADD s 99-0 f v"), OOM);
  assertEquals(call(client, "XGROUP CREATE s h 0"), OOM);
  assertEquals(call(client, "XGROUP CREATECONSUMER s g c"), OOM);
  const got = call(client, "XREADGROUP GROUP g c STREAMS s >");
  assert(got.startsWith("*1\r\n*2\r\n$1\r\ns\r\n*50\r\n"), got);
  assertEquals(
    call(client, "XCLAIM s g d 0 1-0 JUSTID"),
    "*1\r\n$3\r\n1-0\r\n",
  );
  assert(
    call(client, "XAUTOCLAIM s g e 0 0").startsWith("*3\r\n$3\r\n0-0\r\n"),
  );
  assertEquals(call(client, "XACK s g 2-0"), ":1\r\n");
  assertEquals(call(client, "XGROUP SETID s old 5"), "+OK\r\n");
  assertEquals(call(client, "XGROUP DELCONSUMER s g e"), ":49\r\n");
  assertEquals(call(client, "XGROUP DESTROY s old"), ":1\r\n");
});

Deno.test("measureGroups() asks for the room of what is delivered", () => {
  const core = new Core(1n, 2n);
  core.header.limitGrowth(8 << 20);
  const client = new CoreSession(core);
  withEntries(client, 5000);
  let groups = 0;
  let reply = "";
  while (reply !== OOM && groups < 100) {
    call(client, `XGROUP CREATE s g${groups} 0`);
    reply = call(client, `XREADGROUP GROUP g${groups} c STREAMS s >`);
    groups++;
    assertEquals(core.check(), 0);
  }
  assertEquals(reply, OOM, "memory fills up");
  assert(groups > 5, `${groups - 1} groups have read`);
  // What goes makes room.
  for (let index = 0; index < 4; index++) {
    call(client, `XGROUP DESTROY s g${index}`);
  }
  while (core.upkeep(1000));
  const last = `g${groups - 1}`;
  call(client, `XGROUP CREATE s ${last} 0`);
  const part = call(client, `XREADGROUP GROUP ${last} c COUNT 10 STREAMS s >`);
  assert(part.startsWith("*1\r\n*2\r\n$1\r\ns\r\n*10\r\n"), part);
  const rest = call(client, `XREADGROUP GROUP ${last} c STREAMS s >`);
  assert(
    rest.startsWith("*1\r\n*2\r\n$1\r\ns\r\n*4990\r\n"),
    rest.slice(0, 40),
  );
  assertEquals(core.check(), 0);
});

/** What groups are said to have read; numbers are those of redis-server 7.0. */

import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

function call(client: CoreSession, line: string): string {
  return client.text(...line.split(" "));
}

/** `entries-read` and `lag` of the only group. */
function progress(client: CoreSession): string {
  const words = call(client, "XINFO GROUPS s").split("\r\n");
  const after = (name: string) => words[words.indexOf(name) + 1];
  return `${after("entries-read")} ${after("lag")}`;
}

function withEntries(count: number): CoreSession {
  const client = new CoreSession();
  for (let ms = 1; ms <= count; ms++) call(client, `XADD s ${ms}-0 f v`);
  return client;
}

Deno.test("replyLag() is 0 for a stream that never had entries", () => {
  const client = withEntries(0);
  call(client, "XGROUP CREATE s g $ MKSTREAM");
  assertEquals(progress(client), "$-1 :0");
});

Deno.test("replyLag() knows the first entry and the last one", () => {
  for (
    const [id, lag] of [["0", ":5"], ["1", ":4"], ["3", "$-1"], ["5", ":0"]]
  ) {
    const client = withEntries(5);
    call(client, `XGROUP CREATE s g ${id}`);
    assertEquals(progress(client), `$-1 ${lag}`, id);
  }
});

Deno.test("countRead() counts on from what is known", () => {
  const client = withEntries(5);
  call(client, "XGROUP CREATE s g 0");
  call(client, "XREADGROUP GROUP g c COUNT 2 STREAMS s >");
  assertEquals(progress(client), ":2 :3");
  call(client, "XTRIM s MAXLEN 1");
  assertEquals(progress(client), ":2 :3");
  call(client, "XREADGROUP GROUP g c STREAMS s >");
  // Trimming leaves no trace, so that what was skipped counts as unread.
  assertEquals(progress(client), ":3 :2");
});

Deno.test("hasTombstones() makes the lag unknown while a gap is ahead", () => {
  const client = withEntries(5);
  call(client, "XGROUP CREATE s g 0");
  call(client, "XREADGROUP GROUP g c COUNT 2 STREAMS s >");
  call(client, "XDEL s 4-0");
  assertEquals(progress(client), ":2 $-1");
  call(client, "XREADGROUP GROUP g c STREAMS s >");
  assertEquals(progress(client), ":5 :0");
});

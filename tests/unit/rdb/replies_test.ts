import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ImportError } from "../../../src/base/mod.ts";
import type { ServerPort } from "../../../src/rdb/port.ts";
import { ReplyReader } from "../../../src/rdb/replies.ts";

/** A port that sends `text` in portions, then ends. */
function portOf(text: string, portion: number): ServerPort {
  let rest = new TextEncoder().encode(text);
  return {
    write: () => Promise.resolve(),
    read(target) {
      if (rest.length === 0) return Promise.resolve(null);
      const part = rest.subarray(0, Math.min(portion, target.length));
      target.set(part);
      rest = rest.subarray(part.length);
      return Promise.resolve(part.length);
    },
    close() {},
  };
}

Deno.test("ReplyReader reads replies however they are cut", async () => {
  for (const portion of [1, 2, 7, 1000]) {
    const text = "+OK\r\n:-12\r\n-ERR no such thing\r\n+PONG\r\n";
    const replies = new ReplyReader(portOf(text, portion));
    assertEquals(await replies.next(), { kind: "status", text: "OK" });
    assertEquals(await replies.next(), { kind: "integer", value: -12 });
    assertEquals(
      await replies.next(),
      { kind: "error", text: "ERR no such thing" },
    );
    assertEquals(await replies.next(), { kind: "status", text: "PONG" });
    const end = await assertRejects(() => replies.next(), ImportError);
    assertStringIncludes((end as Error).message, "closed the connection");
  }
});

Deno.test("ReplyReader takes OKs that are there, no more than asked for", async () => {
  const text = "+OK\r\n".repeat(10) + "-ERR x\r\n+OK\r\n";
  const replies = new ReplyReader(portOf(text, 1000));
  assertEquals(replies.takeOks(5), 0, "nothing is read yet");
  await replies.next();
  assertEquals(replies.takeOks(4), 4);
  assertEquals(replies.takeOks(100), 5);
  assertEquals(replies.takeOks(100), 0);
  assertEquals((await replies.next()).kind, "error");
  assertEquals(replies.takeOks(100), 1);
});

Deno.test("ReplyReader refuses what is no reply", async () => {
  const strange = new ReplyReader(portOf("HTTP/1.1 400\r\n", 100));
  const error = await assertRejects(() => strange.next(), ImportError);
  assertStringIncludes((error as Error).message, "no Redis server");
  const endless = new ReplyReader(portOf("+".repeat(100_000), 10_000));
  const long = await assertRejects(() => endless.next(), ImportError);
  assertStringIncludes((long as Error).message, "a line without end");
});

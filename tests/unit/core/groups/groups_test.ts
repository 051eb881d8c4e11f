/** Consumer groups: who has what, and what it costs. */

import { assert, assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";

function call(client: CoreSession, line: string): string {
  return client.text(...line.split(" "));
}

/** A stream `s` with entries 1-0 to `count`-0 and a group `g` that has read nothing. */
function withGroup(count: number): CoreSession {
  const client = new CoreSession();
  for (let ms = 1; ms <= count; ms++) {
    client.run("XADD", "s", `${ms}-0`, "f", "v");
  }
  call(client, "XGROUP CREATE s g 0 MKSTREAM");
  return client;
}

function isSound(client: CoreSession): void {
  assertEquals(client.core.check(), 0);
}

Deno.test("createGroup() keeps a stream that has no entries", () => {
  const client = withGroup(0);
  assertEquals(call(client, "EXISTS s"), ":1\r\n");
  assertEquals(call(client, "XLEN s"), ":0\r\n");
  call(client, "XADD s 1-0 f v");
  call(client, "XDEL s 1-0");
  call(client, "XGROUP DESTROY s g");
  assertEquals(call(client, "TYPE s"), "+stream\r\n");
  isSound(client);
});

Deno.test("createGroup() and createConsumer() take names of any bytes", () => {
  const client = withGroup(3);
  const names = ["", "\0", "g", "g\0", "\xff".repeat(300), "n".repeat(5000)];
  for (const name of names.filter((name) => name !== "g")) {
    assertEquals(client.text("XGROUP", "CREATE", "s", name, "0"), "+OK\r\n");
  }
  for (const [index, group] of names.entries()) {
    for (const consumer of names) {
      const words = ["XGROUP", "CREATECONSUMER", "s", group, consumer];
      assertEquals(client.text(...words), ":1\r\n");
      assertEquals(client.text(...words), ":0\r\n");
    }
    const reader = names[index]!;
    client.run("XREADGROUP", "GROUP", group, reader, "STREAMS", "s", ">");
    const pending = client.text("XPENDING", "s", group, "-", "+", "1");
    assert(pending.includes(`$${new TextEncoder().encode(reader).length}\r\n`));
  }
  isSound(client);
  for (const name of names) {
    assertEquals(
      client.text("XGROUP", "DELCONSUMER", "s", "g", name),
      name === "g" ? ":3\r\n" : ":0\r\n",
    );
  }
  for (const name of names) {
    assertEquals(client.text("XGROUP", "DESTROY", "s", name), ":1\r\n");
    isSound(client);
  }
  assertEquals(call(client, "XINFO GROUPS s"), "*0\r\n");
});

Deno.test("setPending() takes an entry from whoever had it", () => {
  const client = withGroup(3);
  call(client, "XREADGROUP GROUP g a STREAMS s >");
  call(client, "XGROUP SETID s g 1-0");
  call(client, "XREADGROUP GROUP g b STREAMS s >");
  assertEquals(
    call(client, "XPENDING s g"),
    "*4\r\n:3\r\n$3\r\n1-0\r\n$3\r\n3-0\r\n*2\r\n" +
      "*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n",
  );
  assertEquals(call(client, "XACK s g 1-0 2-0 2-0 9-9"), ":2\r\n");
  isSound(client);
});

Deno.test("removeConsumer() and removeGroup() leave nothing behind", () => {
  const client = withGroup(2000);
  for (let index = 0; index < 2000; index++) {
    call(client, `XREADGROUP GROUP g c${index % 7} COUNT 1 STREAMS s >`);
  }
  isSound(client);
  assertEquals(call(client, "XGROUP DELCONSUMER s g c3"), ":286\r\n");
  isSound(client);
  const before = client.core.header.get("bytesUsed");
  assertEquals(call(client, "XGROUP DESTROY s g"), ":1\r\n");
  isSound(client);
  assert(client.core.header.get("bytesUsed") < before - 100_000);
  assertEquals(
    call(client, "XPENDING s g"),
    "-NOGROUP No such key 's' or consumer group 'g'\r\n",
  );
});

Deno.test("groups replay from the log as they were", () => {
  const client = new CoreSession(undefined, true);
  const lines = [
    "XGROUP CREATE s g 0 MKSTREAM",
    ...Array.from({ length: 50 }, (_, at) => `XADD s ${at + 1}-0 f v`),
    "XREADGROUP GROUP g a COUNT 30 STREAMS s >",
    "XREADGROUP GROUP g b NOACK COUNT 3 STREAMS s >",
    "XREADGROUP GROUP g c STREAMS s > ",
    "XDEL s 4-0 40-0",
    "XCLAIM s g d 0 1-0 4-0 5-0",
    "XAUTOCLAIM s g e 0 20 COUNT 30",
    "XACK s g 7-0",
    "XREADGROUP GROUP g a STREAMS s 0",
    "COPY s t",
    "XGROUP DESTROY s g",
  ];
  for (const line of lines) {
    client.timeMs += 10;
    call(client, line.trim());
  }
  const replica = new CoreSession();
  client.entries.forEach((entry, index) =>
    replica.core.applyEntry(entry, index + 1)
  );
  assertEquals(replica.core.digest(7n, true), client.core.digest(7n, true));
  assertEquals(replica.core.check(), 0);
});

Deno.test("editStreamUnseen() hides changes of groups from WATCH, as Redis does", () => {
  const client = withGroup(4);
  const lines = [
    "XGROUP CREATE s h 0",
    "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
    "XACK s g 1-0",
    "XCLAIM s g d 0 2-0",
    "XAUTOCLAIM s g e 0 0",
    "XDEL s 9-9",
    "XSETID s 20-0",
    "XGROUP DESTROY s h",
  ];
  const other = new CoreSession(client.core);
  for (const line of [...lines, "XDEL s 4-0"]) {
    call(client, "WATCH s");
    other.index = client.index;
    call(other, line);
    client.index = other.index;
    call(client, "MULTI");
    call(client, "PING");
    const isSeen = line === "XDEL s 4-0";
    assertEquals(call(client, "EXEC"), isSeen ? "*-1\r\n" : "*1\r\n+PONG\r\n");
  }
});

Deno.test("removeGroup() leaves its neighbours as they were", () => {
  const client = withGroup(500);
  const names = ["a", "b", "c"];
  for (const name of names) {
    client.text("XGROUP", "CREATE", "s", name, "0");
    for (const reader of ["x", "y".repeat(600)]) {
      const words = ["XREADGROUP", "GROUP", name, reader, "COUNT", "200"];
      client.run(...words, "STREAMS", "s", ">");
    }
  }
  const before = call(client, "XPENDING s a - + 1000");
  assertEquals(call(client, "XGROUP DESTROY s b"), ":1\r\n");
  isSound(client);
  assertEquals(call(client, "XPENDING s a - + 1000"), before);
  assertEquals(call(client, "XPENDING s c - + 1000"), before);
  call(client, "XGROUP DESTROY s a");
  call(client, "XGROUP DESTROY s c");
  isSound(client);
});

import { assertEquals } from "@std/assert";
import { describeRequest } from "../../../../src/commands/host/mod.ts";
import { answer, FakeServer } from "./harness.ts";

function shown(name: string, ...words: string[]): string | undefined {
  const bytes = words.map((word) =>
    Uint8Array.from(word, (letter) => letter.charCodeAt(0))
  );
  return describeRequest(name, bytes);
}

Deno.test("monitor() lets a client watch once, and RESET ends it", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "MONITOR"), "+OK\r\n");
  assertEquals([...server.watching], [1]);
  assertEquals(await answer(server, "MONITOR"), "");
  await answer(server, "RESET");
  assertEquals([...server.watching], []);
});

Deno.test("monitor() is refused inside a transaction", async () => {
  const server = new FakeServer();
  Object.assign(server.fakes[0]!.session, { queuedCount: 0 });
  assertEquals(
    await answer(server, "MONITOR"),
    "-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n",
  );
  assertEquals([...server.watching], []);
});

Deno.test("monitor() marks who watches in CLIENT LIST", async () => {
  const server = new FakeServer();
  await answer(server, "MONITOR");
  const list = await answer(server, "CLIENT", "LIST");
  assertEquals(list.match(/flags=\w+/g), ["flags=O", "flags=N"]);
});

Deno.test("describeRequest() escapes words as Redis does", () => {
  assertEquals(
    shown("publish", "PUBLISH", 'a"\\\x00\n\r\t\x07\x08\x7f\xff~', ""),
    String.raw` "PUBLISH" "a\"\\\x00\n\r\t\a\b\x7f\xff~" ""`,
  );
});

Deno.test("describeRequest() shows no secrets, and nothing of administrators", () => {
  assertEquals(shown("auth", "AUTH", "pw"), ' "AUTH" "(redacted)"');
  assertEquals(
    shown("hello", "HELLO", "3", "auth", "me", "pw", "SETNAME", "x"),
    ' "HELLO" "3" "auth" "(redacted)" "(redacted)" "SETNAME" "x"',
  );
  assertEquals(shown("config|get", "CONFIG", "GET", "*"), undefined);
  assertEquals(shown("client|list", "CLIENT", "LIST"), undefined);
  assertEquals(shown("client|id", "CLIENT", "ID"), ' "CLIENT" "ID"');
});

import { assertEquals, assertRejects } from "@std/assert";
import { SnapshotError } from "../../../../src/base/mod.ts";
import { answer, callHost, FakeServer } from "./harness.ts";

const IN_PROGRESS = "-ERR Background save already in progress\r\n";

Deno.test("save() answers when the snapshot is durable, or why not", async () => {
  const server = new FakeServer();
  assertEquals(await answer(server, "SAVE"), "+OK\r\n");
  server.snapshotFailure = new SnapshotError("Cannot write: disk is full");
  await assertRejects(() => answer(server, "SAVE"), SnapshotError);
  server.isTaking = true;
  assertEquals(await answer(server, "SAVE"), IN_PROGRESS);
  assertEquals(server.asked, ["snapshot", "snapshot"]);
});

Deno.test("bgsave() does not wait and survives a failure", async () => {
  const server = new FakeServer();
  server.snapshotFailure = new Error("no room");
  const started = "+Background saving started\r\n";
  assertEquals(await answer(server, "BGSAVE"), started);
  assertEquals(await answer(server, "BGSAVE", "Schedule"), started);
  assertEquals(await answer(server, "BGSAVE", "x"), "-ERR syntax error\r\n");
  server.isTaking = true;
  assertEquals(await answer(server, "BGSAVE"), IN_PROGRESS);
  assertEquals(server.asked, ["snapshot", "snapshot"]);
});

Deno.test("bgrewriteaof() takes a snapshot unless one is under way", async () => {
  const server = new FakeServer();
  const started = "+Background append only file rewriting started\r\n";
  assertEquals(await answer(server, "BGREWRITEAOF"), started);
  server.isTaking = true;
  assertEquals(await answer(server, "BGREWRITEAOF"), started);
  assertEquals(server.asked, ["snapshot"]);
});

Deno.test("lastsave() is the time of the last snapshot", async () => {
  assertEquals(await answer(new FakeServer(), "LASTSAVE"), ":42\r\n");
});

Deno.test("shutdown() stops the node without a reply", () => {
  const server = new FakeServer();
  const reply = callHost(server, "SHUTDOWN", "NOSAVE", "now");
  assertEquals(reply, { kind: "last", reply: { kind: "none" } });
  assertEquals(server.asked, ["shutdown"]);
});

Deno.test("shutdown() refuses options that contradict each other", async () => {
  const server = new FakeServer();
  for (const words of [["SAVE", "NOSAVE"], ["ABORT", "NOW"], ["junk"]]) {
    assertEquals(
      await answer(server, "SHUTDOWN", ...words),
      "-ERR syntax error\r\n",
    );
  }
  assertEquals(
    await answer(server, "SHUTDOWN", "ABORT"),
    "-ERR No shutdown in progress.\r\n",
  );
  assertEquals(server.asked, []);
});

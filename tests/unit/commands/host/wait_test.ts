import { assertEquals } from "@std/assert";
import { encodeReply } from "../../../../src/resp/mod.ts";
import { toLatin1 } from "../../../servers/mod.ts";
import { answer, callHost, FakeServer } from "./harness.ts";

const NOT_INTEGER = "-ERR value is not an integer or out of range\r\n";
const TIMEOUT = "-ERR timeout is not an integer or out of range\r\n";
const NEGATIVE = "-ERR timeout is negative\r\n";
const TOO_LONG = "-ERR timeout is out of range\r\n";

function held(others: number, own = true) {
  return { own, others };
}

/** The reply that comes later, and how to end what it waits for. */
function later(server: FakeServer, ...words: readonly string[]) {
  const outcome = callHost(server, ...words);
  if (outcome.kind !== "later") throw new Error("The reply comes at once");
  const reply = outcome.reply.then((reply) => toLatin1(encodeReply(reply, 2)));
  return { reply, end: outcome.end! };
}

Deno.test("wait() answers at once how many others have the client's writes, if they are enough", async () => {
  const server = new FakeServer();
  server.written = 9;
  server.held = held(1, false);
  assertEquals(await answer(server, "WAIT", "1", "0"), ":1\r\n");
  assertEquals(await answer(server, "WAIT", "0", "100"), ":1\r\n");
  assertEquals(await answer(server, "WAIT", "-1", "0"), ":1\r\n");
  assertEquals(server.asked, ["holders 9", "holders 9", "holders 9"]);
  assertEquals(server.waits, []);
});

Deno.test("wait() waits for as many as are asked for", async () => {
  const server = new FakeServer();
  server.written = 9;
  const { reply } = later(server, "WAIT", "2", "300");
  const [wait] = server.waits;
  assertEquals([wait!.index, wait!.ms], [9, 300]);
  assertEquals([held(1), held(2), held(3, false)].map(wait!.isEnough), [
    false,
    true,
    true,
  ]);
  wait!.settle(held(2));
  assertEquals(await reply, ":2\r\n");
});

Deno.test("wait() tells how many there are when its time or the lead is over", async () => {
  const server = new FakeServer();
  const first = later(server, "WAIT", "5", "1");
  server.waits[0]!.settle(held(1));
  assertEquals(await first.reply, ":1\r\n");
  const second = later(server, "WAIT", "5", "1");
  second.end("error");
  assertEquals(
    await second.reply,
    "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n",
  );
  const third = later(server, "WAIT", "5", "1");
  server.held = held(3);
  third.end("timeout");
  assertEquals(await third.reply, ":3\r\n");
  const fourth = later(server, "WAIT", "5", "1");
  server.waits[3]!.settle("demoted");
  assertEquals(
    await fourth.reply,
    "-UNBLOCKED force unblock from blocking operation, " +
      "instance state changed (master -> replica?)\r\n",
  );
});

Deno.test("wait() does not wait in a transaction", async () => {
  const server = new FakeServer();
  server.fakes[0]!.session.queuedCount = 1;
  assertEquals(await answer(server, "WAIT", "5", "0"), ":0\r\n");
  assertEquals(
    await answer(server, "WAITAOF", "1", "5", "0"),
    "*2\r\n:1\r\n:0\r\n",
  );
});

Deno.test("wait() and waitaof() read their words as Redis does", async () => {
  const server = new FakeServer();
  const wait = (...words: string[]) => answer(server, "WAIT", ...words);
  assertEquals(await wait("x", "y"), NOT_INTEGER);
  assertEquals(await wait("1", "y"), TIMEOUT);
  assertEquals(await wait("1", "-1"), NEGATIVE);
  assertEquals(await wait("1", "9223372036854775807"), TOO_LONG);
  const waitaof = (...words: string[]) => answer(server, "WAITAOF", ...words);
  assertEquals(await waitaof("x", "y", "z"), NOT_INTEGER);
  for (const local of ["-1", "2"]) {
    assertEquals(
      await waitaof(local, "y", "z"),
      "-ERR value is out of range, value must between 0 and 1\r\n",
    );
  }
  assertEquals(await waitaof("1", "y", "z"), NOT_INTEGER);
  assertEquals(
    await waitaof("1", "-1", "z"),
    "-ERR value is out of range, must be positive\r\n",
  );
  assertEquals(await waitaof("1", "0", "z"), TIMEOUT);
  assertEquals(await waitaof("1", "0", "-5"), NEGATIVE);
});

Deno.test("wait() and waitaof() are refused where this node does not lead", async () => {
  const server = new FakeServer();
  server.cluster.leaderId = 2;
  assertEquals(
    await answer(server, "WAIT", "x", "y"),
    "-ERR WAIT cannot be used with replica instances. Please also note that " +
      "since Redis 4.0 if a replica is configured to be writable (which is " +
      "not the default) writes to replicas are just local and are not " +
      "propagated.\r\n",
  );
  assertEquals(
    await answer(server, "WAITAOF", "0", "0", "0"),
    "-ERR WAITAOF cannot be used with replica instances. Please also note " +
      "that writes to replicas are just local and are not propagated.\r\n",
  );
});

Deno.test("waitaof() wants the own log as well, if it is asked to", async () => {
  const server = new FakeServer();
  server.held = held(1, false);
  assertEquals(
    await answer(server, "WAITAOF", "0", "1", "0"),
    "*2\r\n:0\r\n:1\r\n",
  );
  const { reply } = later(server, "WAITAOF", "1", "1", "50");
  const [wait] = server.waits;
  assertEquals([held(1, false), held(0), held(1)].map(wait!.isEnough), [
    false,
    false,
    true,
  ]);
  wait!.settle(held(1));
  assertEquals(await reply, "*2\r\n:1\r\n:1\r\n");
});

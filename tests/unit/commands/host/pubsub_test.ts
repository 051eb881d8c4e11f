import { assertEquals } from "@std/assert";
import { PubSub } from "../../../../src/pubsub/mod.ts";
import { answer, FakeServer } from "./harness.ts";

/** What client 1 receives after `requests`, whose replies are empty. */
async function received(
  server: FakeServer,
  ...requests: readonly string[]
): Promise<string> {
  const client = server.fakes[0]!;
  client.received = "";
  for (const request of requests) {
    assertEquals(await answer(server, ...request.split(" ")), "");
  }
  return client.received.replaceAll("\r\n", " ");
}

Deno.test("SUBSCRIBE confirms each channel as a message", async () => {
  const server = new FakeServer();
  assertEquals(
    await received(server, "SUBSCRIBE a b a", "PSUBSCRIBE a*", "SSUBSCRIBE a"),
    "*3 $9 subscribe $1 a :1 *3 $9 subscribe $1 b :2 " +
      "*3 $9 subscribe $1 a :2 *3 $10 psubscribe $2 a* :3 " +
      "*3 $10 ssubscribe $1 a :1 ",
  );
  assertEquals(server.fakes[0]!.session.isConfined, true);
});

Deno.test("SUBSCRIBE pushes in RESP3, and confines nobody", async () => {
  const server = new FakeServer();
  const { session } = server.fakes[0]!;
  session.protocol = 3;
  assertEquals(
    await received(server, "SUBSCRIBE a"),
    ">3 $9 subscribe $1 a :1 ",
  );
  assertEquals(session.isConfined, false);
  await answer(server, "HELLO", "2");
  assertEquals(session.isConfined, true);
});

Deno.test("UNSUBSCRIBE ends what it names, or all", async () => {
  const server = new FakeServer();
  const { session } = server.fakes[0]!;
  assertEquals(
    await received(server, "UNSUBSCRIBE", "PUNSUBSCRIBE a"),
    "*3 $11 unsubscribe $-1 :0 *3 $12 punsubscribe $1 a :0 ",
  );
  await received(server, "SUBSCRIBE a b c", "SSUBSCRIBE s");
  assertEquals(
    await received(server, "UNSUBSCRIBE b x", "UNSUBSCRIBE"),
    "*3 $11 unsubscribe $1 b :2 *3 $11 unsubscribe $1 x :2 " +
      "*3 $11 unsubscribe $1 a :1 *3 $11 unsubscribe $1 c :0 ",
  );
  assertEquals(session.isConfined, true);
  assertEquals(
    await received(server, "SUNSUBSCRIBE"),
    "*3 $12 sunsubscribe $1 s :0 ",
  );
  assertEquals(session.isConfined, false);
});

Deno.test("SUBSCRIBE answers OOM at the bound, and subscribes to nothing", async () => {
  class FullServer extends FakeServer {
    override readonly pubSub = new PubSub(300);
  }
  const server = new FullServer();
  assertEquals(
    (await answer(server, "SUBSCRIBE", "a", "b")).slice(0, 4),
    "-OOM",
  );
  assertEquals(server.pubSub.isSubscribed(1), false);
  assertEquals(await answer(server, "SUBSCRIBE", "a"), "");
});

Deno.test("PUBLISH counts receivers, SPUBLISH those of shard channels", async () => {
  const server = new FakeServer();
  await received(server, "SUBSCRIBE a", "PSUBSCRIBE *", "SSUBSCRIBE s");
  assertEquals(await answer(server, "PUBLISH", "a", "text"), ":2\r\n");
  assertEquals(await answer(server, "PUBLISH", "s", "text"), ":1\r\n");
  assertEquals(await answer(server, "SPUBLISH", "s", "text"), ":1\r\n");
  assertEquals(await answer(server, "SPUBLISH", "a", "text"), ":0\r\n");
});

Deno.test("PUBSUB tells what is subscribed to", async () => {
  const server = new FakeServer();
  await received(server, "SUBSCRIBE ab b", "PSUBSCRIBE p", "SSUBSCRIBE s");
  const ask = async (request: string) =>
    (await answer(server, ...request.split(" "))).replaceAll("\r\n", " ");
  assertEquals(await ask("PUBSUB CHANNELS"), "*2 $2 ab $1 b ");
  assertEquals(await ask("PUBSUB CHANNELS a?"), "*1 $2 ab ");
  assertEquals(await ask("PUBSUB CHANNELS A?"), "*0 ");
  assertEquals(await ask("PUBSUB NUMSUB b x"), "*4 $1 b :1 $1 x :0 ");
  assertEquals(await ask("PUBSUB NUMSUB"), "*0 ");
  assertEquals(await ask("PUBSUB NUMPAT"), ":1 ");
  assertEquals(await ask("PUBSUB SHARDCHANNELS"), "*1 $1 s ");
  assertEquals(await ask("PUBSUB SHARDNUMSUB s"), "*2 $1 s :1 ");
  assertEquals(
    await ask("PUBSUB CHANNELS a b"),
    "-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. " +
      "Try PUBSUB HELP. ",
  );
});

Deno.test("RESET ends all subscriptions without a word", async () => {
  const server = new FakeServer();
  const client = server.fakes[0]!;
  await received(server, "SUBSCRIBE a", "PSUBSCRIBE a", "SSUBSCRIBE a");
  client.received = "";
  assertEquals(await answer(server, "RESET"), "+RESET\r\n");
  assertEquals(client.received, "");
  assertEquals(client.session.isConfined, false);
  assertEquals(server.pubSub.isSubscribed(1), false);
});

Deno.test("CLIENT tells listeners from others", async () => {
  const server = new FakeServer();
  await received(server, "SUBSCRIBE a b", "PSUBSCRIBE a", "SSUBSCRIBE a");
  const info = await answer(server, "CLIENT", "INFO");
  assertEquals(/flags=P .* sub=2 psub=1 ssub=1 /.test(info), true);
  const list = await answer(server, "CLIENT", "LIST", "TYPE", "PUBSUB");
  assertEquals(list.match(/id=\d+/g), ["id=1"]);
  await answer(server, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no");
  assertEquals(server.killed, [2]);
});

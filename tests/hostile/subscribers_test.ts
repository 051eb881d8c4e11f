/**
 * Subscribers that do not read, and messages for many: memory stays bounded, and
 * others are served.
 *
 * Scaled by `LANEKV_HOSTILE_SUBSCRIBERS` (50).
 */

import { assert, assertEquals } from "@std/assert";
import {
  concatBytes,
  encodeRequest,
  ReplyError,
  RespClient,
  sleep,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { Bystander, scaled } from "./bystander.ts";

const MEBIBYTE = 1024 * 1024;
const SUBSCRIBERS = scaled("LANEKV_HOSTILE_SUBSCRIBERS", 50);

/** Connections that subscribe to `channel` and never read on. */
async function subscribeMany(
  port: number,
  channel: string,
  stack: DisposableStack,
): Promise<RespClient[]> {
  const clients: RespClient[] = [];
  for (let count = 0; count < SUBSCRIBERS; count++) {
    const client = stack.use(await RespClient.connect(port));
    await client.call("SUBSCRIBE", channel);
    clients.push(client);
  }
  return clients;
}

Deno.test("subscribers that do not read are closed at the hard limit", () =>
  withServers([startSubject()], async (server) => {
    using stack = new DisposableStack();
    using publisher = await server.connect();
    const bystander = await Bystander.watch(server);
    await subscribeMany(server.port, "news", stack);
    const message = new Uint8Array(MEBIBYTE).fill(0x61);
    let sent = 0;
    let receivers: unknown = SUBSCRIBERS;
    while (receivers !== 0 && sent < 100) {
      receivers = await publisher.plain("PUBLISH", "news", message);
      sent++;
    }
    // 32 MiB in the server, and what the system holds of a connection.
    assert(sent > 32 && sent < 100, `closed after ${sent} MiB`);
    await bystander.expectServed();
    // Each message is kept once, not once a subscriber.
    bystander.expectMemoryGrowth(400);
    assertEquals(await publisher.plain("PUBSUB", "CHANNELS"), []);
  }));

Deno.test("subscribers that do not read are closed at the soft limit in time", () =>
  withServers([startSubject()], async (server) => {
    using publisher = await server.connect();
    using subscriber = await server.connect();
    const limit = "pubsub 0 1mb 1";
    await publisher.call("CONFIG", "SET", "client-output-buffer-limit", limit);
    await subscriber.call("SUBSCRIBE", "news");
    const message = new Uint8Array(MEBIBYTE).fill(0x61);
    let receivers: unknown = 1;
    // On a slow machine the time is over before all are sent.
    for (let count = 0; count < 16 && receivers !== 0; count++) {
      receivers = await publisher.plain("PUBLISH", "news", message);
    }
    for (let count = 0; count < 100 && receivers !== 0; count++) {
      await sleep(100);
      const reply = await publisher.plain("PUBSUB", "NUMSUB", "news");
      receivers = (reply as unknown[])[1];
    }
    assertEquals(receivers, 0);
    const info = `${await publisher.plain("INFO", "stats")}`;
    assert(info.includes("client_output_buffer_limit_disconnections:1\r\n"));
  }));

Deno.test("a flood of messages keeps nobody from being served", () =>
  withServers([startSubject()], async (server) => {
    using stack = new DisposableStack();
    using publisher = await server.connect();
    const bystander = await Bystander.watch(server);
    const clients = await subscribeMany(server.port, "news", stack);
    const count = 2000;
    const requests = concatBytes(
      Array.from(
        { length: count },
        (_, at) => encodeRequest(["PUBLISH", "news", `message ${at}`]),
      ),
    );
    const replies = publisher.exchange(requests, count);
    const received = clients.map((client) => client.readRaw(count));
    await bystander.expectServed();
    await replies;
    for (const messages of await Promise.all(received)) {
      const last = new TextDecoder().decode(messages.at(-1));
      assert(last.includes(`message ${count - 1}`), last);
    }
    bystander.expectMemoryGrowth(200);
  }));

Deno.test("subscriptions without end are refused", () =>
  withServers([startSubject()], async (server) => {
    using client = await server.connect();
    const bystander = await Bystander.watch(server);
    const name = new Uint8Array(4 * MEBIBYTE);
    let reply: unknown;
    let count = 0;
    while (count < 70 && !(reply instanceof ReplyError)) {
      name[0] = count++;
      reply = await client.plain("SUBSCRIBE", name);
    }
    assert(reply instanceof ReplyError && reply.text.startsWith("OOM"));
    assertEquals(count, 64);
    await bystander.expectServed();
  }));

import { assertEquals } from "@std/assert";
import type { Client } from "../../../src/engine/mod.ts";
import { Subscribers } from "../../../src/workers/subscribers.ts";

function makeBench() {
  const client = { id: 7, session: 1, isGone: false } as unknown as Client;
  const pushed: Uint8Array[] = [];
  const subscribers = new Subscribers({
    push: (_client, bytes) => void pushed.push(bytes),
    core: { protocol: () => 3 },
    clients: new Map([[7, client]]),
  });
  return { client, pushed, subscribers };
}

Deno.test("Subscribers listener() knows the protocol of now", () => {
  const { client, subscribers } = makeBench();
  const listener = subscribers.listener(client);
  assertEquals([listener.id, listener.protocol], [7, 3]);
  client.isGone = true;
  assertEquals(listener.protocol, 2);
});

Deno.test("Subscribers listener() hands messages to the engine", () => {
  const { client, pushed, subscribers } = makeBench();
  const message = new Uint8Array(1);
  subscribers.listener(client).receive(message);
  assertEquals(pushed, [message]);
});

Deno.test("Subscribers recipient() finds who may take invalidations", () => {
  const { client, pushed, subscribers } = makeBench();
  const recipient = subscribers.recipient(7);
  assertEquals([recipient?.protocol, recipient?.isSubscribed], [3, false]);
  recipient!.receive(new Uint8Array(1));
  assertEquals(pushed.length, 1);
  subscribers.pubSub.subscribe("channel", subscribers.listener(client), "news");
  assertEquals(subscribers.recipient(7)?.isSubscribed, true);
  client.state = "closing";
  assertEquals([subscribers.recipient(7), subscribers.recipient(8)], [
    undefined,
    undefined,
  ]);
});

Deno.test("Subscribers leave() ends all subscriptions", () => {
  const { client, subscribers } = makeBench();
  const listener = subscribers.listener(client);
  subscribers.pubSub.subscribe("channel", listener, "news");
  assertEquals(subscribers.pubSub.isSubscribed(7), true);
  subscribers.leave(client);
  assertEquals(subscribers.pubSub.isSubscribed(7), false);
});

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import type { Listener } from "../../../src/pubsub/mod.ts";
import { PubSub } from "../../../src/pubsub/pub_sub.ts";
import type { Protocol } from "../../../src/resp/mod.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";

/** A listener that keeps what it receives. */
class Ear implements Listener {
  readonly received: Uint8Array[] = [];
  onMessage: () => void = () => {};
  readonly id: number;
  readonly protocol: Protocol;

  constructor(id: number, protocol: Protocol = 2) {
    this.id = id;
    this.protocol = protocol;
  }

  receive(bytes: Uint8Array): void {
    this.received.push(bytes);
    this.onMessage();
  }

  get text(): string {
    return this.received.map(toLatin1).join("");
  }
}

const hello = fromLatin1("hello");

Deno.test("PubSub publish() reaches channels, then patterns that match", () => {
  const pubSub = new PubSub(10_000);
  const [first, second] = [new Ear(1), new Ear(2, 3)];
  pubSub.subscribe("pattern", first, "n[ea]ws*");
  pubSub.subscribe("channel", first, "news");
  pubSub.subscribe("channel", second, "news");
  pubSub.subscribe("shard-channel", second, "news");
  assertEquals(pubSub.publish("news", hello), 3);
  const body = "$4\r\nnews\r\n$5\r\nhello\r\n";
  assertEquals(
    first.text,
    `*3\r\n$7\r\nmessage\r\n${body}*4\r\n$8\r\npmessage\r\n$8\r\nn[ea]ws*\r\n${body}`,
  );
  assertEquals(second.text, `>3\r\n$7\r\nmessage\r\n${body}`);
  assertEquals(pubSub.publish("News", hello), 0);
  assertEquals(pubSub.publish("", hello), 0);
});

Deno.test("PubSub publishInShard() reaches shard channels alone", () => {
  const pubSub = new PubSub(10_000);
  const ear = new Ear(1);
  pubSub.subscribe("pattern", ear, "*");
  pubSub.subscribe("channel", ear, "news");
  assertEquals(pubSub.publishInShard("news", hello), 0);
  pubSub.subscribe("shard-channel", ear, "news");
  assertEquals(pubSub.publishInShard("news", hello), 1);
  assertEquals(
    ear.text,
    "*3\r\n$8\r\nsmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n",
  );
});

Deno.test("PubSub publish() encodes a message once a protocol", () => {
  const pubSub = new PubSub(10_000);
  const ears = [1, 2, 3, 4].map((id) => new Ear(id, id % 2 === 0 ? 2 : 3));
  for (const ear of ears) pubSub.subscribe("channel", ear, "c");
  pubSub.publish("c", hello);
  const [first, second, third, fourth] = ears.map(({ received }) =>
    received[0]
  );
  assertEquals(first === third && second === fourth, true);
  assertEquals(first === second, false);
});

Deno.test("PubSub counts and lists what is subscribed to", () => {
  const pubSub = new PubSub(10_000);
  const [first, second] = [new Ear(1), new Ear(2)];
  pubSub.subscribe("channel", first, "a");
  pubSub.subscribe("channel", first, "a");
  pubSub.subscribe("channel", second, "a");
  pubSub.subscribe("channel", first, "b");
  pubSub.subscribe("pattern", first, "a");
  assertEquals([...pubSub.topics("channel")], ["a", "b"]);
  assertEquals(pubSub.listenerCount("channel", "a"), 2);
  assertEquals(pubSub.listenerCount("channel", "x"), 0);
  assertEquals([...pubSub.names("channel", 1)], ["a", "b"]);
  pubSub.unsubscribe("channel", 1, "x");
  pubSub.unsubscribe("channel", 9, "a");
  pubSub.unsubscribe("channel", 1, "a");
  assertEquals([...pubSub.names("channel", 1)], ["b"]);
  pubSub.unsubscribe("channel", 1, "b");
  assertEquals(pubSub.isSubscribed(1), true);
  pubSub.unsubscribe("pattern", 1, "a");
  assertEquals([1, 2].map((id) => pubSub.isSubscribed(id)), [false, true]);
  assertEquals(pubSub.topicCount("channel"), 1);
});

Deno.test("PubSub leave() ends all subscriptions, even while a message goes out", () => {
  const pubSub = new PubSub(10_000);
  const ears = [1, 2, 3].map((id) => new Ear(id));
  for (const ear of ears) pubSub.subscribe("channel", ear, "c");
  pubSub.subscribe("pattern", ears[1]!, "*");
  pubSub.subscribe("shard-channel", ears[1]!, "s");
  ears[0]!.onMessage = () => pubSub.leave(2);
  pubSub.publish("c", hello);
  assertEquals(ears.map(({ received }) => received.length), [1, 0, 1]);
  assertEquals(pubSub.isSubscribed(2), false);
  assertEquals(pubSub.topicCount("pattern"), 0);
  assertEquals(pubSub.topicCount("shard-channel"), 0);
  pubSub.leave(2);
});

Deno.test("PubSub hasRoomFor() bounds what subscriptions take", () => {
  const pubSub = new PubSub(1000);
  const ear = new Ear(1);
  assertEquals(pubSub.hasRoomFor(["a", "b", "c", "d"]), true);
  assertEquals(pubSub.hasRoomFor(["a", "b", "c", "d", "e"]), false);
  for (const name of ["a", "b", "c", "d"]) {
    pubSub.subscribe("channel", ear, name);
  }
  assertEquals(pubSub.hasRoomFor(["e"]), false);
  assertThrows(
    () => pubSub.subscribe("channel", ear, "e"),
    AssertionError,
  );
  pubSub.leave(1);
  assertEquals(pubSub.hasRoomFor(["a".repeat(800)]), true);
});

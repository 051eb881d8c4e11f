import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/commands/mod.ts";
import {
  type CoreEvent,
  EVENT_CLASSES,
  EventFeed,
} from "../../../src/core/mod.ts";
import { PubSub } from "../../../src/pubsub/mod.ts";
import { KeyEvents } from "../../../src/workers/key_events.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";

/** Key events with one listener and one client that tracks. */
function makeBench() {
  const masks: number[] = [];
  const feed = new EventFeed(undefined!, {
    eventsNote: (mask) => void masks.push(mask),
    eventsAddress: () => 0,
    eventsBytes: () => 0,
    eventsMissing: () => 0,
    eventsClear: () => {},
  });
  const pubSub = new PubSub(1_000_000);
  const messages: string[] = [];
  const pushes: string[] = [];
  const keyEvents = new KeyEvents(feed, {
    pubSub,
    recipient: (id) => ({
      protocol: 3,
      isSubscribed: false,
      receive: (bytes) => void pushes.push(`${id} ${words(bytes)}`),
    }),
  });
  const listener = {
    id: 1,
    protocol: 2 as const,
    receive: (bytes: Uint8Array) => void messages.push(words(bytes)),
  };
  const track = (id: number, mode: "default" | "bcast") =>
    keyEvents.tracking.enable(id, {
      mode,
      redirect: 0,
      prefixes: [],
      isNoLoop: false,
    });
  return { feed, keyEvents, listener, masks, messages, pubSub, pushes, track };
}

/** The words of a message, without heads. */
function words(bytes: Uint8Array): string {
  return toLatin1(bytes).replaceAll(/[>*$]\d+\r\n/g, "").trim()
    .replaceAll("\r\n", " ");
}

function event(name: string, key: string, database = 0): CoreEvent {
  return { kind: "event", database, name, key: fromLatin1(key) };
}

Deno.test("KeyEvents let the core note what is asked for and heard", () => {
  const { keyEvents, listener, masks, pubSub, track } = makeBench();
  const { change, expired, generic } = EVENT_CLASSES;
  keyEvents.setClasses("gxE");
  assertEquals(masks, []);
  pubSub.subscribe("shard-channel", listener, "any");
  assertEquals(masks, []);
  pubSub.subscribe("pattern", listener, "__key*");
  assertEquals(masks.splice(0), [generic | expired]);
  pubSub.subscribe("channel", listener, "other");
  track(5, "default");
  assertEquals(masks.splice(0), [generic | expired | change]);
  keyEvents.setClasses("gx");
  assertEquals(masks.splice(0), [change]);
  keyEvents.tracking.disable(5);
  assertEquals(masks.splice(0), [0]);
  keyEvents.setClasses("KEA");
  pubSub.leave(1);
  assertEquals(masks.length, 2);
  assertEquals(masks[1], 0);
});

Deno.test("KeyEvents note neither misses nor new keys for A", () => {
  const { feed, keyEvents, listener, pubSub } = makeBench();
  pubSub.subscribe("channel", listener, "any");
  keyEvents.setClasses("AK");
  assertEquals(feed.mask & (EVENT_CLASSES.miss | EVENT_CLASSES.new), 0);
  assertEquals(feed.mask & EVENT_CLASSES.stream, EVENT_CLASSES.stream);
  keyEvents.setClasses("AKmn");
  const rare = EVENT_CLASSES.miss | EVENT_CLASSES.new;
  assertEquals(feed.mask & rare, rare);
});

Deno.test("KeyEvents publish both channels, the key's first, as the letters say", () => {
  const { keyEvents, listener, messages, pubSub } = makeBench();
  pubSub.subscribe("pattern", listener, "__key*");
  for (const letters of ["KEA", "KA", "EA"]) {
    keyEvents.setClasses(letters);
    keyEvents.happened([event("set", "k\xff", 3)], 0);
  }
  const space = "pmessage __key* __keyspace@3__:k\xff set";
  const names = "pmessage __key* __keyevent@3__:set k\xff";
  assertEquals(messages, [space, names, space, names]);
});

Deno.test("KeyEvents tell of reads, changes and emptied databases", async () => {
  const { keyEvents, pushes, track } = makeBench();
  track(5, "default");
  track(6, "bcast");
  const command = COMMANDS.findIndex(({ name }) => name === "mget");
  const read = ["MGET", "a", "b"].map(fromLatin1);
  keyEvents.happened([{ kind: "read", command, words: read }], 5);
  const change = (key: string): CoreEvent => ({
    kind: "change",
    key: fromLatin1(key),
  });
  keyEvents.happened([change("a"), change("c")], 7);
  assertEquals(pushes.splice(0), ["5 invalidate a"]);
  keyEvents.happened([change("d")], 7);
  await Promise.resolve();
  assertEquals(pushes.splice(0), ["6 invalidate a c d"]);
  keyEvents.happened([{ kind: "emptied" }, { kind: "emptied" }], 7);
  assertEquals(pushes, ["5 invalidate _", "6 invalidate _"]);
  await Promise.resolve();
  assertEquals(pushes.length, 2);
});

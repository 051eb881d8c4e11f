import { assertEquals } from "@std/assert";
import type { Protocol } from "../../../src/resp/mod.ts";
import { Tracking, type TrackingOptions } from "../../../src/tracking/mod.ts";
import { toLatin1 } from "../../servers/mod.ts";

/** Clients whose messages the test reads. */
class Bench {
  readonly tracking = new Tracking((id) => this.clients.get(id), 1_000_000);
  readonly clients = new Map<number, FakeRecipient>();

  connect(id: number, protocol: Protocol = 3): FakeRecipient {
    const client = new FakeRecipient(protocol);
    this.clients.set(id, client);
    return client;
  }

  enable(id: number, options: Partial<TrackingOptions> = {}): void {
    this.tracking.enable(id, {
      mode: "default",
      redirect: 0,
      prefixes: [],
      isNoLoop: false,
      ...options,
    });
  }
}

class FakeRecipient {
  isSubscribed = false;
  readonly #received: string[] = [];

  constructor(readonly protocol: Protocol) {}

  receive(bytes: Uint8Array): void {
    this.#received.push(toLatin1(bytes));
  }

  /** Messages since the last call: their words, without heads. */
  take(): string[] {
    return this.#received.splice(0).map((text) =>
      text.replaceAll(/[>*$:]\d+\r\n/g, "").trim().replaceAll("\r\n", " ")
    );
  }
}

Deno.test("Tracking changed() tells who has read the key, once", () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(1), bench.connect(2)];
  bench.enable(1);
  bench.enable(2);
  bench.tracking.remember(1, ["a", "b"]);
  bench.tracking.remember(2, ["a"]);
  bench.tracking.changed("a", 0);
  bench.tracking.changed("a", 0);
  assertEquals([one.take(), two.take()], [["invalidate a"], ["invalidate a"]]);
  assertEquals(bench.tracking.keys.size, 1);
});

Deno.test("Tracking changed() spares a client's own changes with NOLOOP alone", () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(1), bench.connect(2)];
  bench.enable(1, { isNoLoop: true });
  bench.enable(2);
  for (const id of [1, 2]) bench.tracking.remember(id, ["a"]);
  bench.tracking.changed("a", 1);
  assertEquals([one.take(), two.take()], [[], ["invalidate a"]]);
  // It is forgotten all the same, as in Redis.
  bench.tracking.changed("a", 2);
  assertEquals(one.take(), []);
});

Deno.test("Tracking remember() gives up the oldest keys beyond the bound and tells it", () => {
  const bench = new Bench();
  const one = bench.connect(1);
  bench.enable(1);
  bench.tracking.keys.keysMax = 2;
  bench.tracking.remember(1, ["a", "b", "c"]);
  assertEquals(one.take(), ["invalidate a"]);
  bench.tracking.remember(1, ["d"]);
  assertEquals([one.take(), bench.tracking.keys.size], [["invalidate b"], 2]);
});

Deno.test("Tracking emptied() tells every client, whatever it has read", () => {
  const bench = new Bench();
  const [one, two, three] = [1, 2, 3].map((id) => bench.connect(id));
  bench.enable(1);
  bench.enable(2, { mode: "bcast", prefixes: ["x"] });
  bench.tracking.remember(1, ["a"]);
  bench.tracking.emptied();
  assertEquals(
    [one!.take(), two!.take(), three!.take()],
    [["invalidate _"], ["invalidate _"], []],
  );
  assertEquals(bench.tracking.keys.size, 0);
});

Deno.test("Tracking broadcast() sends one message a prefix, without own keys with NOLOOP", () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(1), bench.connect(2)];
  bench.enable(1, { mode: "bcast", prefixes: ["a", "b"], isNoLoop: true });
  bench.enable(2, { mode: "bcast" });
  assertEquals(bench.tracking.changed("a2", 1), true);
  bench.tracking.changed("a1", 2);
  bench.tracking.changed("b", 1);
  assertEquals([one.take(), two.take()], [[], []]);
  bench.tracking.broadcast();
  assertEquals(one.take(), ["invalidate a1"]);
  assertEquals(two.take(), ["invalidate a1 a2 b"]);
  bench.tracking.broadcast();
  assertEquals(two.take(), []);
});

Deno.test("Tracking sends a redirected client's messages to the other one", () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(1), bench.connect(2, 2)];
  bench.enable(1, { redirect: 2 });
  bench.tracking.remember(1, ["a", "b"]);
  bench.tracking.changed("a", 0);
  assertEquals(two.take(), [], "RESP2 has messages only for who listens");
  two.isSubscribed = true;
  bench.tracking.changed("b", 0);
  assertEquals(two.take(), ["message __redis__:invalidate b"]);
  assertEquals(one.take(), []);
});

Deno.test("Tracking tells in RESP3 that the other client is gone", () => {
  const bench = new Bench();
  const one = bench.connect(1);
  bench.enable(1, { redirect: 9 });
  bench.tracking.remember(1, ["a"]);
  assertEquals(bench.tracking.client(1)?.isBroken, false);
  bench.tracking.changed("a", 0);
  assertEquals(one.take(), ["tracking-redir-broken"]);
  assertEquals(bench.tracking.client(1)?.isBroken, true);
  bench.enable(1);
  assertEquals(bench.tracking.client(1)?.isBroken, false);
});

Deno.test("Tracking has nothing for RESP2 without a redirection", () => {
  const bench = new Bench();
  const one = bench.connect(1, 2);
  one.isSubscribed = true;
  bench.enable(1);
  bench.tracking.remember(1, ["a"]);
  bench.tracking.changed("a", 0);
  assertEquals(one.take(), []);
});

Deno.test("Tracking disable() ends messages, and with the last client the table", () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(1), bench.connect(2)];
  let changes = 0;
  bench.tracking.onClients = () => changes++;
  bench.enable(1);
  bench.enable(2, { mode: "bcast", prefixes: ["p"] });
  bench.tracking.remember(1, ["a"]);
  bench.tracking.disable(1);
  bench.tracking.disable(1);
  bench.tracking.changed("a", 0);
  assertEquals([one.take(), bench.tracking.clientCount], [[], 1]);
  bench.tracking.changed("p1", 0);
  bench.tracking.disable(2);
  bench.tracking.broadcast();
  assertEquals(two.take(), []);
  assertEquals([bench.tracking.prefixCount, changes], [0, 2]);
});

Deno.test("Tracking remember() keeps nothing for who does not track", () => {
  const bench = new Bench();
  bench.tracking.remember(1, ["a"]);
  assertEquals(bench.tracking.keys.size, 0);
});

Deno.test("Tracking enable() adds prefixes to those of before", () => {
  const bench = new Bench();
  bench.connect(1);
  bench.enable(1, { mode: "bcast", prefixes: ["b"] });
  bench.enable(1, { mode: "bcast", prefixes: ["a"] });
  assertEquals(bench.tracking.client(1)?.prefixes, ["a", "b"]);
  assertEquals(bench.tracking.prefixCount, 2);
});

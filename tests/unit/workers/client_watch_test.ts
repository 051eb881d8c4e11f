import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import { ParameterStore } from "../../../src/config/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { ClientWatch } from "../../../src/workers/client_watch.ts";

function makeBench() {
  const clock = new ManualClock();
  const port = { backlogBytes: 0, aborts: 0, abort: () => port.aborts++ };
  const client = {
    id: 7,
    session: 1,
    state: "reading",
    usedMs: clock.wallMs(),
    isNoEvict: false,
    port,
  } as unknown as Client;
  const facts = { isSubscribed: false };
  const engine = {
    clients: new Map([[7, client]]),
    core: {
      inputBytes: () => 10,
      transactionBytes: () => 0,
      flags: () => 0,
      setFlags: () => {},
      controls: { setMonitored: () => {} },
    },
  };
  const watch = new ClientWatch(
    clock,
    new Logger("test", "warning", () => {}),
    {
      engine: () => engine as never,
      isSubscribed: () => facts.isSubscribed,
    },
  );
  const parameters = new ParameterStore();
  watch.bind(parameters);
  const set = (name: string, value: string) =>
    assertEquals(parameters.set([[name, value]]), undefined);
  return { client, clock, facts, port, set, watch };
}

Deno.test("ClientWatch bind() follows timeout", () => {
  const { client, clock, port, set, watch } = makeBench();
  clock.advance(1e6);
  watch.tick();
  assertEquals(port.aborts, 0);
  set("timeout", "10");
  watch.monitors.add(client);
  watch.tick();
  assertEquals(port.aborts, 0);
  watch.monitors.remove(client);
  clock.advance(1000);
  watch.tick();
  assertEquals(port.aborts, 1);
});

Deno.test("ClientWatch bind() follows the limits of unread bytes by class", () => {
  const { client, facts, port, set, watch } = makeBench();
  set("client-output-buffer-limit", "normal 100kb 0 0 pubsub 200kb 0 0");
  port.backlogBytes = 150 * 1024;
  assertEquals(watch.unread.leastBytes, 100 * 1024);
  facts.isSubscribed = true;
  watch.unread.check(client);
  assertEquals(port.aborts, 0);
  facts.isSubscribed = false;
  watch.unread.check(client);
  assertEquals([port.aborts, watch.closed.output], [1, 1]);
});

Deno.test("ClientWatch keeps a bound for who watches, whatever its class allows", () => {
  const { client, port, watch } = makeBench();
  port.backlogBytes = 64 * 2 ** 20;
  watch.unread.check(client);
  assertEquals(port.aborts, 0);
  watch.monitors.add(client);
  watch.unread.check(client);
  assertEquals(port.aborts, 1);
  watch.leave(client);
  assertEquals(watch.monitors.has(client), false);
});

Deno.test("ClientWatch bind() follows maxmemory-clients and its share of maxmemory", () => {
  const { port, set, watch } = makeBench();
  port.backlogBytes = 1_000_000;
  set("maxmemory-clients", "1%");
  watch.tick();
  assertEquals(port.aborts, 0);
  set("maxmemory", "50000000");
  watch.tick();
  assertEquals([port.aborts, watch.closed.memory], [1, 1]);
  watch.reset();
  assertEquals(watch.closed, { output: 0, memory: 0 });
});

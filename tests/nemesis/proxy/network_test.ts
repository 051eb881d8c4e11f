import { assert, assertEquals } from "@std/assert";
import { sleep } from "../../servers/mod.ts";
import { EchoClient, EchoServer } from "./echo_server.ts";
import { Network } from "./network.ts";

/** Long enough for what is not held to arrive. */
const HELD_MS = 100;
const WAIT_MS_MAX = 10_000;

/** Waits until something is so; a test fails that waits in vain. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  const untilMs = performance.now() + WAIT_MS_MAX;
  while (!isSo()) {
    assert(performance.now() < untilMs, what);
    await sleep(1);
  }
}

/** Runs `body` with a network of two nodes that echo, and a client of node 1 at node 0. */
async function withNetwork(
  body: (network: Network, client: EchoClient) => Promise<void>,
): Promise<void> {
  await using server = new EchoServer();
  await using network = new Network(() => server.port, () => 0.5);
  network.add(0);
  network.add(1);
  await using client = await EchoClient.connect(network.port(0, 1));
  await client.send("hello");
  await until(() => client.text === "hello", "the first bytes arrive");
  await body(network, client);
}

Deno.test("Network carries bytes both ways and counts them", () =>
  withNetwork((network) => {
    assertEquals(network.figures, { connections: 1, bytes: 10 });
    return Promise.resolve();
  }));

for (const [from, to] of [[0, 1], [1, 0]] as const) {
  Deno.test(`Network.hold() holds bytes from ${from} to ${to}; heal() lets them arrive`, () =>
    withNetwork(async (network, client) => {
      network.hold(from, to);
      await client.send(" again");
      const bytes = 10 + (from === 0 ? 0 : " again".length);
      await until(() => network.figures.bytes === bytes, "others go on");
      await sleep(HELD_MS);
      assertEquals(client.text, "hello");
      assertEquals(network.figures.bytes, bytes);
      network.heal(false);
      await until(() => client.text === "hello again", "held bytes arrive");
    }));
}

Deno.test("Network.heal() loses held bytes with their connections", () =>
  withNetwork(async (network, client) => {
    network.part(0, 1);
    await client.send(" again");
    await sleep(HELD_MS);
    assert(!client.isClosed, "nobody is told of a partition");
    network.heal(true);
    await until(() => client.isClosed, "the connection is closed");
    assertEquals(client.text, "hello");
    await using other = await EchoClient.connect(network.port(0, 1));
    await other.send("new");
    await until(() => other.text === "new", "new connections are carried");
  }));

Deno.test("Network lets connections wait while it holds one of their directions", () =>
  withNetwork(async (network) => {
    network.hold(1, 0);
    await using other = await EchoClient.connect(network.port(0, 1));
    await other.send("late");
    await sleep(HELD_MS);
    assertEquals(network.figures.bytes, 10, "not even the request arrives");
    network.heal(false);
    await until(() => other.text === "late", "the connection comes about");
  }));

Deno.test("Network.cut() closes connections and refuses new ones", () =>
  withNetwork(async (network, client) => {
    network.cut(0, 1);
    await until(() => client.isClosed, "the connection is closed");
    await using refused = await EchoClient.connect(network.port(0, 1));
    await until(() => refused.isClosed, "a new one is closed too");
    network.heal(false);
    await using other = await EchoClient.connect(network.port(0, 1));
    await other.send("new");
    await until(() => other.text === "new", "new connections are carried");
  }));

Deno.test("Network.reset() closes connections, and takes new ones", () =>
  withNetwork(async (network, client) => {
    network.reset(0, 1);
    await until(() => client.isClosed, "the connection is closed");
    await using other = await EchoClient.connect(network.port(0, 1));
    await other.send("new");
    await until(() => other.text === "new", "new connections are carried");
  }));

Deno.test("Network.slow() delays bytes and keeps their order", () =>
  withNetwork(async (network, client) => {
    network.slow(0, 1, 60, 40);
    const beganMs = performance.now();
    let wanted = "hello";
    for (let at = 0; at < 10; at++) {
      await client.send(` ${at}`);
      wanted += ` ${at}`;
      await sleep(1);
    }
    await until(() => client.text === wanted, "all arrives in order");
    assert(performance.now() - beganMs >= 80, "bytes took their time");
  }));

Deno.test("Network reads no more from a sender than it has room for", () =>
  withNetwork(async (network, client) => {
    network.slow(0, 1, 2_000, 0);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 64; sent++) await client.send("x".repeat(1024 * 1024));
    })();
    await sleep(HELD_MS * 5);
    assert(sent < 64, `a sender of 64 MiB waits, it sent ${sent} MiB`);
    network.reset(0, 1);
    await sending.catch(() => {});
  }));

Deno.test("Network closes while it holds bytes", () =>
  withNetwork(async (network, client) => {
    network.part(0, 1);
    await client.send(" again");
  }));

Deno.test("Network lists each pair of nodes once", async () => {
  await using network = new Network(() => 0, () => 0);
  for (const node of [0, 1, 5]) network.add(node);
  assertEquals(network.pairs(), [[0, 1], [0, 5], [1, 5]]);
});

Deno.test("Network has one port for all who dial a node that joined", () =>
  withNetwork(async (network) => {
    network.add(2, true);
    assertEquals(network.port(0, 2), network.sharedPort(2));
    assertEquals(network.port(1, 2), network.sharedPort(2));
    assert(network.port(2, 0) !== network.port(1, 0), "others keep theirs");
    await using client = await EchoClient.connect(network.sharedPort(2));
    network.hold(0, 2);
    await client.send("late");
    await sleep(HELD_MS);
    assertEquals(client.text, "");
    network.heal(false);
    await until(() => client.text === "late", "held bytes arrive");
  }));

Deno.test("Network.remove() closes what leads to a node, and counts it on", () =>
  withNetwork(async (network, client) => {
    const { bytes } = network.figures;
    await network.remove(1);
    await until(() => client.isClosed, "the connection is closed");
    assertEquals(network.nodes, [0]);
    assertEquals(network.figures, { connections: 1, bytes });
  }));

import { assertEquals, assertThrows } from "@std/assert";
import { ListenError } from "../../../src/base/mod.ts";
import { TURN_AWAY_MS_MAX } from "../../../src/config/mod.ts";
import {
  ClientListener,
  type ListenerOptions,
  type PortAddress,
} from "../../../src/net/mod.ts";
import { FakeEngine, FakePort, FakeSocket } from "./fakes.ts";

const ADDRESS: PortAddress = { hostname: "127.0.0.1", port: 0 };

function listen(options: Partial<ListenerOptions> = {}) {
  const engine = new FakeEngine();
  const port = new FakePort();
  const listener = new ClientListener(engine, {
    ports: [ADDRESS],
    connectionsMax: () => 2,
    isOpen: () => true,
    refusal: () => undefined,
    keepsAlive: () => false,
    ...options,
  }, () => port);
  const running = listener.run();
  return { engine, port, listener, running };
}

Deno.test("ClientListener binds all ports at once, or none", async () => {
  const bound: PortAddress[] = [];
  const ports = [new FakePort(), new FakePort()];
  const options = {
    ports: [ADDRESS, { ...ADDRESS, port: 6380 }, { ...ADDRESS, port: 1 }],
    connectionsMax: () => 2,
    isOpen: () => true,
    refusal: () => undefined,
    keepsAlive: () => false,
  };
  const listen = (address: PortAddress) => {
    bound.push(address);
    const port = ports[bound.length - 1];
    if (port === undefined) throw new Error("Permission denied");
    return port;
  };
  const refused = "Cannot listen on 127.0.0.1:1: Permission denied";
  const build = () => new ClientListener(new FakeEngine(), options, listen);
  assertThrows(build, ListenError, refused);
  assertEquals(ports.map(({ isClosed }) => isClosed), [true, true]);
  assertEquals(bound, options.ports);
  ports.push(...[1, 2, 3].map(() => new FakePort()));
  bound.length = 2;
  const listener = build();
  assertEquals(listener.ports, [4711, 4711, 4711]);
  const running = listener.run();
  const [, , first, second] = ports;
  await first!.arrive(new FakeSocket());
  await second!.arrive(new FakeSocket());
  assertEquals(listener.counts.open, 2, "one bound for all ports");
  listener.close();
  await running;
});

Deno.test("ClientListener opens connections without delay of small writes", async () => {
  const { engine, port, listener } = listen();
  const socket = new FakeSocket();
  await port.arrive(socket);
  assertEquals([socket.isNoDelay, socket.isReading], [true, true]);
  assertEquals(engine.connected.length, 1);
  const { open, accepted, rejected } = listener.counts;
  assertEquals([open, accepted, rejected.size], [1, 1, 0]);
});

Deno.test("ClientListener asks for each client whether it needs a password", async () => {
  let isOpen = true;
  const { engine, port } = listen({ isOpen: () => isOpen });
  await port.arrive(new FakeSocket());
  isOpen = false;
  await port.arrive(new FakeSocket());
  assertEquals(engine.connected.map(([, , open]) => open), [true, false]);
});

Deno.test("ClientListener refuses clients beyond the bound, and takes them again", async () => {
  const { engine, port, listener } = listen();
  const first = new FakeSocket();
  await port.arrive(first);
  await port.arrive(new FakeSocket());
  const third = new FakeSocket();
  await port.arrive(third);
  await third.take();
  assertEquals(third.written, "-ERR max number of clients reached\r\n");
  assertEquals([third.isClosed, engine.connected.length], [true, 2]);
  assertEquals([...listener.counts.rejected], [["maxclients", 1]]);
  await first.receiveEnd();
  assertEquals(listener.counts.open, 1);
  const fourth = new FakeSocket();
  await port.arrive(fourth);
  assertEquals([fourth.isReading, listener.counts.accepted], [true, 3]);
});

Deno.test("ClientListener looks the bound up for each client", async () => {
  let most = 1;
  const { port, listener } = listen({ connectionsMax: () => most });
  await port.arrive(new FakeSocket());
  await port.arrive(new FakeSocket());
  most = 2;
  await port.arrive(new FakeSocket());
  assertEquals([listener.counts.open, listener.counts.accepted], [2, 2]);
});

Deno.test("ClientListener has the system look after silent peers if it is to", async () => {
  let keepsAlive = false;
  const { port } = listen({ keepsAlive: () => keepsAlive });
  const [before, after] = [new FakeSocket(), new FakeSocket()];
  await port.arrive(before);
  keepsAlive = true;
  await port.arrive(after);
  assertEquals([before.isKeptAlive, after.isKeptAlive], [false, true]);
});

Deno.test("ClientListener refuses peers by their address, before all else", async () => {
  const asked: string[] = [];
  const { engine, port, listener } = listen({
    connectionsMax: () => 0,
    refusal: (hostname) => {
      asked.push(hostname);
      return hostname === "10.0.0.9" ? "-DENIED no\r\n" : undefined;
    },
  });
  const stranger = new FakeSocket("10.0.0.9");
  await port.arrive(stranger);
  await stranger.take();
  await port.arrive(new FakeSocket("127.0.0.1"));
  assertEquals(asked, ["10.0.0.9", "127.0.0.1"]);
  assertEquals([stranger.written, stranger.isClosed], ["-DENIED no\r\n", true]);
  assertEquals(engine.connected.length, 0);
  assertEquals([...listener.counts.rejected], [
    ["protected-mode", 1],
    ["maxclients", 1],
  ]);
});

Deno.test("ClientListener closes a refused peer that does not wait for the reason", async () => {
  const { port } = listen({ connectionsMax: () => 0 });
  const socket = new FakeSocket();
  await port.arrive(socket);
  await socket.failWrite();
  assertEquals(socket.isClosed, true);
});

Deno.test("ClientListener refuses clients when the core's memory is full", async () => {
  const { engine, port, listener } = listen();
  engine.hasMemory = false;
  const socket = new FakeSocket();
  await port.arrive(socket);
  await socket.take();
  assertEquals(socket.written, "-ERR out of memory\r\n");
  assertEquals([socket.isClosed, listener.counts.open], [true, 0]);
  assertEquals([...listener.counts.rejected], [["memory", 1]]);
});

Deno.test("ClientListener.close() ends run() and leaves connections open", async () => {
  const { port, listener, running } = listen();
  const socket = new FakeSocket();
  await port.arrive(socket);
  listener.close();
  await running;
  assertEquals([socket.isClosed, listener.counts.open], [false, 1]);
  assertEquals(listener.counts.rejected.size, 0, "the end is no failure");
});

Deno.test("ClientListener serves real sockets, and reports a port in use", async () => {
  const engine = new FakeEngine();
  const options: ListenerOptions = {
    ports: [ADDRESS],
    connectionsMax: () => 10,
    isOpen: () => true,
    refusal: () => undefined,
    keepsAlive: () => false,
  };
  const listener = new ClientListener(engine, options);
  const running = listener.run();
  engine.onReceived = (port) =>
    port.send(new TextEncoder().encode("+PONG\r\n"));
  const [port] = listener.ports;
  const taken = { ...ADDRESS, port: port! };
  assertThrows(
    () => new ClientListener(engine, { ...options, ports: [taken] }),
    ListenError,
    `Cannot listen on 127.0.0.1:${port}`,
  );
  const client = await Deno.connect({ hostname: "127.0.0.1", port: port! });
  await client.write(new TextEncoder().encode("PING\r\n"));
  await client.closeWrite();
  const replies = await new Response(client.readable).text();
  assertEquals([engine.text, replies], ["PING\r\n", "+PONG\r\n"]);
  assertEquals([engine.gone.length, listener.counts.open], [1, 0]);
  listener.close();
  await running;
});

Deno.test("ClientListener waits a while for a refused peer, then closes it", async () => {
  const { port } = listen({ connectionsMax: () => 0 });
  const socket = new FakeSocket();
  await port.arrive(socket);
  assertEquals(socket.isClosed, false);
  await new Promise((resolve) => setTimeout(resolve, TURN_AWAY_MS_MAX + 50));
  assertEquals(socket.isClosed, true);
});

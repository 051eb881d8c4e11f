import { assert, assertEquals, assertThrows } from "@std/assert";
import { ACCEPT_QUEUE_MAX } from "../../../src/config/mod.ts";
import {
  type AcceptedSocket,
  ClientListener,
  type ClientPortBinding,
  type ListenerOptions,
} from "../../../src/net/mod.ts";
import { FakeEngine, FakeSocket, settle } from "./fakes.ts";

/** A port whose clients come when the test says so. */
class FakePort implements ClientPortBinding {
  readonly addr: Deno.Addr = {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 4711,
  };
  accepts = 0;
  #accepting: PromiseWithResolvers<AcceptedSocket> | undefined;

  accept(): Promise<AcceptedSocket> {
    this.accepts++;
    this.#accepting = Promise.withResolvers();
    return this.#accepting.promise;
  }

  close(): void {
    this.#accepting?.reject(new Deno.errors.BadResource("Listener closed"));
  }

  async arrive(socket: AcceptedSocket): Promise<void> {
    this.#accepting!.resolve(socket);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    const { accepts } = this;
    this.#accepting!.reject(error);
    while (this.accepts === accepts) await settle();
  }
}

function listen(options: Partial<ListenerOptions> = {}) {
  const engine = new FakeEngine();
  const port = new FakePort();
  const bound: Deno.TcpListenOptions[] = [];
  const listener = new ClientListener(engine, {
    hostname: "127.0.0.1",
    port: 0,
    connectionsMax: () => 2,
    isOpen: () => true,
    refusal: () => undefined,
    ...options,
  }, (wanted) => {
    bound.push(wanted);
    return port;
  });
  const running = listener.run();
  return { engine, port, listener, running, bound };
}

Deno.test("ClientListener binds at once, with room for clients to queue", () => {
  const { bound, listener } = listen({ hostname: "::1", port: 7000 });
  assertEquals(bound, [
    { hostname: "::1", port: 7000, tcpBacklog: ACCEPT_QUEUE_MAX },
  ]);
  assertEquals(listener.port, 4711);
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

Deno.test("ClientListener goes on after accepts that fail, and counts them", async () => {
  const { port, listener } = listen();
  await port.arrive(new FakeSocket());
  const error = new Deno.errors.ConnectionAborted("gone");
  for (let failure = 0; failure < 3; failure++) await port.fail(error);
  await port.fail(new Error("Too many open files"));
  await port.arrive(new FakeSocket());
  assertEquals([listener.counts.open, listener.counts.accepted], [2, 2]);
  assertEquals([...listener.counts.rejected], [
    ["ConnectionAborted", 3],
    ["Error", 1],
  ]);
});

Deno.test("ClientListener accepts less and less often while accepts fail", async () => {
  const { port } = listen();
  await port.fail(new Error("Too many open files"));
  // Four more in a row: 1, 3, 7 and 15 ms lie between them. A slow machine takes longer.
  const startMs = performance.now();
  for (let failure = 0; failure < 4; failure++) {
    await port.fail(new Error("Too many open files"));
  }
  assert(performance.now() - startMs >= 20, "failures in a row are slowed");
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
    hostname: "127.0.0.1",
    port: 0,
    connectionsMax: () => 10,
    isOpen: () => true,
    refusal: () => undefined,
  };
  const listener = new ClientListener(engine, options);
  const running = listener.run();
  engine.onReceived = (port) =>
    port.send(new TextEncoder().encode("+PONG\r\n"));
  const { port } = listener;
  assertThrows(
    () => new ClientListener(engine, { ...options, port }),
    Deno.errors.AddrInUse,
  );
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(new TextEncoder().encode("PING\r\n"));
  await client.closeWrite();
  const replies = await new Response(client.readable).text();
  assertEquals([engine.text, replies], ["PING\r\n", "+PONG\r\n"]);
  assertEquals([engine.gone.length, listener.counts.open], [1, 0]);
  listener.close();
  await running;
});

import { assert, assertEquals } from "@std/assert";
import {
  systemAfter,
  systemClock,
  systemRandom,
} from "../../../src/base/mod.ts";
import { laneOf, type PlainLane } from "../../../src/raft/mod.ts";
import {
  type Lane,
  makeProver,
  type Network,
  systemNetwork,
  Transport,
} from "../../../src/transport/mod.ts";

import { wordMessage, wordOf } from "./words.ts";
import { LaneProxy } from "./lane_proxy.ts";
import { MemoryShelf, MemorySource, outgoing, patternOf } from "./snapshots.ts";

interface LoopbackNode {
  readonly transport: Transport;
  readonly node: number;
  readonly arrivals: [number, Lane, string][];
  readonly logged: string[];
  readonly shelf: MemoryShelf;
}

const HOST = "127.0.0.1";

async function start(
  node: number,
  network: Network,
  { secret = "a shared secret", hostname = HOST, port = 0 } = {},
): Promise<LoopbackNode> {
  const arrivals: [number, Lane, string][] = [];
  const logged: string[] = [];
  const shelf = new MemoryShelf();
  const transport = new Transport({
    own: { node, cluster: "loopback", instance: `directory of ${node}` },
    network,
    prover: makeProver(new TextEncoder().encode(secret)),
    after: systemAfter,
    clock: systemClock,
    random: systemRandom,
    log: (_level, line) => logged.push(line),
    snapshotBytesPerSecond: 2 ** 40,
  }, {
    receive: (message) =>
      arrivals.push([message.from, laneOf(message), wordOf(message)]),
    unreachable: () => {},
    openSnapshot: shelf.openSink,
  });
  await transport.listen({ hostname, port });
  return { node, transport, arrivals, logged, shelf };
}

/** Sends `words` from `one` to node `to` on `lane`, at once. */
function say(
  { node, transport }: LoopbackNode,
  to: number,
  lane: PlainLane,
  ...words: string[]
): void {
  transport.send(words.map((word) => wordMessage([node, to], lane, word)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `isSo`; a test that waits for ever is ended by its runner. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(1);
}

function introduce(...nodes: LoopbackNode[]): Promise<void> {
  nodes.forEach(({ transport }, at) => {
    nodes.forEach((other, to) => {
      if (at === to) return;
      const { port } = other.transport;
      transport.addPeer(to + 1, { hostname: HOST, port });
    });
  });
  return until(() =>
    nodes.every(({ transport }, at) =>
      nodes.every((_, to) => at === to || transport.isConnected(to + 1))
    )
  );
}

/** Closes all, and waits until the system has taken note. */
async function close(...nodes: LoopbackNode[]): Promise<void> {
  for (const { transport } of nodes) transport.close();
  await pause(20);
}

/** A word of a length that tells its number. */
function longWord(length: number, number: number): string {
  return `${number} `.padEnd(length, "x");
}

Deno.test("three nodes on sockets of the system hear each other in order", async () => {
  const network = systemNetwork();
  const nodes = [
    await start(1, network),
    await start(2, network),
    await start(3, network),
  ];
  await introduce(...nodes);
  const rounds = Array.from({ length: 300 }, (_, round) => round);
  const heavy = (round: number) =>
    longWord(round % 50 === 0 ? 300_000 : round, round);
  for (const round of rounds) {
    for (const one of nodes) {
      for (const to of [1, 2, 3].filter((id) => id !== one.node)) {
        say(one, to, "append", heavy(round));
        say(one, to, "control", `${round}`);
      }
    }
    if (round % 20 === 0) await pause(0);
  }
  await until(() => nodes.every(({ arrivals }) => arrivals.length === 1200));
  for (const { node, arrivals } of nodes) {
    for (const from of [1, 2, 3].filter((id) => id !== node)) {
      const words = (lane: Lane) =>
        arrivals.filter((one) => one[0] === from && one[1] === lane)
          .map(([, , word]) => word);
      assertEquals(words("append"), rounds.map(heavy));
      assertEquals(words("control"), rounds.map(String));
    }
  }
  await close(...nodes);
});

Deno.test("a node that comes back is reached again", async () => {
  const network = systemNetwork();
  const one = await start(1, network);
  const two = await start(2, network);
  await introduce(one, two);
  const { port } = two.transport;
  await close(two);
  await until(() => !one.transport.isConnected(2));
  const back = await start(2, network, { port });
  await until(() => one.transport.isConnected(2));
  say(one, 2, "control", "5");
  await until(() => back.arrivals.length === 1);
  assertEquals(back.arrivals, [[1, "control", "5"]]);
  await close(one, back);
});

Deno.test("a snapshot crosses sockets of the system whole", async () => {
  const network = systemNetwork();
  const one = await start(1, network);
  const two = await start(2, network);
  await introduce(one, two);
  const content = patternOf(5_000_000);
  const { promise, resolve } = Promise.withResolvers<string>();
  const snapshot = outgoing("a", new MemorySource(content));
  one.transport.sendSnapshot(snapshot, resolve);
  assertEquals(await promise, "taken");
  assertEquals(two.shelf.kept.get("a"), content);
  await close(one, two);
});

Deno.test("lanes that nobody reads hold up no other lane and no other peer", async () => {
  const network = systemNetwork();
  const [one, two, three] = [
    await start(1, network),
    await start(2, network),
    await start(3, network),
  ];
  const proxy = new LaneProxy(two.transport.port, ["append", "snapshot"]);
  one.transport.addPeer(2, { hostname: HOST, port: proxy.port });
  one.transport.addPeer(3, { hostname: HOST, port: three.transport.port });
  await until(() =>
    one.transport.isConnected(2) && one.transport.isConnected(3)
  );
  const source = new MemorySource(patternOf(20_000_000));
  let fate = "on its way";
  one.transport.sendSnapshot(outgoing("a", source), (end) => fate = end);
  const heavy = longWord(100_000, 1);
  const { append, control } = one.transport.counts.peers.get(2)!;
  // The system's own buffers are full when the lane's queue is.
  while (append.dropped.full + append.dropped.bytes === 0) {
    say(one, 2, "append", heavy, heavy, heavy);
    await pause(0);
  }
  for (let beat = 0; beat < 200; beat++) {
    say(one, 2, "control", `${beat}`);
    say(one, 3, "append", heavy, `${beat}`);
    await until(() =>
      two.arrivals.length === beat + 1 &&
      three.arrivals.length === 2 * beat + 2
    );
  }
  assertEquals(
    two.arrivals.map(([, lane]) => lane),
    new Array(200).fill("control"),
  );
  assertEquals(control.dropped, {
    full: 0,
    bytes: 0,
    unreachable: 0,
    removed: 0,
  });
  assertEquals(fate, "on its way");
  await close(one, two, three);
  proxy.close();
  assertEquals(fate, "removed");
});

Deno.test("a node that does not know the secret is refused", async () => {
  const network = systemNetwork();
  const one = await start(1, network);
  const two = await start(2, network, { secret: "" });
  one.transport.addPeer(2, { hostname: HOST, port: two.transport.port });
  await until(() => (two.transport.counts.refused.get("proof") ?? 0) > 3);
  assert(!one.transport.isConnected(2));
  await until(() => one.logged.some((line) => line.includes('"proof"')));
  await close(one, two);
});

Deno.test("listen() tells when a port cannot be had", async () => {
  const network = systemNetwork();
  const one = await start(1, network);
  const { port } = one.transport;
  const cause = await start(2, network, { port }).catch((error) => error);
  assertEquals(cause.name, "ListenError");
  await close(one);
});

// -- TLS --

function readPem(name: string): string {
  const url = new URL(`certificates/${name}.pem`, import.meta.url);
  return Deno.readTextFileSync(url);
}

const MEMBER = {
  cert: readPem("cert"),
  key: readPem("key"),
  ca: readPem("ca"),
};
const STRANGER = {
  cert: readPem("stranger_cert"),
  key: readPem("stranger_key"),
  ca: readPem("ca"),
};

Deno.test("two nodes with certificates of one authority hear each other", async () => {
  const network = systemNetwork(MEMBER);
  const one = await start(1, network);
  const two = await start(2, network);
  await introduce(one, two);
  for (let at = 0; at < 50; at++) {
    say(one, 2, "append", longWord(10_000 * at, at));
  }
  await until(() => two.arrivals.length === 50);
  two.arrivals.forEach(([, , word], at) => {
    assertEquals(word, longWord(10_000 * at, at));
  });
  await close(one, two);
});

for (
  const [who, certificates] of [
    ["a certificate of another authority", STRANGER],
    ["no TLS", undefined],
  ] as const
) {
  Deno.test(`a node with ${who} gets no handshake`, async () => {
    const one = await start(1, systemNetwork(MEMBER));
    const two = await start(2, systemNetwork(certificates));
    two.transport.addPeer(1, { hostname: HOST, port: one.transport.port });
    await until(() =>
      (one.transport.counts.refused.get("certificate") ?? 0) > 3
    );
    assert(!two.transport.isConnected(1));
    assertEquals(one.transport.counts.accepted, 0);
    assert(one.logged.some((line) => line.includes("(certificate)")));
    await until(() => two.transport.counts.peers.get(1)!.control.failures > 0);
    await close(one, two);
  });
}

Deno.test("a node does not speak to one without a certificate of its authority", async () => {
  const one = await start(1, systemNetwork(MEMBER));
  const two = await start(2, systemNetwork(STRANGER));
  one.transport.addPeer(2, { hostname: HOST, port: two.transport.port });
  const { control } = one.transport.counts.peers.get(2)!;
  await until(() => control.failures > 3);
  assertEquals([control.connects, two.transport.counts.accepted], [0, 0]);
  await close(one, two);
});

Deno.test("dial() ends a connection whose other side says nothing when it is given up", async () => {
  for (const certificates of [MEMBER, undefined]) {
    using silent = Deno.listen({ hostname: HOST, port: 0 });
    const { port } = silent.addr as Deno.NetAddr;
    const giveUp = systemNetwork(certificates).dial({ hostname: HOST, port }, {
      connected: (wire) => {
        assertEquals(certificates, undefined);
        wire.close();
      },
      failed: (reason) => {
        throw new Error(`it was given up, and has failed: ${reason}`);
      },
    });
    using socket = await silent.accept();
    const buffer = new Uint8Array(1000);
    if (certificates !== undefined) await socket.read(buffer);
    giveUp();
    const left = await socket.read(buffer).catch(() => null);
    assertEquals(left, null);
  }
});

Deno.test("a node does not speak to one whose certificate names another host", async () => {
  const one = await start(1, systemNetwork(MEMBER));
  // An address that the certificate does not name.
  const hostname = "127.0.0.2";
  const two = await start(2, systemNetwork(MEMBER), { hostname });
  one.transport.addPeer(2, { hostname, port: two.transport.port });
  const { control } = one.transport.counts.peers.get(2)!;
  await until(() => control.failures > 3);
  assertEquals([control.connects, two.transport.counts.accepted], [0, 0]);
  await close(one, two);
});

Deno.test("dial() has failed when the other side ends the connection within the handshake", async () => {
  using rude = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = rude.addr as Deno.NetAddr;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  systemNetwork(MEMBER).dial({ hostname: HOST, port }, {
    connected: () => reject(new Error("it was no handshake")),
    failed: resolve,
  });
  const socket = await rude.accept();
  await socket.read(new Uint8Array(1000));
  socket.close();
  assert((await promise).length > 0);
});

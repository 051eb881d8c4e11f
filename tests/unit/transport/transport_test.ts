import { assert, assertEquals, assertMatch } from "@std/assert";
import { APPEND_LANE_MESSAGES_MAX } from "../../../src/config/mod.ts";
import { NO_PORTS } from "../../../src/transport/mod.ts";
import { printedSeed } from "../seed.ts";
import { connect, hostOf, say, TestNodes } from "./nodes.ts";

const SEED = 1;

function connectionsOf(nodes: TestNodes): number {
  return nodes.network.connections;
}

Deno.test("send() brings messages to the peer in the order of each lane", async () => {
  const nodes = new TestNodes(SEED);
  const [one, two, three] = await nodes.startAll(3);
  assertEquals(connectionsOf(nodes), 3 * 2 * 4);
  const wanted: string[] = [];
  for (let at = 0; at < 200; at++) {
    say(one!, 2, "append", `a${at}`, "x".repeat(at * 9));
    wanted.push(`a${at}`, "x".repeat(at * 9));
  }
  say(one!, 2, "control", "7");
  say(one!, 3, "other", "else");
  await nodes.time.run(100);
  const appended = two!.arrivals.filter(({ lane }) => lane === "append");
  assertEquals(appended.map(({ word }) => word), wanted);
  assertEquals(
    two!.arrivals.filter(({ lane }) => lane === "control"),
    [{ from: 1, lane: "control", word: "7" }],
  );
  assertEquals(three!.arrivals, [{ from: 1, lane: "other", word: "else" }]);
  const counts = one!.transport.counts.peers.get(2)!.append;
  const received = two!.transport.counts.peers.get(1)!.append;
  assertEquals([counts.sent, received.received], [400, 400]);
  assertEquals(counts.sentBytes, received.receivedBytes);
});

Deno.test("a peer that dials says where it is and what its other ports are, each time once", async () => {
  const nodes = new TestNodes(SEED);
  const ports = { clientPort: 6379, tlsPort: 6380, forwardPort: 40_001 };
  const one = await nodes.start(1);
  const two = await nodes.start(2, { ports, address: "host2:7000" });
  connect(one.transport, 2);
  connect(two.transport, 1);
  await nodes.time.run(500);
  assertEquals(one.announced, [[2, ports, "host2:7000"]]);
  assertEquals(two.announced, [[1, NO_PORTS, ""]]);
  nodes.network.break(hostOf(1), hostOf(2));
  await nodes.time.run(5_000);
  assertEquals(one.announced.length, 2);
});

Deno.test("send() drops and counts what a lane has no room for", async () => {
  const nodes = new TestNodes(SEED);
  const [one, two] = await nodes.startAll(2);
  nodes.network.cut(hostOf(1), hostOf(2));
  const many = new Array(3000).fill("x".repeat(100));
  say(one!, 2, "append", ...many);
  say(one!, 2, "control", "7");
  const { append, control } = one!.transport.counts.peers.get(2)!;
  assertEquals(append.dropped.full, 3000 - APPEND_LANE_MESSAGES_MAX);
  assert(append.sent < APPEND_LANE_MESSAGES_MAX, "most of them wait");
  assertEquals(control.dropped.full, 0);
  assertEquals(one!.unreachable, [], "nothing is told within the call");
  nodes.network.heal(hostOf(1), hostOf(2));
  await nodes.time.run(1000);
  assertEquals(one!.unreachable, ["2 append"]);
  assertEquals(two!.arrivals.length, append.sent + 1);
  assertEquals(append.sent + append.dropped.full, 3000);
});

Deno.test("a connection that breaks is made again, and the loss is told", async () => {
  const nodes = new TestNodes(SEED);
  const [one, two] = await nodes.startAll(2);
  nodes.network.break(hostOf(1), hostOf(2));
  await nodes.time.run(500);
  assertEquals(one!.unreachable.sort(), ["2 append", "2 control", "2 other"]);
  assert(one!.transport.isConnected(2));
  assertEquals(one!.transport.counts.peers.get(2)!.control.connects, 2);
  say(one!, 2, "control", "7");
  await nodes.time.run(10);
  assertEquals(two!.arrivals.length, 1);
});

Deno.test("a peer that is gone gets nothing, and is reached again when it is back", async () => {
  const nodes = new TestNodes(SEED);
  const [one] = await nodes.startAll(2);
  nodes.network.crash(hostOf(2));
  await nodes.time.run(5000);
  assert(!one!.transport.isConnected(2));
  say(one!, 2, "control", "1", "2");
  const { dropped } = one!.transport.counts.peers.get(2)!.control;
  assertEquals(dropped.unreachable, 2);
  const back = await nodes.start(2);
  await nodes.time.run(2500);
  assert(one!.transport.isConnected(2));
  say(one!, 2, "control", "3");
  await nodes.time.run(10);
  assertEquals(back.arrivals.map(({ word }) => word), ["3"]);
  // A peer that is away is told once a reason, not with every attempt.
  const lines = one!.logged.filter((line) => line.includes("No control"));
  assert(lines.length <= 3, lines.join("\n"));
});

for (const [from, to] of [[1, 2], [2, 1]] as const) {
  Deno.test(`a cut from ${from} to ${to} ends connections both ways, and healing makes them again`, async () => {
    const nodes = new TestNodes(SEED);
    const [one, two] = await nodes.startAll(2);
    nodes.network.cut(hostOf(from), hostOf(to));
    await nodes.time.run(10_000);
    assert(!one!.transport.isConnected(2));
    assert(!two!.transport.isConnected(1));
    nodes.network.heal(hostOf(from), hostOf(to));
    await nodes.time.run(5_000);
    assert(one!.transport.isConnected(2));
    assert(two!.transport.isConnected(1));
    // What the cut left behind is gone.
    assertEquals(connectionsOf(nodes), 8);
  });
}

Deno.test("removePeer() drops what waits, closes both ways and refuses the node", async () => {
  const nodes = new TestNodes(SEED);
  const [one, two] = await nodes.startAll(2);
  nodes.network.cut(hostOf(1), hostOf(2));
  say(one!, 2, "append", "x".repeat(200_000));
  say(one!, 2, "append", "waits", "waits");
  one!.transport.removePeer(2);
  const { append } = one!.transport.counts.peers.get(2)!;
  assertEquals(append.dropped.removed, 2);
  say(one!, 2, "append", "no peer");
  assertEquals(append.dropped.removed, 3);
  nodes.network.heal(hostOf(1), hostOf(2));
  await nodes.time.run(5000);
  assertEquals(two!.arrivals, []);
  assert(!two!.transport.isConnected(1));
  assert(one!.transport.counts.refused.get("removed")! > 0);
  assert(
    two!.logged.some((line) => line.includes('refuses this node: "removed"')),
  );
  connect(one!.transport, 2);
  await nodes.time.run(5000);
  assert(one!.transport.isConnected(2) && two!.transport.isConnected(1));
});

Deno.test("close() ends all connections and timers", async () => {
  const nodes = new TestNodes(SEED);
  const [one, two] = await nodes.startAll(2);
  one!.transport.close();
  two!.transport.close();
  await nodes.time.run(10_000);
  assertEquals(connectionsOf(nodes), 0);
  assertEquals(one!.transport.counts.accepted, 0);
});

Deno.test("messages of a lane arrive in order and once, however connections end", async () => {
  const seed = printedSeed();
  for (let run = 0; run < 6; run++) {
    const nodes = new TestNodes(seed + run);
    const [one, two] = await nodes.startAll(2);
    const draw = (bound: number) => nodes.random.below(bound);
    const network = nodes.network;
    let sent = 0;
    for (let step = 0; step < 300; step++) {
      const burst = Array.from({ length: draw(30) }, () => `${sent++}`);
      say(one!, 2, "append", ...burst, `${sent++}`.padEnd(draw(9_000)));
      const event = draw(30);
      if (event === 0) network.break(hostOf(1), hostOf(2));
      if (event === 1) network.cut(hostOf(1), hostOf(2));
      if (event === 2) network.cut(hostOf(2), hostOf(1));
      if (event <= 8) {
        network.heal(hostOf(1), hostOf(2));
        network.heal(hostOf(2), hostOf(1));
      }
      await nodes.time.run(draw(300));
    }
    network.heal(hostOf(1), hostOf(2));
    network.heal(hostOf(2), hostOf(1));
    await nodes.time.run(6000);
    say(one!, 2, "append", `${sent++}`);
    await nodes.time.run(100);
    const numbers = two!.arrivals.map(({ word }) => Number(word));
    const ordered = [...new Set(numbers)].sort((a, b) => a - b);
    assertEquals(numbers, ordered, `run ${run}`);
    assertEquals(numbers.at(-1), sent - 1, "it is connected again");
    const { append } = one!.transport.counts.peers.get(2)!;
    const { dropped } = append;
    const lost = dropped.full + dropped.bytes + dropped.unreachable;
    assertEquals(append.sent + lost, sent, "each is sent or counted");
    assert(numbers.length <= append.sent);
  }
});

/** What three nodes hear, and when, while their network is cut and broken at random. */
async function trace(seed: number): Promise<string[]> {
  const nodes = new TestNodes(seed);
  const all = await nodes.startAll(3);
  const lines: string[] = [];
  const draw = (bound: number) => nodes.random.below(bound);
  for (let round = 0; round < 200; round++) {
    const from = 1 + draw(3);
    const to = 1 + (from + draw(2)) % 3;
    const [one, other] = [hostOf(from), hostOf(to)];
    const event = draw(10);
    if (event === 0) nodes.network.cut(one, other);
    else if (event <= 2) nodes.network.heal(one, other);
    else if (event === 3) nodes.network.break(one, other);
    else say(all[from - 1]!, to, "append", `${round}`, "x".repeat(draw(5000)));
    await nodes.time.run(draw(200));
    const ms = nodes.time.clock.monotonicMs();
    for (const { id, arrivals, unreachable } of all) {
      const heard = arrivals.splice(0).map(({ word }) => word.slice(0, 3));
      lines.push(`${ms} ${id}: ${heard} ${unreachable.splice(0)}`);
    }
  }
  return lines;
}

Deno.test("the same seed gives the same run", async () => {
  const seed = printedSeed();
  const once = await trace(seed);
  assertEquals(await trace(seed), once);
  assert(once.some((line) => /: \d/.test(line)), "messages arrive");
});

// -- Strangers --

const STRANGERS = [
  ["cluster", { cluster: "another" }],
  ["proof", { secret: "wrong" }],
] as const;

for (const [problem, options] of STRANGERS) {
  Deno.test(`a node of another ${problem} is refused, counted and logged`, async () => {
    const nodes = new TestNodes(SEED);
    const one = await nodes.start(1);
    const stranger = await nodes.start(2, options);
    connect(stranger.transport, 1);
    await nodes.time.run(3000);
    assert(!stranger.transport.isConnected(1));
    assert(one.transport.counts.refused.get(problem)! >= 3);
    assertEquals(one.transport.counts.accepted, 0);
    assertEquals(one.transport.counts.halfOpen, 0);
    const line = one.logged.find((text) => text.includes("Refused a peer"));
    assertMatch(line!, new RegExp(`^warning: Refused a peer \\(${problem}\\)`));
  });
}

Deno.test("a second node of the same id is refused while the first one is there", async () => {
  const nodes = new TestNodes(SEED);
  const [one] = await nodes.startAll(2);
  const twin = await nodes.start(2, { host: "twin", instance: "other" });
  connect(twin.transport, 1);
  await nodes.time.run(3000);
  assert(!twin.transport.isConnected(1));
  assert(one!.transport.counts.refused.get("duplicate")! >= 3);
  nodes.network.crash(hostOf(2));
  await nodes.time.run(5000);
  assert(twin.transport.isConnected(1));
});

Deno.test("a node with this node's own id is refused, and so is one that looks for another", async () => {
  const nodes = new TestNodes(SEED);
  const one = await nodes.start(1);
  const twin = await nodes.start(1, { host: "twin" });
  twin.transport.addPeer(5, { hostname: hostOf(1), port: 7000 });
  const lost = await nodes.start(3);
  lost.transport.addPeer(4, { hostname: hostOf(1), port: 7000 });
  await nodes.time.run(3000);
  assert(one.transport.counts.refused.get("node")! >= 6);
  assertEquals(one.transport.counts.accepted, 0);
});

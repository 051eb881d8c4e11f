import { assert, assertEquals } from "@std/assert";
import { HANDSHAKE_MS_MAX, REDIAL_MS_MAX } from "../../../src/config/mod.ts";
import type { Network } from "../../../src/transport/mod.ts";
import { LaneLink } from "../../../src/transport/lane_link.ts";
import { noCounts } from "../../../src/transport/statistics.ts";
import { simulatedProver } from "../../simulation/prover.ts";
import { connect, hostOf, PORT, TestNodes } from "./nodes.ts";

/** A link of node 2 to node 1; `dials` are the times at which it dialled. */
function makeLink(nodes: TestNodes, network: Network) {
  const counts = noCounts();
  const dials: number[] = [];
  const events = { opened: 0, failed: 0 };
  const target = {
    node: 1,
    address: { hostname: hostOf(1), port: PORT },
    lane: "control",
  } as const;
  const link = new LaneLink(target, {
    own: { node: 2, cluster: "test", instance: "two" },
    network: {
      ...network,
      dial: (address, then) => {
        dials.push(nodes.time.clock.monotonicMs());
        return network.dial(address, then);
      },
    },
    prover: simulatedProver("secret"),
    after: nodes.time.after,
    clock: nodes.time.clock,
    random: nodes.random,
    log: () => {},
    counts,
  }, {
    opened: (connection) => {
      events.opened++;
      connection.establish(1000);
    },
    frame: () => {},
    failed: () => events.failed++,
  });
  return { link, dials, events, counts: counts.peers.get(1)!.control };
}

function pausesOf(dials: readonly number[]): number[] {
  return dials.slice(1).map((ms, at) => ms - dials[at]!);
}

Deno.test("a link to nobody dials again, slower and slower", async () => {
  const nodes = new TestNodes(1);
  const { link, dials, events } = makeLink(nodes, nodes.network.of("host2"));
  link.start();
  await nodes.time.run(20_000);
  const pauses = pausesOf(dials);
  assert(pauses[0]! < 30, `${pauses}`);
  assert(pauses.slice(8).every((ms) => ms >= REDIAL_MS_MAX / 2));
  assert(pauses.every((ms) => ms <= REDIAL_MS_MAX + 5));
  assert(events.failed >= dials.length - 1);
  link.close();
  await nodes.time.run(20_000);
  assertEquals(dials.length, pauses.length + 1, "closed: it dials no more");
});

Deno.test("a link to one that does not answer gives up in time", async () => {
  const nodes = new TestNodes(1);
  await nodes.network.of(hostOf(1)).listen(
    { hostname: hostOf(1), port: PORT },
    { accepted: () => {}, refused: () => {} },
  );
  const { link, dials, events } = makeLink(nodes, nodes.network.of("host2"));
  link.start();
  await nodes.time.run(HANDSHAKE_MS_MAX - 1);
  assertEquals([events.failed, nodes.network.connections], [0, 1]);
  await nodes.time.run(100);
  assertEquals([events.failed, dials.length], [1, 2]);
  link.close();
});

Deno.test("a link that is made and dropped over and over is made slower and slower", async () => {
  const nodes = new TestNodes(1);
  await nodes.start(1);
  const { link, dials, events } = makeLink(nodes, nodes.network.of(hostOf(2)));
  link.start();
  for (let at = 0; at < 400; at++) {
    await nodes.time.run(50);
    if (link.connection !== undefined) {
      nodes.network.break(hostOf(1), hostOf(2));
    }
  }
  assert(events.opened > 5);
  assert(pausesOf(dials).slice(-3).every((ms) => ms >= REDIAL_MS_MAX / 2));
  // One that has held for a while is made again at once.
  await nodes.time.run(3 * REDIAL_MS_MAX);
  assert(link.connection !== undefined);
  nodes.network.break(hostOf(1), hostOf(2));
  const before = dials.length;
  await nodes.time.run(30);
  assertEquals(dials.length, before + 1);
  link.close();
});

Deno.test("a link to another node than it means is refused", async () => {
  const nodes = new TestNodes(1);
  const one = await nodes.start(1);
  const three = await nodes.start(3);
  three.transport.addPeer(4, { hostname: hostOf(1), port: PORT });
  connect(three.transport, 1);
  await nodes.time.run(1000);
  assert(three.transport.isConnected(1));
  assert(!three.transport.isConnected(4));
  assert(one.transport.counts.refused.get("node")! > 0);
});

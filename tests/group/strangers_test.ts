/** Bad input at the port for other nodes: refused, logged and counted while the group serves. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  HALF_OPEN_MAX,
  HANDSHAKE_FRAME_BYTES_MAX,
  PEER_READ_BYTES,
  SMALL_LANE_BYTES_MAX,
} from "../../src/config/mod.ts";
import { FRAME_HEADER_BYTES } from "../../src/transport/frame.ts";
import {
  lanekvCommand,
  pickFreePort,
  ServerProcess,
  sleep,
} from "../servers/mod.ts";
import {
  type ExposedMetric,
  parseExposition,
} from "../unit/admin/exposition.ts";
import { frameBytes } from "../unit/transport/frames.ts";
import { ask, Nodes } from "./nodes.ts";
import { handshakeOf, prove, RawPeer } from "./raw_peer.ts";

/** A group that serves, and what its first node has refused. */
class Fortress implements AsyncDisposable {
  readonly nodes: Nodes;
  readonly #adminPorts: readonly number[];
  #writes = 0;

  private constructor(
    nodes: Nodes,
    adminPorts: readonly number[],
  ) {
    this.nodes = nodes;
    this.#adminPorts = adminPorts;
  }

  static async start(): Promise<Fortress> {
    const admin = [pickFreePort(), pickFreePort(), pickFreePort()];
    const nodes = await Nodes.start((id) => [`--admin-port=${admin[id - 1]}`]);
    await nodes.leader();
    return new Fortress(nodes, admin);
  }

  /** Node 1. */
  get target(): ServerProcess {
    return this.nodes.all[0]!;
  }

  /** Its port for other nodes. */
  get port(): number {
    return this.nodes.raftPorts[0]!;
  }

  metrics(): Promise<Metrics> {
    return scrape(this.#adminPorts[0]!);
  }

  /** Waits until node 1 has counted `problem` so often, and said so in its log. */
  async untilRefused(problem: string, count = 1): Promise<void> {
    await this.nodes.until(`refused for ${problem}`, async () => {
      const shown = await this.metrics();
      const counted = sumOf(shown, "lanekv_peer_refused_total", { problem });
      return counted >= count || undefined;
    });
    const line = new RegExp(
      `Refused a peer \\(${problem}\\), 127\\.0\\.0\\.1:`,
    );
    assertMatch(this.target.log, line);
  }

  /** The group takes a write, and node 1 has it. */
  async serves(): Promise<void> {
    const value = String(++this.#writes);
    const leader = await this.nodes.leader();
    assertEquals(await ask(leader, "SET", "key", value), "OK");
    assertEquals(await ask(this.target, "GET", "key"), value);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.nodes[Symbol.asyncDispose]();
  }
}

type Metrics = ReadonlyMap<string, ExposedMetric>;

async function scrape(port: number): Promise<Metrics> {
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  return parseExposition(await page.text());
}

/** Sum of the samples of `name` that have `labels`. */
function sumOf(
  shown: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return shown.get(name)!.samples
    .filter((sample) =>
      Object.entries(labels).every(([key, text]) => sample.labels[key] === text)
    )
    .reduce((sum, { value }) => sum + value, 0);
}

const HELLO = handshakeOf({ from: 9, to: 1 }).hello;

/** What a connection begins with, and the problem that it is refused for. */
const BAD_BEGINNINGS: readonly (readonly [string, Uint8Array])[] = [
  ["garbage", new TextEncoder().encode("*1\r\n$4\r\nPING\r\n")],
  ["garbage", crypto.getRandomValues(new Uint8Array(5000)).fill(0, 5, 8)],
  [
    "oversized",
    frameBytes({
      kind: "hello",
      content: new Uint8Array(HANDSHAKE_FRAME_BYTES_MAX + 1),
    }),
  ],
  ["checksum", frameBytes({ kind: "hello", content: HELLO }).with(30, 0xff)],
  ["unexpected", frameBytes({ kind: "message", content: HELLO })],
  ["malformed", frameBytes({ kind: "hello", content: HELLO.subarray(0, 9) })],
];

Deno.test("bytes that are no handshake are refused while the group serves", async () => {
  await using fortress = await Fortress.start();
  for (const [problem, bytes] of BAD_BEGINNINGS) {
    using peer = await RawPeer.connect(fortress.port);
    await peer.write(bytes);
    await peer.ended;
    await fortress.untilRefused(problem);
    await fortress.serves();
  }
  {
    using peer = await RawPeer.connect(fortress.port);
    await peer.write(
      frameBytes({ kind: "hello", content: HELLO }).slice(0, 20),
    );
  }
  await fortress.untilRefused("truncated");
  await fortress.serves();
});

Deno.test("a handshake that is played again, or meant for another, is refused", async () => {
  await using fortress = await Fortress.start();
  const claim = { from: 9, to: 1 };
  const { peer, proof } = await prove(fortress.port, claim);
  using _first = peer;
  await peer.frame("welcome");
  using replay = await RawPeer.connect(fortress.port);
  await replay.send({ kind: "hello", content: handshakeOf(claim).hello });
  await replay.frame("challenge");
  await replay.send({ kind: "proof", content: proof });
  assertEquals(await replay.refusal(), "proof");
  await fortress.untilRefused("proof");
  const claims = [
    ["proof", { ...claim, secret: "guessed" }],
    ["proof", { ...claim, secret: "" }],
    ["cluster", { ...claim, cluster: "another" }],
    ["node", { from: 9, to: 2 }],
    ["directory", { from: 2, to: 1 }],
    ["directory", { from: 2, to: 1, instance: "no number" }],
  ] as const;
  for (const [problem, wrong] of claims) {
    using stranger = await RawPeer.connect(fortress.port);
    const handshake = handshakeOf(wrong);
    await stranger.send({ kind: "hello", content: handshake.hello });
    if (problem === "proof" || problem === "directory") {
      const challenge = await stranger.frame("challenge");
      const content = await handshake.prove(challenge);
      await stranger.send({ kind: "proof", content });
    }
    assertEquals(await stranger.refusal(), problem);
    await fortress.untilRefused(problem);
    await fortress.serves();
  }
});

Deno.test("a peer that knows the secret and sends what has no place is refused", async () => {
  await using fortress = await Fortress.start();
  const large = frameBytes({
    kind: "message",
    content: new Uint8Array(SMALL_LANE_BYTES_MAX + 1),
  });
  const sent: readonly (readonly [string, Uint8Array])[] = [
    ["garbage", new TextEncoder().encode("*1\r\n$4\r\nPING\r\n")],
    // The length alone: nothing is set aside for what it promises.
    ["oversized", large.subarray(0, FRAME_HEADER_BYTES)],
    ["malformed", frameBytes({ kind: "message", content: HELLO })],
    ["unexpected", frameBytes({ kind: "snapshotChunk", content: HELLO })],
  ];
  for (const [problem, bytes] of sent) {
    const { peer } = await prove(fortress.port, { from: 9, to: 1 });
    using _ = peer;
    await peer.frame("welcome");
    await peer.write(bytes);
    await peer.ended;
    await fortress.untilRefused(problem);
    await fortress.serves();
  }
});

/** Starts a node that says it is node `id`, and belongs to the group of `fortress`. */
async function startStranger(
  { nodes }: Fortress,
  id: number,
  flags: readonly string[],
): Promise<ServerProcess> {
  const own = pickFreePort();
  const peers = nodes.raftPorts.map((port, at) => `${at + 1}@127.0.0.1:${port}`)
    .filter((_, at) => at + 1 !== id);
  return await ServerProcess.start(
    await lanekvCommand({
      args: [
        `--node-id=${id}`,
        `--raft-bind=127.0.0.1:${own}`,
        `--peers=${peers.join()},${id}@127.0.0.1:${own}`,
        ...flags,
      ],
    }),
  );
}

const STRANGERS = [
  ["cluster", "of another cluster", ["--cluster=x", "--cluster-secret=test"]],
  ["proof", "with another secret", ["--cluster-secret=guessed"]],
  ["directory", "with the id of another one", ["--cluster-secret=test"]],
] as const;

for (const [problem, who, flags] of STRANGERS) {
  Deno.test(`a node ${who} is refused, and told so`, async () => {
    await using fortress = await Fortress.start();
    await using stranger = await startStranger(fortress, 3, flags);
    await fortress.untilRefused(problem, 4);
    await fortress.nodes.until("the stranger's line", () =>
      Promise.resolve(
        stranger.log.includes(`it refuses this node: "${problem}"`) ||
          undefined,
      ));
    assertMatch(
      await ask(stranger, "SET", "key", "x"),
      /^READONLY |^MASTERDOWN /,
    );
    await fortress.serves();
  });
}

const FLOOD = 20 * HALF_OPEN_MAX;

Deno.test("connections that prove nothing take bounded memory, and keep nobody out", async () => {
  await using fortress = await Fortress.start();
  const peers: RawPeer[] = [];
  const part = frameBytes({ kind: "hello", content: HELLO }).slice(0, 40);
  const flood = async (round: number) => {
    for (let at = 0; at < FLOOD; at++) {
      const peer = await RawPeer.connect(fortress.port);
      peers.push(peer);
      await peer.write(part);
    }
    const most = round * FLOOD - 2 * HALF_OPEN_MAX;
    await fortress.untilRefused("crowded", most);
    return fortress.target.residentBytes();
  };
  // What has gone is given back late: only further floods tell what is kept.
  const before = await flood(1);
  await flood(2);
  const grown = await flood(3) - before;
  assert(grown < FLOOD * PEER_READ_BYTES, `it has grown by ${grown} bytes`);
  const shown = await fortress.metrics();
  const state = { state: "unproved" };
  const open = sumOf(shown, "lanekv_peer_connections_open", state);
  assert(open <= HALF_OPEN_MAX, `${open} half-open connections`);
  const { peer } = await prove(fortress.port, { from: 9, to: 1 });
  using _ = peer;
  await peer.frame("welcome");
  await fortress.serves();
  for (const one of peers) one[Symbol.dispose]();
  await sleep(0);
});

import { assert, assertEquals } from "@std/assert";
import type { PeerError } from "../../../src/base/mod.ts";
import {
  HALF_OPEN_MAX,
  HANDSHAKE_MS_MAX,
  SMALL_LANE_BYTES_MAX,
} from "../../../src/config/mod.ts";
import type { Frame, FrameKind } from "../../../src/transport/frame.ts";
import { FrameReader } from "../../../src/transport/frame_reader.ts";
import { REFUSAL } from "../../../src/transport/handshake_messages.ts";
import { DiallerHandshake } from "../../../src/transport/handshake.ts";
import type { Lane, Wire } from "../../../src/transport/mod.ts";
import { simulatedProver } from "../../simulation/prover.ts";
import { frameBytes } from "./frames.ts";
import { encodeMessage } from "../../../src/transport/message_codec.ts";
import { wordMessage } from "./words.ts";
import { hostOf, PORT, type TestNode, TestNodes } from "./nodes.ts";

/** A connection whose bytes a test writes itself. */
class RawPeer {
  readonly frames: Frame[] = [];
  ended: string | undefined;
  readonly #nodes: TestNodes;
  #wire: Wire | undefined;

  constructor(nodes: TestNodes) {
    this.#nodes = nodes;
  }

  /** Connects to node 1 and waits until it is accepted. */
  async connect(): Promise<this> {
    const reader = new FrameReader(1000);
    const address = { hostname: hostOf(1), port: PORT };
    this.#nodes.network.of("raw").dial(address, {
      connected: (wire) => {
        this.#wire = wire;
        wire.start({
          received: (bytes) =>
            reader.push(bytes, (frame) => this.frames.push(frame) > 0),
          ended: (reason) => this.ended = reason,
        });
      },
      failed: (reason) => this.ended = reason,
    });
    await this.#nodes.time.run(5);
    return this;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#wire!.write(bytes, () => {});
    await this.#nodes.time.run(5);
  }

  send(
    kind: FrameKind,
    content: Uint8Array = new Uint8Array(0),
  ): Promise<void> {
    return this.write(frameBytes({ kind, content }));
  }

  close(): void {
    this.#wire!.close();
  }

  /** Kinds of the frames that came. */
  get kinds(): string[] {
    return this.frames.map(({ kind }) => kind);
  }

  /** The problem that the refusal names. */
  get refusal(): string | undefined {
    const frame = this.frames.find(({ kind }) => kind === "refusal");
    return frame && REFUSAL.decode(frame.content).problem;
  }
}

function handshakeOf(secret: string, lane: Lane = "control"): DiallerHandshake {
  const own = { node: 2, cluster: "test", instance: "raw" };
  const nonce = new Uint8Array(32).fill(7);
  return new DiallerHandshake(own, 1, lane, nonce, simulatedProver(secret));
}

/** A peer that has gone through the handshake, and what it said. */
async function prove(nodes: TestNodes, lane: Lane = "control") {
  const peer = await new RawPeer(nodes).connect();
  const handshake = handshakeOf("secret", lane);
  await peer.send("hello", handshake.hello);
  const proof = await handshake.prove(peer.frames[0]!.content);
  await peer.send("proof", proof);
  return { peer, handshake, proof };
}

async function start(): Promise<{ nodes: TestNodes; one: TestNode }> {
  const nodes = new TestNodes(1);
  return { nodes, one: await nodes.start(1) };
}

function refused({ transport }: TestNode): Record<string, number> {
  return Object.fromEntries(transport.counts.refused);
}

Deno.test("a peer that proves itself is welcomed, and proves the node too", async () => {
  const { nodes, one } = await start();
  const { peer, handshake } = await prove(nodes);
  assertEquals(peer.kinds, ["challenge", "welcome"]);
  await handshake.verify(peer.frames[1]!.content);
  const message = encodeMessage(wordMessage([2, 1], "control", "7"));
  await peer.send("message", message);
  assertEquals(one.arrivals, [{ from: 2, lane: "control", word: "7" }]);
  assertEquals([one.transport.counts.accepted, refused(one)], [1, {}]);
});

Deno.test("a welcome without the secret is refused by who dialled", async () => {
  const { nodes } = await start();
  const { peer } = await prove(nodes);
  const other = handshakeOf("other");
  await other.prove(peer.frames[0]!.content);
  let problem = "";
  await other.verify(peer.frames[1]!.content).catch((cause: PeerError) =>
    problem = cause.problem
  );
  assertEquals(problem, "proof");
});

Deno.test("a proof sent back as a welcome fits nothing", async () => {
  const { nodes } = await start();
  const { handshake, proof } = await prove(nodes);
  let problem = "";
  await handshake.verify(proof).catch((cause: PeerError) =>
    problem = cause.problem
  );
  assertEquals(problem, "proof");
});

Deno.test("a handshake that is played again is refused", async () => {
  const { nodes, one } = await start();
  const { handshake, proof, peer } = await prove(nodes);
  peer.close();
  const replay = await new RawPeer(nodes).connect();
  await replay.send("hello", handshake.hello);
  await replay.send("proof", proof);
  assertEquals(replay.refusal, "proof");
  assertEquals(refused(one), { proof: 1 });
  assert(replay.ended !== undefined);
});

Deno.test("the lane of clients does not lead to the port of Raft", async () => {
  const { nodes, one } = await start();
  const { peer } = await prove(nodes, "clients");
  assertEquals(peer.refusal, "unexpected");
  assertEquals(refused(one), { unexpected: 1 });
});

Deno.test("a proof for one lane opens no other", async () => {
  const { nodes, one } = await start();
  const peer = await new RawPeer(nodes).connect();
  await peer.send("hello", handshakeOf("secret", "append").hello);
  const control = handshakeOf("secret", "control");
  await peer.send("proof", await control.prove(peer.frames[0]!.content));
  assertEquals(peer.refusal, "proof");
  assertEquals(one.transport.counts.accepted, 0);
});

Deno.test("a node that connects again takes the place of its old connection", async () => {
  const { nodes, one } = await start();
  const { peer: old } = await prove(nodes);
  await prove(nodes);
  await nodes.time.run(5);
  assert(old.ended !== undefined, "the old one is closed");
  assertEquals([one.transport.counts.accepted, refused(one)], [1, {}]);
});

// -- Bad input --

const OVERSIZED = frameBytes({ kind: "hello", content: new Uint8Array(513) });
const HELLO = handshakeOf("secret").hello;
const DAMAGED = frameBytes({ kind: "hello", content: HELLO }).with(20, 0xff);

const BAD_BEGINNINGS = [
  ["garbage", new TextEncoder().encode("*1\r\n$4\r\nPING\r\n"), undefined],
  ["oversized", OVERSIZED.subarray(0, 12), undefined],
  ["checksum", DAMAGED, undefined],
  ["unexpected", frameBytes({ kind: "message", content: HELLO }), "unexpected"],
  [
    "malformed",
    frameBytes({ kind: "hello", content: HELLO.subarray(0, 20) }),
    "malformed",
  ],
] as const;

for (const [problem, bytes, told] of BAD_BEGINNINGS) {
  Deno.test(`a connection that begins ${problem} is ended, counted and logged`, async () => {
    const { nodes, one } = await start();
    const peer = await new RawPeer(nodes).connect();
    await peer.write(bytes);
    assertEquals(refused(one), { [problem]: 1 });
    assertEquals(peer.refusal, told);
    assert(peer.ended !== undefined);
    assertEquals(one.logged.length, 1);
    assertEquals(one.transport.counts.halfOpen, 0);
  });
}

Deno.test("a connection that ends inside a frame is counted", async () => {
  const { nodes, one } = await start();
  const peer = await new RawPeer(nodes).connect();
  const hello = frameBytes({ kind: "hello", content: HELLO });
  await peer.write(hello.subarray(0, 20));
  peer.close();
  await nodes.time.run(5);
  assertEquals(refused(one), { truncated: 1 });
});

Deno.test("a hello of another version is refused, whatever follows its version", async () => {
  const { nodes, one } = await start();
  const peer = await new RawPeer(nodes).connect();
  await peer.send("hello", new Uint8Array([8, 99, 0xff, 0xff]));
  assertEquals(peer.refusal, "version");
  assertEquals(refused(one), { version: 1 });
});

Deno.test("frames that have no place on a proved connection end it", async () => {
  const { nodes, one } = await start();
  for (const kind of ["hello", "snapshotChunk"] as const) {
    const { peer } = await prove(nodes);
    await peer.send(kind);
    assertEquals(peer.refusal, "unexpected");
  }
  assertEquals(refused(one), { unexpected: 2 });
  assertEquals(one.transport.counts.accepted, 0);
});

Deno.test("messages that are not for this node, from that one, on this lane end it", async () => {
  const { nodes, one } = await start();
  const wrong = [
    new TextEncoder().encode("no message"),
    encodeMessage(wordMessage([2, 3], "control", "7")),
    encodeMessage(wordMessage([3, 1], "control", "7")),
    encodeMessage(wordMessage([2, 1], "append", "7")),
  ];
  for (const message of wrong) {
    const { peer } = await prove(nodes);
    await peer.send("message", message);
    assertEquals(peer.refusal, "malformed");
  }
  assertEquals([one.arrivals, refused(one)], [[], { malformed: 4 }]);
});

Deno.test("a frame too large for its lane ends the connection by its header", async () => {
  const { nodes, one } = await start();
  const { peer } = await prove(nodes);
  const content = new Uint8Array(SMALL_LANE_BYTES_MAX + 1);
  await peer.write(frameBytes({ kind: "message", content }).subarray(0, 12));
  assertEquals(refused(one), { oversized: 1 });
  assert(peer.ended !== undefined);
});

Deno.test("a message that was handed on comes by another node's connection", async () => {
  const { nodes, one } = await start();
  const { peer } = await prove(nodes, "other");
  const message = encodeMessage(wordMessage([3, 1], "other", "on"));
  await peer.send("message", message);
  assertEquals(one.arrivals, [{ from: 3, lane: "other", word: "on" }]);
});

Deno.test("a frame that comes while the proof is checked is out of turn", async () => {
  const { nodes, one } = await start();
  const peer = await new RawPeer(nodes).connect();
  const handshake = handshakeOf("secret");
  await peer.send("hello", handshake.hello);
  const proof = await handshake.prove(peer.frames[0]!.content);
  const early = { kind: "message", content: proof } as const;
  await peer.write(frameBytes({ kind: "proof", content: proof }, early));
  assertEquals(one.arrivals, []);
  assertEquals(refused(one), { unexpected: 1 });
});

Deno.test("a handshake that takes too long is ended", async () => {
  const { nodes, one } = await start();
  const silent = await new RawPeer(nodes).connect();
  const slow = await new RawPeer(nodes).connect();
  await slow.send("hello", HELLO);
  await nodes.time.run(HANDSHAKE_MS_MAX - 100);
  assertEquals(one.transport.counts.halfOpen, 2);
  await nodes.time.run(200);
  assertEquals([silent.refusal, slow.refusal], ["timeout", "timeout"]);
  assertEquals(refused(one), { timeout: 2 });
  assertEquals([one.transport.counts.halfOpen, one.logged.length], [0, 1]);
});

Deno.test("of too many half-open connections the oldest is ended", async () => {
  const { nodes, one } = await start();
  const first = await new RawPeer(nodes).connect();
  for (let at = 0; at < HALF_OPEN_MAX; at++) {
    await new RawPeer(nodes).connect();
  }
  assertEquals(one.transport.counts.halfOpen, HALF_OPEN_MAX);
  assertEquals(first.refusal, "crowded");
  // A peer that proves itself at once gets through.
  const { peer } = await prove(nodes);
  assertEquals(peer.kinds, ["challenge", "welcome"]);
});

Deno.test("a silent connection is ended although it was proved", async () => {
  const { nodes, one } = await start();
  const { peer } = await prove(nodes);
  await nodes.time.run(10_000);
  assert(peer.ended !== undefined);
  assertEquals(refused(one), { silent: 1 });
  assert(peer.kinds.includes("alive"), "the node itself shows life");
});

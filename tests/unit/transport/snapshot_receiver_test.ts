import { assert, assertEquals, assertThrows } from "@std/assert";
import { PeerError } from "../../../src/base/mod.ts";
import { SNAPSHOT_CHUNK_BYTES } from "../../../src/config/mod.ts";
import type { SnapshotMessage } from "../../../src/raft/mod.ts";
import { Connection } from "../../../src/transport/connection.ts";
import type { Frame } from "../../../src/transport/frame.ts";
import { FrameReader } from "../../../src/transport/frame_reader.ts";
import { encodeMessage } from "../../../src/transport/message_codec.ts";
import {
  CHUNK,
  OFFER,
  PROGRESS,
  RESULT,
} from "../../../src/transport/snapshot_messages.ts";
import type { SnapshotSink } from "../../../src/transport/snapshot_ports.ts";
import { SnapshotReceiver } from "../../../src/transport/snapshot_receiver.ts";
import { SimulatedTime } from "../../simulation/time.ts";
import { wordMessage } from "./words.ts";
import { MemoryShelf, MemorySource, outgoing, patternOf } from "./snapshots.ts";

const CONTENT = patternOf(2 * SNAPSHOT_CHUNK_BYTES + 9);

/** A receiver of node 2, and what it answers to the test, which is node 1. */
class Rig {
  readonly shelf = new MemoryShelf();
  readonly taken: SnapshotMessage[] = [];
  readonly failed: string[] = [];
  readonly answers: Frame[] = [];
  readonly time = new SimulatedTime();
  readonly connection = this.connect();
  /** In place of the shelf's. */
  openSink: ((id: string) => Promise<SnapshotSink | undefined>) | undefined;
  readonly receiver = new SnapshotReceiver(1, 2, {
    open: (offer) => this.openSink?.(offer.id) ?? this.shelf.openSink(offer),
    taken: (message) => this.taken.push(message),
    failed: ({ message }) => this.failed.push(message),
  });

  connect(): Connection {
    const reader = new FrameReader(1000);
    const wire = {
      remote: "test",
      start: () => {},
      write: (bytes: Uint8Array, then: () => void) => {
        reader.push(bytes, (frame) => this.answers.push(frame) > 0);
        this.time.after(0, then);
      },
      close: () => {},
    };
    const events = { frame: () => {}, ended: () => {} };
    return new Connection(wire, 1000, this.time.after, events);
  }

  async take(frame: Frame, connection = this.connection): Promise<void> {
    this.receiver.take(connection, frame);
    await this.time.run(1);
  }

  /** What was answered since the last call. */
  said(): unknown[] {
    return this.answers.splice(0).map(({ kind, content }) =>
      kind === "snapshotProgress"
        ? PROGRESS.decode(content).offset
        : RESULT.decode(content).result
    );
  }
}

function offerOf(id: string, attempt = 1): Frame {
  const { message } = outgoing(id, new MemorySource(CONTENT));
  const offer = { attempt, id, bytes: CONTENT.length };
  const content = OFFER.encode({ ...offer, message: encodeMessage(message) });
  return { kind: "snapshotOffer", content };
}

function chunkOf(place: number, attempt = 1): Frame {
  const offset = place * SNAPSHOT_CHUNK_BYTES;
  const data = CONTENT.subarray(offset, offset + SNAPSHOT_CHUNK_BYTES);
  return {
    kind: "snapshotChunk",
    content: CHUNK.encode({ attempt, offset, data }),
  };
}

Deno.test("take() keeps pieces, tells how far it is, and hands the message over at the end", async () => {
  const rig = new Rig();
  await rig.take(offerOf("a"));
  assertEquals(rig.said(), [0]);
  await rig.take(chunkOf(0));
  await rig.take(chunkOf(1));
  const half = 2 * SNAPSHOT_CHUNK_BYTES;
  assertEquals([rig.said(), rig.taken], [[half / 2, half], []]);
  await rig.take(chunkOf(2));
  assertEquals(rig.said(), ["taken"]);
  assertEquals(rig.taken.map(({ kind }) => kind), ["snapshot"]);
  assertEquals(rig.shelf.kept.get("a"), CONTENT);
});

Deno.test("take() refuses pieces out of turn", async () => {
  const rig = new Rig();
  rig.receiver.take(rig.connection, offerOf("a"));
  const refused = (frame: Frame) =>
    assertThrows(
      () => rig.receiver.take(rig.connection, frame),
      PeerError,
      "out of turn",
    );
  refused(chunkOf(0));
  await rig.time.run(1);
  refused(chunkOf(1));
  await rig.take(chunkOf(0));
  refused(chunkOf(0));
  refused(chunkOf(2));
  // Of no offer, or an older one: it was on its way when that ended.
  await rig.take(chunkOf(2, 7));
  assertEquals(rig.said(), [0, SNAPSHOT_CHUNK_BYTES]);
});

Deno.test("take() refuses offers with other messages, and frames that are none of its", async () => {
  const rig = new Rig();
  const message = encodeMessage(wordMessage([1, 2], "append", "x"));
  const offer = { attempt: 1, id: "a", bytes: 1 };
  const append = OFFER.encode({ ...offer, message });
  const { message: own } = outgoing("a", new MemorySource(CONTENT));
  const stray = encodeMessage({ ...own, to: 3 });
  const foreign = OFFER.encode({ ...offer, message: stray });
  for (const content of [append, foreign]) {
    assertThrows(
      () =>
        rig.receiver.take(rig.connection, { kind: "snapshotOffer", content }),
      PeerError,
      "a snapshot with",
    );
  }
  const result = { kind: "snapshotResult", content: append } as const;
  assertThrows(() => rig.receiver.take(rig.connection, result), PeerError);
  await rig.time.run(1);
  assertEquals(rig.shelf.offers, []);
});

Deno.test("take() opens a new sink when the one before is closed", async () => {
  const rig = new Rig();
  await rig.take(offerOf("a", 1));
  await rig.take(chunkOf(0, 1));
  const other = rig.connect();
  await rig.take(offerOf("a", 1), other);
  assertEquals([rig.said(), rig.shelf.open], [
    [0, SNAPSHOT_CHUNK_BYTES, SNAPSHOT_CHUNK_BYTES],
    1,
  ]);
  rig.receiver.stop(rig.connection);
  await rig.time.run(1);
  assertEquals(rig.shelf.open, 1, "the old connection has no part in it");
  rig.receiver.stop(other);
  await rig.time.run(1);
  assertEquals(rig.shelf.open, 0);
});

Deno.test("take() ends a peer that offers without end", async () => {
  const rig = new Rig();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  rig.openSink = () => promise;
  let offers = 0;
  const offer = () => rig.receiver.take(rig.connection, offerOf("a", ++offers));
  assertThrows(
    () => {
      for (;;) offer();
    },
    PeerError,
    "more of snapshots",
  );
  assert(offers < 100);
  resolve(undefined);
  for (let turn = 0; turn < 10; turn++) await rig.time.run(1);
  await rig.take(offerOf("a", ++offers));
  assertEquals(rig.said().at(-1), "unwanted");
});

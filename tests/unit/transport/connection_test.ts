import { assert, assertEquals } from "@std/assert";
import {
  PEER_ALIVE_MS,
  PEER_NOTES_MAX,
  PEER_SILENT_LOOKS_MAX,
  PEER_WRITE_BYTES,
} from "../../../src/config/mod.ts";
import { Connection } from "../../../src/transport/connection.ts";
import type { Frame } from "../../../src/transport/frame.ts";
import { FrameReader } from "../../../src/transport/frame_reader.ts";
import type { WireEvents } from "../../../src/transport/mod.ts";
import { SimulatedTime } from "../../simulation/time.ts";
import { frameBytes } from "./frames.ts";

const ALIVE: Frame = { kind: "alive", content: new Uint8Array(0) };

function message(length: number): Frame {
  return { kind: "message", content: new Uint8Array(length).fill(length) };
}

/** A connection on a wire whose other end is the test. */
class Rig {
  readonly time = new SimulatedTime();
  readonly waiting: Frame[] = [];
  readonly received: Frame[] = [];
  /** Lengths of writes. */
  readonly writes: number[] = [];
  readonly written: Frame[] = [];
  ended: [string, string | undefined] | undefined;
  isClosed = false;
  readonly connection: Connection;
  #events: WireEvents | undefined;
  #then: (() => void) | undefined;
  readonly #reader = new FrameReader(2 ** 31);

  constructor() {
    const wire = {
      remote: "test",
      start: (events: WireEvents) => void (this.#events = events),
      write: (bytes: Uint8Array, then: () => void) => {
        assert(this.#then === undefined, "one write at a time");
        this.writes.push(bytes.length);
        this.#reader.push(bytes, (frame) => this.written.push(frame) > 0);
        this.#then = then;
      },
      close: () => void (this.isClosed = true),
    };
    this.connection = new Connection(wire, 100, this.time.after, {
      frame: (frame) => this.received.push(frame),
      ended: (reason, problem) => this.ended = [reason, problem],
    });
  }

  /** The wire has taken the write; returns whether there was one. */
  take(): boolean {
    const then = this.#then;
    this.#then = undefined;
    then?.();
    return then !== undefined;
  }

  takeAll(): void {
    while (this.take());
  }

  receive(...frames: Frame[]): void {
    this.#events!.received(frameBytes(...frames));
  }

  establish(): void {
    const next = () => this.waiting.shift();
    this.connection.establish(1000, { next });
  }
}

Deno.test("flush() writes all that waits at once, up to a size", () => {
  const rig = new Rig();
  rig.waiting.push(message(1));
  rig.establish();
  assertEquals(rig.writes, [13]);
  const frames = Array.from({ length: 3000 }, (_, at) => message(at % 100));
  rig.waiting.push(...frames);
  rig.connection.flush();
  assertEquals(rig.writes.length, 1, "a write is under way");
  rig.takeAll();
  assertEquals(rig.written.slice(1), frames);
  const [, ...writes] = rig.writes;
  assert(writes.every((length) => length <= PEER_WRITE_BYTES));
  assert(
    writes.slice(0, -1).every((length) => length > PEER_WRITE_BYTES - 200),
  );
});

Deno.test("flush() writes a large content from where it is, in its place", () => {
  const rig = new Rig();
  const frames = [message(5), message(500_000), message(6), message(65_524)];
  rig.waiting.push(...frames);
  rig.establish();
  rig.takeAll();
  assertEquals(rig.written, frames);
  assertEquals(rig.writes, [5 + 24, 500_000, 6 + 12, 65_536]);
});

Deno.test("note() goes in front of what waits, but into no frame", () => {
  const rig = new Rig();
  rig.waiting.push(message(500_000), message(1));
  rig.establish();
  rig.connection.note(ALIVE);
  rig.takeAll();
  assertEquals(rig.written, [message(500_000), ALIVE, message(1)]);
});

Deno.test("note() ends a connection that takes none", () => {
  const rig = new Rig();
  for (let at = 0; at <= PEER_NOTES_MAX; at++) rig.connection.note(ALIVE);
  assertEquals([rig.ended, rig.isClosed], [undefined, false]);
  rig.connection.note(ALIVE);
  assertEquals([rig.ended?.[1], rig.isClosed], ["unread", true]);
});

Deno.test("closeWhenWritten() writes the notes, and nothing else", () => {
  const rig = new Rig();
  const refusal: Frame = { kind: "refusal", content: new Uint8Array(3) };
  rig.waiting.push(message(1));
  rig.establish();
  rig.connection.note(refusal);
  rig.connection.closeWhenWritten();
  rig.waiting.push(message(2));
  rig.receive(message(1));
  assert(!rig.isClosed);
  rig.takeAll();
  assertEquals(rig.written, [message(1), refusal]);
  assertEquals([rig.received, rig.isClosed, rig.ended], [[], true, undefined]);
});

Deno.test("closeWhenWritten() waits a bounded time", async () => {
  const rig = new Rig();
  rig.connection.note(ALIVE);
  rig.connection.closeWhenWritten();
  await rig.time.run(PEER_ALIVE_MS - 1);
  assert(!rig.isClosed);
  await rig.time.run(2);
  assert(rig.isClosed);
});

Deno.test("a connection shows life when it has nothing to say, and only then", async () => {
  const rig = new Rig();
  rig.establish();
  for (let second = 0; second < 10; second++) {
    rig.receive(ALIVE);
    if (second < 5) {
      rig.waiting.push(message(1));
      rig.connection.flush();
    }
    rig.takeAll();
    await rig.time.run(PEER_ALIVE_MS);
  }
  rig.takeAll();
  assertEquals(rig.written.map(({ kind }) => kind), [
    ...new Array(5).fill("message"),
    ...new Array(5).fill("alive"),
  ]);
  assertEquals(rig.received, [], "signs of life are not handed on");
});

Deno.test("a connection ends when it has heard nothing for some looks", async () => {
  const rig = new Rig();
  rig.establish();
  rig.receive(ALIVE);
  await rig.time.run(PEER_ALIVE_MS * PEER_SILENT_LOOKS_MAX + 1);
  assertEquals(rig.ended, undefined);
  await rig.time.run(PEER_ALIVE_MS);
  assertEquals(rig.ended?.[1], "silent");
});

Deno.test("establish() lets larger frames come", () => {
  const rig = new Rig();
  rig.establish();
  rig.receive(message(1000));
  assertEquals(rig.received, [message(1000)]);
  rig.receive(message(1001));
  assertEquals(rig.ended?.[1], "oversized");
});

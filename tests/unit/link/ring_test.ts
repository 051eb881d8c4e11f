import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, SeededRandom } from "../../../src/base/mod.ts";
import { createRing, RingReader, RingWriter } from "../../../src/link/mod.ts";
import { printedSeed } from "../seed.ts";
import { frameOf, sumOf } from "./frames.ts";

/** Bytes of a frame beside its payload. */
const HEADER_BYTES = 24;

function makeRing(capacityBytes = 1024) {
  const memory = createRing(capacityBytes);
  return {
    memory,
    writer: new RingWriter(memory),
    reader: new RingReader(memory),
  };
}

function bytesOf(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

Deno.test("createRing() wants a power of two from 1 KiB", () => {
  for (const capacity of [0, 512, 1000, 1025, 1024 + 512]) {
    assertThrows(() => createRing(capacity), AssertionError);
  }
  for (const capacity of [1024, 2048, 65_536]) createRing(capacity);
});

Deno.test("RingReader.peek() gives frames as they were pushed, in order", () => {
  const { writer, reader } = makeRing();
  assertEquals(reader.peek(), undefined);
  writer.tryPush(7, 1.5, -2);
  writer.tryPush(0, 2 ** 53 - 1, 0, bytesOf(3, 9));
  const first = reader.peek()!;
  assertEquals([first.kind, first.a, first.b], [7, 1.5, -2]);
  assertEquals(first.payload.length, 0);
  reader.release();
  const second = reader.peek()!;
  assertEquals([second.kind, second.a, second.b], [0, 2 ** 53 - 1, 0]);
  assertEquals([...second.payload], [9, 9, 9]);
  reader.release();
  assertEquals(reader.peek(), undefined);
});

Deno.test("RingReader.peek() gives the same frame until it is released", () => {
  const { writer, reader } = makeRing();
  writer.tryPush(1, 0, 0);
  writer.tryPush(2, 0, 0);
  assertEquals(reader.peek()!.kind, 1);
  assertEquals(reader.peek()!.kind, 1);
  reader.release();
  assertEquals(reader.peek()!.kind, 2);
});

Deno.test("RingReader.release() wants a frame that was peeked", () => {
  const { writer, reader } = makeRing();
  assertThrows(() => reader.release(), AssertionError);
  writer.tryPush(1, 0, 0);
  reader.peek();
  reader.release();
  assertThrows(() => reader.release(), AssertionError);
});

Deno.test("RingWriter.tryPush() joins the parts of a payload", () => {
  const { writer, reader } = makeRing();
  writer.tryPush(1, 0, 0, bytesOf(2, 1), bytesOf(0, 2), bytesOf(3, 3));
  assertEquals([...reader.peek()!.payload], [1, 1, 3, 3, 3]);
});

Deno.test("RingWriter.tryPush() takes large payloads wherever they and the ring lie", () => {
  const { writer, reader } = makeRing(128 * 1024);
  const source = Uint8Array.from({ length: 40_100 }, (_, at) => at % 251);
  for (let lie = 0; lie < 16; lie++) {
    const first = source.subarray(lie, lie + 1100);
    const second = source.subarray(2 * lie, 2 * lie + 40_000);
    assert(writer.tryPush(1, lie, 0, first, source.subarray(0, lie), second));
    const whole = [...first, ...source.subarray(0, lie), ...second];
    assertEquals([...reader.peek()!.payload], whole);
    reader.release();
  }
});

Deno.test("RingWriter.tryPush() says no to a full ring and changes nothing", () => {
  const { writer, reader } = makeRing();
  let pushed = 0;
  while (writer.tryPush(pushed, 0, 0, bytesOf(100, pushed))) pushed++;
  // 24 bytes of header and 104 of payload are 128: eight fill the ring.
  assertEquals([pushed, writer.backlogBytes], [8, 1024]);
  assertEquals(writer.tryPush(99, 0, 0), false, "nor a smaller frame");
  for (let kind = 0; kind < pushed; kind++) {
    const frame = reader.peek()!;
    assertEquals([frame.kind, frame.payload[99]], [kind, kind]);
    reader.release();
    assertEquals(writer.backlogBytes, 1024 - 128 * (kind + 1));
  }
  assertEquals(reader.peek(), undefined);
});

Deno.test("RingWriter.tryPush() has room again when a frame is released", () => {
  const { writer, reader } = makeRing();
  while (writer.tryPush(1, 0, 0, bytesOf(100, 1)));
  reader.peek();
  assertEquals(writer.tryPush(2, 0, 0, bytesOf(100, 2)), false);
  reader.release();
  assertEquals(writer.tryPush(2, 0, 0, bytesOf(100, 2)), true);
});

Deno.test("RingWriter.tryPush() keeps a payload in one piece at the end", () => {
  const { writer, reader } = makeRing();
  // The first frame leaves 64 bytes before the end, too few for the third.
  for (const length of [400, 488, 300]) {
    if (length === 300) {
      reader.peek();
      reader.release();
    }
    assertEquals(writer.tryPush(length, 0, 0, bytesOf(length, 5)), true);
  }
  for (const length of [488, 300]) {
    const { kind, payload } = reader.peek()!;
    assertEquals([kind, payload.length], [length, length]);
    assert(payload.every((byte) => byte === 5));
    reader.release();
  }
  assertEquals(writer.backlogBytes, 0, "what was skipped is free again");
});

Deno.test("RingWriter.tryPush() counts what is skipped as taken", () => {
  const { writer, reader } = makeRing();
  writer.tryPush(1, 0, 0, bytesOf(376, 1));
  writer.tryPush(2, 0, 0, bytesOf(472, 2));
  reader.peek();
  reader.release();
  // 128 bytes before the end and 400 at the start are free, not together.
  assertEquals(writer.tryPush(3, 0, 0, bytesOf(377, 3)), false);
  assertEquals(writer.tryPush(3, 0, 0, bytesOf(376, 3)), true);
  assertEquals(writer.tryPush(4, 0, 0), false);
});

Deno.test("RingWriter.payloadBytesMax fits a ring in any place, more does not", () => {
  const { writer, reader } = makeRing(4096);
  const { payloadBytesMax } = writer;
  assertEquals(payloadBytesMax, 2048 - HEADER_BYTES);
  for (let before = 0; before < 4096; before += 8) {
    // An empty ring takes the largest frame wherever it stands.
    assertEquals(writer.tryPush(1, 0, 0, bytesOf(payloadBytesMax, 1)), true);
    assertEquals(reader.peek()!.payload.length, payloadBytesMax);
    reader.release();
    assertEquals(writer.tryPush(2, 0, 0), true);
    assertEquals(reader.peek()!.kind, 2);
    reader.release();
  }
  assertThrows(
    () => writer.tryPush(1, 0, 0, bytesOf(payloadBytesMax + 1, 1)),
    AssertionError,
  );
});

Deno.test("RingReader and RingWriter go on from where a ring stands", () => {
  const { memory, writer, reader } = makeRing();
  for (const kind of [1, 2, 3]) writer.tryPush(kind, 0, 0, bytesOf(50, kind));
  reader.peek();
  reader.release();
  const next = {
    writer: new RingWriter(memory),
    reader: new RingReader(memory),
  };
  assertEquals(next.reader.peek()!.kind, 2);
  assertEquals(next.writer.backlogBytes, writer.backlogBytes);
  next.writer.tryPush(4, 0, 0);
  next.reader.release();
  assertEquals(next.reader.peek()!.kind, 3);
});

Deno.test("a ring keeps many random frames in order and whole, at any fill", () => {
  const seed = printedSeed();
  const random = new SeededRandom(seed);
  const { memory } = makeRing(4096);
  // The counts of bytes wrap at 2^32: start close before it.
  new Int32Array(memory, 0, 2).fill(-(4096 * 3));
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  let [written, read, refused] = [0, 0, 0];
  while (read < 20_000) {
    for (let burst = random.below(8); burst > 0 && written < 20_000; burst--) {
      const frame = frameOf(seed, written, writer.payloadBytesMax);
      const { kind, a, b, parts } = frame;
      if (writer.tryPush(kind, a, b, ...parts)) written++;
      else refused++;
    }
    assert(writer.backlogBytes >= 0 && writer.backlogBytes <= 4096);
    for (let burst = random.below(8); burst > 0; burst--) {
      const found = reader.peek();
      assertEquals(found === undefined, read === written);
      if (found === undefined) break;
      const { kind, a, b, parts } = frameOf(seed, read, 2024);
      const wanted = [kind, a, b, sumOf(...parts)];
      const { payload } = found;
      assertEquals([found.kind, found.a, found.b, sumOf(payload)], wanted);
      reader.release();
      read++;
    }
  }
  assert(refused > 100, "the ring was full often");
});

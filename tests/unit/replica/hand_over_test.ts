import { assert, assertEquals } from "@std/assert";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import type { Message } from "../../../src/raft/mod.ts";
import { HandOver } from "../../../src/replica/hand_over.ts";
import { OwnProposals } from "../../../src/replica/own_proposals.ts";
import { bytes, entry, ServeSide } from "./harness.ts";

function parties(ringBytes = 1024) {
  const link = createLink(ringBytes);
  const own = new OwnProposals();
  const changes: number[] = [];
  const handOver = new HandOver(new LinkEnd(link.far).writer, own, (entry) => {
    changes.push(entry.index);
    return bytes("members");
  });
  const messages: Message[] = [];
  return {
    own,
    handOver,
    messages,
    changes,
    serve: new ServeSide(new LinkEnd(link.near)),
    pump: () => handOver.pump((message) => messages.push(message)),
  };
}

function applied(index: number): Message {
  return { kind: "storage-apply-response", to: 1, index, bytes: 0 };
}

Deno.test("HandOver sends others' entries whole and own ones by their ids", () => {
  const { own, handOver, serve, pump, messages } = parties();
  for (const [id, index] of [[1, 3], [2, 4], [3, 5]] as const) {
    own.accept(id, index, 2);
  }
  handOver.add([entry(1, 1), entry(2, 2), entry(2, 3), entry(2, 4)], [
    applied(4),
  ]);
  handOver.add([entry(2, 5), entry(3, 6)], [applied(6)]);
  assertEquals(pump(), true);
  assertEquals(serve.frames(), [
    "ENTRY 1 1 1/1",
    "ENTRY 2 2 2/2",
    "COMMITTED 4 2",
    "COMMITTED 5 3",
    "ENTRY 6 3 3/6",
  ]);
  assertEquals(messages, [applied(4), applied(6)]);
  assertEquals([handOver.isDone, handOver.index, handOver.term], [true, 6, 3]);
  assertEquals([own.open, pump()], [0, false]);
});

Deno.test("HandOver goes on where a full ring stopped it", () => {
  const { handOver, serve, pump, messages } = parties();
  const entries = Array.from({ length: 100 }, (_, at) => entry(1, at + 1));
  handOver.add(entries, [applied(100)]);
  const frames: string[] = [];
  let pumps = 0;
  while (!handOver.isDone) {
    assertEquals(pump(), true);
    assertEquals(messages.length, handOver.isDone ? 1 : 0);
    frames.push(...serve.frames());
    pumps++;
  }
  assert(pumps > 2, "the ring was full between");
  assertEquals(
    frames,
    entries.map((one) => `ENTRY ${one.index} 1 1/${one.index}`),
  );
});

Deno.test("HandOver writes nothing into a full ring", () => {
  const { handOver, pump } = parties();
  handOver.add(Array.from({ length: 100 }, (_, at) => entry(1, at + 1)), []);
  assertEquals([pump(), pump(), handOver.isDone], [true, false, false]);
});

Deno.test("HandOver cuts an entry that is larger than a frame", () => {
  const { handOver, serve, pump } = parties();
  const data = bytes("abcdefghij".repeat(130));
  handOver.add([{ term: 4, index: 9, data }], [applied(9)]);
  const frames: string[] = [];
  while (!handOver.isDone) {
    pump();
    frames.push(...serve.frames());
  }
  const fields = frames.map((frame) => frame.split(" "));
  assertEquals(fields.map(([kind, a, b]) => `${kind} ${a} ${b}`), [
    "ENTRY_PART 9 812",
    "ENTRY_PART 9 324",
    "ENTRY 9 4",
  ]);
  assertEquals(
    fields.map((each) => each[3]).join(""),
    "abcdefghij".repeat(130),
  );
});

Deno.test("HandOver sends an empty entry as a frame of its own", () => {
  const { handOver, serve, pump } = parties();
  handOver.add([{ term: 2, index: 1, data: bytes("") }], []);
  pump();
  assertEquals(serve.frames(), ["ENTRY 1 2"]);
});

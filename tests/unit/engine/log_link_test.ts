import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, SeededRandom } from "../../../src/base/mod.ts";
import { type LogEvents, LogLink } from "../../../src/engine/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import { RaftToServe, ServeToRaft } from "../../../src/replica/mod.ts";
import { printedSeed } from "../seed.ts";

/** Events as words and numbers; payloads are copied. */
type Event = readonly (string | number)[];

function makeLink(capacityBytes = 1024) {
  const events: Event[] = [];
  const note = (name: string) => (...facts: (number | Uint8Array)[]) => {
    const plain = facts.map((fact) =>
      typeof fact === "number" ? fact : [...fact].join(".")
    );
    events.push([name, ...plain]);
  };
  const listener: LogEvents = {
    snapshotPiece: note("piece"),
    snapshotEnd: note("end"),
    entry: note("entry"),
    recovered: note("recovered"),
    committed: note("committed"),
    leadership: (term, leader, isServing) =>
      events.push(["leadership", term, leader, String(isServing)]),
    abandoned: (id, isLost) => events.push(["abandoned", id, String(isLost)]),
    members: note("members"),
    readAt: note("read at"),
    readRefused: note("read refused"),
    changed: (id, problem) => events.push(["changed", id, problem]),
    restore: () => {
      events.push(["restore"]);
      return new Promise((resolve) => void (restored.then = resolve));
    },
    snapshotWanted: note("wanted"),
    failed: (reason) => events.push(["failed", reason]),
    stopped: note("stopped"),
    room: () => {},
  };
  const restored = { then: () => {} };
  const { near, far } = createLink(capacityBytes);
  const link = new LogLink(new LinkEnd(near), listener);
  return { link, events, listener, restored, raft: new LinkEnd(far) };
}

interface Received {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly payload: Uint8Array;
}

/** Takes the oldest frame that the raft Worker has been sent. */
function receive(raft: LinkEnd): Received | undefined {
  const frame = raft.reader.peek();
  if (frame === undefined) return undefined;
  const { kind, a, b } = frame;
  const payload = frame.payload.slice();
  raft.reader.release();
  return { kind, a, b, payload };
}

function receiveAll(raft: LinkEnd): Received[] {
  const frames: Received[] = [];
  for (let frame = receive(raft); frame; frame = receive(raft)) {
    frames.push(frame);
  }
  return frames;
}

const numbers = (...values: number[]) => Uint8Array.from(values);

// -- To the log --

Deno.test("LogLink.propose() sends a small entry as one frame and rings", () => {
  const { link, raft } = makeLink();
  const ticket = raft.ownBell.ticket();
  assertEquals(link.propose(7, numbers(1, 2, 3)), true);
  assert(raft.ownBell.ticket() !== ticket, "the raft Worker is woken");
  const [frame, ...rest] = receiveAll(raft);
  assertEquals([frame!.kind, frame!.a, [...frame!.payload]], [
    ServeToRaft.PROPOSE,
    7,
    [1, 2, 3],
  ]);
  assertEquals(rest, []);
});

Deno.test("LogLink.propose() cuts a large entry into parts that say what is left", () => {
  const { link, raft } = makeLink(4096);
  const partBytes = raft.writer.payloadBytesMax;
  const entry = new Uint8Array(partBytes + 100).map((_, at) => at);
  assertEquals(link.propose(1, entry), true);
  const frames = receiveAll(raft);
  assertEquals(
    frames.map(({ kind, a, b, payload }) => [
      kind,
      a,
      b,
      payload.length,
    ]),
    [
      [ServeToRaft.PROPOSE_PART, 1, 100, partBytes],
      [ServeToRaft.PROPOSE, 1, 0, 100],
    ],
  );
  const whole = frames.flatMap(({ payload }) => [...payload]);
  assertEquals(whole, [...entry]);
});

Deno.test("LogLink.propose() goes on where the ring was full, and sends nothing twice", () => {
  const seed = printedSeed();
  const random = new SeededRandom(seed);
  for (let round = 0; round < 50; round++) {
    const { link, raft } = makeLink(1024);
    const entries = Array.from({ length: 5 }, () => {
      const entry = new Uint8Array(random.below(5000));
      return entry.map(() => random.below(256));
    });
    const arrived: number[][] = [];
    let whole: number[] = [];
    const hear = () => {
      for (let count = random.below(3); count >= 0; count--) {
        const frame = receive(raft);
        if (frame === undefined) return;
        whole.push(...frame.payload);
        if (frame.kind !== ServeToRaft.PROPOSE) continue;
        assertEquals(frame.a, arrived.length + 1, "ids are in order");
        arrived.push(whole);
        whole = [];
      }
    };
    for (const [at, entry] of entries.entries()) {
      while (!link.propose(at + 1, entry)) hear();
    }
    while (arrived.length < entries.length) hear();
    assertEquals(arrived, entries.map((entry) => [...entry]));
    assertEquals(receive(raft), undefined);
  }
});

Deno.test("LogLink.applied() is left out while the ring is full", () => {
  const { link, raft } = makeLink();
  link.applied(5);
  assertEquals(receive(raft)!.kind, ServeToRaft.APPLIED);
  while (link.propose(1, new Uint8Array(0)));
  const before = raft.reader.peek()!.kind;
  link.applied(6);
  assertEquals(before, ServeToRaft.PROPOSE);
  const kinds = receiveAll(raft).map(({ kind }) => kind);
  assert(!kinds.includes(ServeToRaft.APPLIED));
});

Deno.test("LogLink.stop() and snapshotTaken() wait for room", async () => {
  const { link, raft } = makeLink();
  while (link.propose(1, new Uint8Array(232)));
  // A sleep on a bell does not keep Deno's loop alive.
  const timer = setInterval(() => {}, 60_000);
  let isStopSent = false;
  const stopping = link.snapshotTaken(9, 1234).then(() => link.stop())
    .then(() => isStopSent = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(isStopSent, false);
  receiveAll(raft);
  await stopping;
  clearInterval(timer);
  assertEquals(
    receiveAll(raft).map(({ kind, a, b }) => [kind, a, b]),
    [[ServeToRaft.SNAPSHOT_TAKEN, 9, 1234], [ServeToRaft.STOP, 0, 0]],
  );
});

// -- From the log --

Deno.test("LogLink.poll() tells every kind of news in order", () => {
  const { link, raft, events } = makeLink();
  const { writer } = raft;
  writer.tryPush(RaftToServe.SNAPSHOT_BLOCK, 0, 0, numbers(1, 2));
  writer.tryPush(RaftToServe.SNAPSHOT_END, 10, 3);
  writer.tryPush(RaftToServe.ENTRY, 11, 3, numbers(4));
  writer.tryPush(RaftToServe.RECOVERED, 11, 4);
  writer.tryPush(RaftToServe.COMMITTED, 12, 1);
  writer.tryPush(RaftToServe.SNAPSHOT_WANTED, 0, 0);
  writer.tryPush(RaftToServe.STOPPED, 12, 1);
  link.poll();
  assertEquals(events, [
    ["piece", "1.2"],
    ["end", 10, 3],
    ["entry", 11, 3, "4"],
    ["recovered", 11, 4],
    ["committed", 12, 1],
    ["wanted"],
    ["stopped"],
  ]);
});

Deno.test("LogLink.poll() makes an entry whole before it tells of it", () => {
  const { link, raft, events } = makeLink();
  const { writer } = raft;
  writer.tryPush(RaftToServe.ENTRY_PART, 5, 3, numbers(1, 2));
  link.poll();
  assertEquals(events, []);
  writer.tryPush(RaftToServe.ENTRY_PART, 5, 1, numbers(3, 4));
  writer.tryPush(RaftToServe.ENTRY, 5, 2, numbers(5));
  writer.tryPush(RaftToServe.ENTRY, 6, 3, numbers(9));
  link.poll();
  assertEquals(events, [["entry", 5, 2, "1.2.3.4.5"], ["entry", 6, 3, "9"]]);
});

Deno.test("LogLink.poll() refuses parts that do not make an entry whole", () => {
  const { link, raft } = makeLink();
  raft.writer.tryPush(RaftToServe.ENTRY_PART, 5, 4, numbers(1, 2));
  raft.writer.tryPush(RaftToServe.ENTRY, 5, 0, numbers(5));
  assertThrows(() => link.poll(), AssertionError);
});

Deno.test("LogLink.poll() refuses kinds of frames that it does not know", () => {
  const { link, raft } = makeLink();
  raft.writer.tryPush(999, 0, 0);
  assertThrows(() => link.poll(), AssertionError);
});

Deno.test("LogLink.poll() wakes the raft Worker only when it made room for data", () => {
  const { link, raft } = makeLink();
  const ticket = raft.ownBell.ticket();
  raft.writer.tryPush(RaftToServe.COMMITTED, 1, 1);
  link.poll();
  assertEquals(raft.ownBell.ticket(), ticket);
  raft.writer.tryPush(RaftToServe.ENTRY, 1, 0, numbers(1));
  link.poll();
  assert(raft.ownBell.ticket() !== ticket);
});

Deno.test("LogLink.poll() from within an event does nothing", () => {
  const { link, raft, events, listener } = makeLink();
  const { committed } = listener;
  listener.committed = (index, id) => {
    link.poll();
    committed(index, id);
  };
  raft.writer.tryPush(RaftToServe.COMMITTED, 1, 1);
  raft.writer.tryPush(RaftToServe.COMMITTED, 2, 2);
  link.poll();
  assertEquals(events, [["committed", 1, 1], ["committed", 2, 2]]);
});

for (
  const [kind, word] of [["FAILED", "failed"], ["STOPPED", "stopped"]] as const
) {
  Deno.test(`LogLink.run() ends when the raft Worker has ${word}`, async () => {
    const { link, raft, events } = makeLink();
    const timer = setInterval(() => {}, 60_000);
    const running = link.run();
    raft.writer.tryPush(RaftToServe.COMMITTED, 3, 1);
    raft.otherBell.ring();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(events, [["committed", 3, 1]]);
    const reason = new TextEncoder().encode("Cannot write: disk full");
    raft.writer.tryPush(RaftToServe[kind], 0, 0, reason);
    raft.otherBell.ring();
    await running;
    clearInterval(timer);
    assertEquals(events[1]![0], word);
    if (kind === "FAILED") {
      assertEquals(events[1]![1], "Cannot write: disk full");
    }
  });
}

Deno.test("LogLink.run() tells of room whenever it wakes", async () => {
  const { link, raft, listener } = makeLink();
  let rooms = 0;
  listener.room = () => rooms++;
  const timer = setInterval(() => {}, 60_000);
  const running = link.run();
  assertEquals(rooms, 1);
  raft.otherBell.ring();
  while (rooms < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  raft.writer.tryPush(RaftToServe.STOPPED, 0, 0);
  raft.otherBell.ring();
  await running;
  clearInterval(timer);
});

Deno.test("LogLink.attend() hears now, and when the turn ends, without being woken", async () => {
  const { link, raft, listener, events } = makeLink();
  let rooms = 0;
  listener.room = () => rooms++;
  raft.writer.tryPush(RaftToServe.COMMITTED, 3, 1);
  link.attend();
  assertEquals(events, [["committed", 3, 1]]);
  raft.writer.tryPush(RaftToServe.COMMITTED, 4, 2);
  raft.otherBell.ring();
  await Promise.resolve();
  assertEquals(events[1], ["committed", 4, 2]);
  assertEquals(rooms, 1, "a refused proposal is tried again");
});

Deno.test("LogLink.run() wakes for a ring behind a turn that attended", async () => {
  const { link, raft, events } = makeLink();
  const timer = setInterval(() => {}, 60_000);
  const running = link.run();
  for (let turn = 1; turn <= 50; turn++) {
    link.attend();
    await new Promise((resolve) => setTimeout(resolve, 0));
    raft.writer.tryPush(RaftToServe.COMMITTED, turn, turn);
    raft.otherBell.ring();
    while (events.length < turn) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  raft.writer.tryPush(RaftToServe.STOPPED, 0, 0);
  raft.otherBell.ring();
  await running;
  clearInterval(timer);
});

// -- A group --

Deno.test("LogLink.poll() hands over what a group tells", () => {
  const { link, events, raft } = makeLink();
  const { writer } = raft;
  writer.tryPush(RaftToServe.LEADERSHIP, 4, 2, numbers(0));
  writer.tryPush(RaftToServe.LEADERSHIP, 5, 1, numbers(1));
  writer.tryPush(RaftToServe.REFUSED, 1, 3);
  writer.tryPush(RaftToServe.LOST, 4, 6);
  writer.tryPush(RaftToServe.MEMBERS, 9, 5, numbers(7, 8));
  writer.tryPush(RaftToServe.READ_AT, 2, 9);
  writer.tryPush(RaftToServe.READ_REFUSED, 3, 0);
  writer.tryPush(RaftToServe.CHANGED, 1, 0, new Uint8Array(0));
  writer.tryPush(RaftToServe.CHANGED, 2, 0, new TextEncoder().encode("BUSY"));
  link.poll();
  assertEquals(events, [
    ["leadership", 4, 2, "false"],
    ["leadership", 5, 1, "true"],
    ["abandoned", 3, "false"],
    ["abandoned", 6, "true"],
    ["members", 9, 5, "7.8"],
    ["read at", 2, 9],
    ["read refused", 3],
    ["changed", 1, ""],
    ["changed", 2, "BUSY"],
  ]);
});

Deno.test("LogLink.poll() tells nothing more before a restore may go on", async () => {
  const { link, events, raft, restored } = makeLink();
  raft.writer.tryPush(RaftToServe.RESTORE, 20, 5);
  raft.writer.tryPush(RaftToServe.SNAPSHOT_BLOCK, 0, 0, numbers(1));
  link.poll();
  link.poll();
  assertEquals(events, [["restore"]]);
  restored.then();
  await Promise.resolve();
  assertEquals(events, [["restore"], ["piece", "1"]]);
});

Deno.test("LogLink.readIndex() and clock() send one frame each; the first needs room", () => {
  const { link, raft } = makeLink();
  assertEquals(link.readIndex(1), true);
  link.clock(12.5);
  const frames = receiveAll(raft).map(({ kind, a }) => [kind, a]);
  assertEquals(frames, [
    [ServeToRaft.READ_INDEX, 1],
    [ServeToRaft.CLOCK, 12.5],
  ]);
  let taken = 0;
  while (link.readIndex(taken + 2)) taken++;
  assert(taken > 0, "a full ring takes no more");
});

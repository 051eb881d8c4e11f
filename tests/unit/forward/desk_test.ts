/** A desk where another node says what it should not. */

import { assertEquals, assertThrows } from "@std/assert";
import { PeerError } from "../../../src/base/mod.ts";
import { FORWARD_REPLIES_BYTES_MAX } from "../../../src/config/mod.ts";
import { Desk } from "../../../src/forward/desk.ts";
import {
  CLOSING,
  OPENING,
  REPLIES,
  type Replies,
  REQUESTS,
  type RequestsPiece,
  TAKEN,
  UNBLOCKING,
} from "../../../src/forward/messages.ts";
import {
  type Connection,
  countsOf,
  type Frame,
  noCounts,
} from "../../../src/transport/mod.ts";
import { Bench, encode, turn } from "../engine/harness.ts";
import { array } from "./nodes.ts";

const OPENING_VALUE = {
  channel: 1,
  user: "default",
  name: "",
  address: "10.0.0.1:99",
  localAddress: "10.0.0.2:6379",
  libraryName: "",
  libraryVersion: "",
};

const NOTHING = new Uint8Array(0);

const PIECE: RequestsPiece = {
  channel: 1,
  bytes: encode(array("SET a 1")),
  isFirst: true,
  isLast: true,
  database: 0,
  isResp3: false,
  isNoTouch: false,
  isTransaction: false,
  watched: NOTHING,
  index: 0,
};

/** A desk of a node that leads, and what becomes of its connection. */
function desk() {
  const bench = new Bench();
  const problems: string[] = [];
  const connection = {
    flush: () => {},
    fail: ({ problem }: PeerError) => problems.push(problem),
  } as unknown as Connection;
  const one = new Desk(
    connection,
    {
      engine: bench.engine,
      enter: () => {},
      published: () => {},
      isOpen: () => true,
    },
    countsOf(noCounts(), 2).clients,
  );
  const open = (changes = {}) =>
    one.take({
      kind: "channelOpening",
      content: OPENING.encode({ ...OPENING_VALUE, ...changes }),
    });
  const ask = (changes: Partial<RequestsPiece> = {}) =>
    one.take({
      kind: "requests",
      content: REQUESTS.encode({ ...PIECE, ...changes }),
    });
  /** What it says back. */
  const answers = (): Replies[] => {
    const all: Replies[] = [];
    for (;;) {
      const frame = one.source.next();
      if (frame === undefined) return all;
      assertEquals(frame.kind, "replies");
      all.push(REPLIES.decode(frame.content));
    }
  };
  return { bench, desk: one, open, ask, answers, problems };
}

function refuses(act: () => void): void {
  assertThrows(act, PeerError);
}

Deno.test("replies and the end of a batch are one frame", async () => {
  const { bench, open, ask, answers } = desk();
  open();
  ask();
  await bench.settle();
  assertEquals(answers(), [
    { channel: 1, bytes: encode("+OK\r\n"), end: "done", database: 0 },
  ]);
});

Deno.test("a desk refuses frames that are not for it", () => {
  const { desk: one, open, ask } = desk();
  const frames: Frame[] = [
    { kind: "message", content: NOTHING },
    { kind: "replies", content: NOTHING },
    { kind: "requests", content: new Uint8Array([1, 2, 3]) },
    { kind: "channelClosing", content: CLOSING.encode({ channel: 9 }) },
    { kind: "repliesTaken", content: TAKEN.encode({ channel: 9, bytes: 1 }) },
    {
      kind: "unblocking",
      content: UNBLOCKING.encode({ channel: 9, isError: true }),
    },
  ];
  for (const frame of frames) refuses(() => one.take(frame));
  refuses(() => ask());
  refuses(() => open({ address: "" }));
});

Deno.test("a desk refuses requests out of turn, and of databases that are not there", () => {
  for (
    const change of [
      { isFirst: false },
      { database: 16 },
      { database: 2 ** 40 },
    ]
  ) {
    const { open, ask } = desk();
    open();
    refuses(() => ask(change));
  }
  const { open, ask } = desk();
  open();
  ask();
  refuses(() => ask());
  refuses(() => ask({ isFirst: false }));
});

Deno.test("half a request ends its client and no other", async () => {
  const { bench, open, ask, answers } = desk();
  open();
  open({ channel: 2 });
  ask({ bytes: encode("*2\r\n$3\r\nGET\r\n$1\r\n") });
  ask({ channel: 2 });
  await bench.settle();
  const ends = answers().map(({ channel, end }) => [channel, end]);
  assertEquals(ends.sort(), [[1, "closed"], [2, "done"]]);
  assertEquals(bench.engine.clients.size, 1);
});

Deno.test("a protocol error, and a list of keys that is none, end their client", async () => {
  for (
    const change of [
      { bytes: encode("*1\r\n$x\r\n") },
      { isTransaction: true, watched: new Uint8Array([1, 2]) },
    ]
  ) {
    const { bench, open, ask, answers } = desk();
    open();
    ask(change);
    await bench.settle();
    const { end } = answers().pop()!;
    assertEquals(["closed", "refused"].includes(end), true);
    assertEquals(bench.engine.clients.size, 0);
    // The other node may have sent this before it heard of that.
    ask();
    assertEquals(answers(), []);
  }
});

Deno.test("a transaction that was left in the middle is no part of the next", async () => {
  const { bench, open, ask, answers } = desk();
  open();
  ask({ bytes: encode(array("WATCH a") + array("MULTI") + array("GET a")) });
  answers();
  ask({ isTransaction: true, bytes: encode(array("SET a 1")) });
  await bench.settle();
  const [{ bytes }] = answers() as [Replies];
  assertEquals(new TextDecoder().decode(bytes), "*1\r\n+OK\r\n");
});

Deno.test("a node that reads no replies loses its connection", async () => {
  const { bench, open, ask, problems } = desk();
  const value = "x".repeat(16 << 20);
  open();
  ask({ bytes: encode(array(`SET v ${value}`)) });
  await bench.settle();
  const count = FORWARD_REPLIES_BYTES_MAX / value.length + 1;
  for (let channel = 2; channel < count + 2; channel++) {
    open({ channel });
    ask({ channel, bytes: encode(array("GET v")) });
  }
  await turn();
  assertEquals(problems, ["unread"]);
});

Deno.test("close() ends all its clients, those that write as well", async () => {
  const { bench, desk: one, open, ask } = desk();
  open();
  open({ channel: 2 });
  ask();
  ask({ channel: 2, bytes: encode(array("BLPOP l 0")) });
  one.close();
  one.close();
  assertEquals([one.clients, bench.engine.clients.size], [0, 0]);
  await bench.settle();
  assertEquals(bench.engine.waits.count, 0);
});

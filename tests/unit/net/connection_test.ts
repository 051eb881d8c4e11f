import { assert, assertEquals } from "@std/assert";
import {
  READ_BYTES_MAX,
  READ_BYTES_MIN,
  WRITE_BYTES_KEPT,
  WRITE_BYTES_MAX,
} from "../../../src/config/mod.ts";
import { Connection } from "../../../src/net/mod.ts";
import { FakeEngine, FakeSocket, settle } from "./fakes.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function open(socket = new FakeSocket(), engine = new FakeEngine()) {
  let closed = 0;
  const connection = new Connection(socket, engine, {
    isAuthenticated: true,
    onClosed: () => closed++,
  });
  const hasStarted = connection.start();
  return { socket, engine, connection, hasStarted, closed: () => closed };
}

// -- Reading --

Deno.test("Connection.start() tells addresses as CLIENT LIST shows them", () => {
  const { engine } = open();
  open(new FakeSocket("fe80::1", 7, "::1"), engine);
  assertEquals(engine.connected, [
    ["127.0.0.1:50000", "127.0.0.1:6379", true],
    ["[fe80::1]:7", "[::1]:6379", true],
  ]);
});

Deno.test("Connection.start() says no when there is no memory, and reads nothing", () => {
  const engine = new FakeEngine();
  engine.hasMemory = false;
  const { hasStarted, socket, closed } = open(undefined, engine);
  assertEquals([hasStarted, socket.isReading, socket.isClosed], [
    false,
    false,
    false,
  ]);
  assertEquals(closed(), 0);
});

Deno.test("Connection hands over what arrives and reads on", async () => {
  const { socket, engine } = open();
  await socket.receive("PING\r\n");
  await socket.receive("GET a\r\n");
  assertEquals(engine.text, "PING\r\nGET a\r\n");
  assertEquals(socket.isReading, true);
});

Deno.test("Connection reads more at once while reads fill their room", async () => {
  const { socket } = open();
  for (let read = 0; read < 10; read++) {
    await socket.receive("x".repeat(socket.reads.at(-1)!));
  }
  await socket.receive("x");
  await socket.receive("x");
  const wanted = [READ_BYTES_MIN];
  while (wanted.length < 13) {
    wanted.push(Math.min(wanted.at(-1)! * 2, READ_BYTES_MAX));
  }
  assertEquals(socket.reads, wanted);
});

Deno.test("Connection reads no more while the engine is busy, until resume()", async () => {
  const { socket, engine, connection } = open();
  engine.mayRead = false;
  await socket.receive("SET a 1\r\n");
  assertEquals(socket.isReading, false);
  engine.mayRead = true;
  connection.resume();
  assertEquals(socket.isReading, true);
  connection.resume();
  await socket.receive("PING\r\n");
  assertEquals(engine.text, "SET a 1\r\nPING\r\n");
});

Deno.test("Connection closes when its input is at its bound", async () => {
  const { socket, engine, closed } = open();
  engine.hasRoom = false;
  await socket.receive("x");
  await settle();
  assertEquals([socket.isClosed, engine.gone.length, closed()], [true, 1, 1]);
});

// -- Writing --

Deno.test("Connection.send() copies, and writes at once", async () => {
  const { socket, connection } = open();
  const bytes = encode("+OK\r\n");
  connection.send(bytes);
  bytes.fill(0);
  assertEquals(socket.isWriting, true);
  await socket.take();
  assertEquals(socket.written, "+OK\r\n");
});

Deno.test("Connection goes on with what the system did not take", async () => {
  const { socket, connection } = open();
  connection.send(encode("abcdefgh"));
  for (const bytes of [3, 1, 0, 2]) await socket.take(bytes);
  assertEquals([socket.written, connection.backlogBytes], ["abcdef", 2]);
  await socket.take();
  assertEquals(socket.written, "abcdefgh");
  assertEquals(socket.writes, [8, 5, 4, 4, 2]);
  assertEquals(socket.isWriting, false);
});

Deno.test("Connection writes reply after reply of the same length and of others", async () => {
  const { socket, connection } = open();
  const replies = ["+OK\r\n", "+NO\r\n", ":1\r\n", ":2\r\n", "+OK\r\n"];
  const large = "x".repeat(WRITE_BYTES_KEPT + 1);
  for (
    const reply of [...replies, large, ...replies, "y".repeat(300), ":3\r\n"]
  ) {
    socket.written = "";
    connection.send(encode(reply));
    await socket.take(2);
    await socket.take();
    assertEquals(socket.written, reply);
  }
});

Deno.test("Connection.send() joins what waits into one write, in order", async () => {
  const { socket, connection } = open();
  const second = encode("two");
  connection.send(encode("one"));
  connection.send(second);
  connection.send(encode("three"));
  second.fill(0);
  assertEquals(connection.backlogBytes, 11);
  await socket.take(2);
  connection.send(encode("four"));
  await socket.take();
  assertEquals(socket.writes, [3, 1, 12]);
  await socket.take();
  assertEquals(socket.written, "onetwothreefour");
  assertEquals(connection.backlogBytes, 0);
});

Deno.test("Connection writes what is larger than the buffer that it keeps", async () => {
  const { socket, connection } = open();
  const large = "x".repeat(WRITE_BYTES_KEPT * 3);
  connection.send(encode("a"));
  connection.send(encode(large));
  await socket.take();
  await socket.take(WRITE_BYTES_KEPT);
  await socket.take();
  connection.send(encode("b"));
  await socket.take();
  assertEquals(socket.written, `a${large}b`);
});

Deno.test("Connection.whenDrained() calls once, when all has been taken", async () => {
  const { socket, connection } = open();
  let drained = 0;
  connection.send(encode("one"));
  connection.send(encode("two"));
  connection.whenDrained(() => drained++);
  await socket.take();
  assertEquals(drained, 0);
  await socket.take();
  assertEquals(drained, 1);
  connection.send(encode("three"));
  await socket.take();
  assertEquals(drained, 1);
});

Deno.test("Connection.whenDrained() calls soon when nothing waits", async () => {
  const { connection } = open();
  let drained = 0;
  connection.whenDrained(() => drained++);
  assertEquals(drained, 0, "never within the call");
  await settle();
  assertEquals(drained, 1);
});

// -- Closing --

Deno.test("Connection closes at the peer's end when nothing is left to write", async () => {
  const { socket, engine, closed } = open();
  await socket.receiveEnd();
  assertEquals([socket.isClosed, engine.gone.length, closed()], [true, 1, 1]);
});

Deno.test("Connection answers a peer that has shut its side, then closes", async () => {
  const { socket, engine, connection, closed } = open();
  engine.onReceived = (port) => {
    port.send(encode("first"));
    port.send(encode("second"));
  };
  await socket.receive("GET a\r\nGET b\r\n");
  await socket.receiveEnd();
  assertEquals([socket.isClosed, connection.backlogBytes], [false, 11]);
  await socket.take(2);
  await socket.take();
  assertEquals(socket.isClosed, false);
  await socket.take();
  assertEquals([socket.written, socket.isClosed], ["firstsecond", true]);
  assertEquals([engine.gone.length, closed()], [1, 1]);
});

Deno.test("Connection.finish() writes what waits, reads no more, then closes", async () => {
  const { socket, engine, connection, closed } = open();
  connection.send(encode("+OK\r\n"));
  connection.finish();
  assertEquals(socket.isClosed, false);
  await socket.receive("PING\r\n");
  assertEquals([engine.text, socket.isReading], ["", false]);
  await socket.take();
  assertEquals([socket.written, socket.isClosed], ["+OK\r\n", true]);
  assertEquals([engine.gone.length, closed()], [1, 1]);
});

Deno.test("Connection.finish() closes at once when nothing waits", async () => {
  const { socket, engine, connection, closed } = open();
  connection.finish();
  assertEquals(socket.isClosed, true);
  await settle();
  assertEquals([engine.gone.length, closed()], [1, 1]);
});

Deno.test("Connection.abort() drops what waits and closes", async () => {
  const { socket, engine, connection, closed } = open();
  connection.send(encode("one"));
  connection.send(encode("two"));
  connection.abort();
  connection.abort();
  assertEquals(socket.isClosed, true);
  await settle();
  assertEquals([socket.written, engine.gone.length, closed()], ["", 1, 1]);
});

Deno.test("Connection.abort() tells the peer at once if nothing is being written", () => {
  const { socket, connection } = open();
  connection.abort();
  assertEquals([socket.isHungUp, socket.isClosed], [true, true]);
  const busy = open();
  busy.connection.send(encode("one"));
  busy.connection.abort();
  assertEquals([busy.socket.isHungUp, busy.socket.isClosed], [false, true]);
  const tls = new FakeSocket();
  const encrypted = open(Object.assign(tls, { setNoDelay: undefined }));
  assertEquals([connection.isTls, encrypted.connection.isTls], [false, true]);
  encrypted.connection.abort();
  assertEquals([tls.isHungUp, tls.isClosed], [false, true]);
});

Deno.test("Connection keeps its client until the read under way has ended", async () => {
  // The system may write into the session's buffer until then.
  const { socket, engine, connection } = open();
  connection.abort();
  assertEquals([socket.isClosed, engine.gone.length], [true, 0]);
  await settle();
  assertEquals(engine.gone.length, 1);
});

Deno.test("Connection keeps its client over a failed write until the read has ended", async () => {
  const socket = new FakeSocket();
  let endRead = () => {};
  // A read that outlives the closing, as a slow system would have it.
  socket.read = () => new Promise((_, reject) => endRead = () => reject());
  const { engine, connection, closed } = open(socket);
  connection.send(encode("one"));
  await socket.failWrite();
  assertEquals([socket.isClosed, engine.gone.length, closed()], [true, 0, 0]);
  endRead();
  await settle();
  assertEquals([engine.gone.length, closed()], [1, 1]);
});

Deno.test("Connection closes when a read fails", async () => {
  const { socket, engine, closed } = open();
  await socket.failRead();
  assertEquals([socket.isClosed, engine.gone.length, closed()], [true, 1, 1]);
});

Deno.test("Connection takes calls after its end and does nothing", async () => {
  const { socket, connection, engine, closed } = open();
  await socket.receiveEnd();
  connection.send(encode("late"));
  connection.finish();
  connection.abort();
  connection.resume();
  await settle();
  assertEquals([socket.writes, socket.isReading], [[], false]);
  assertEquals([engine.gone.length, closed()], [1, 1]);
  assert(connection.backlogBytes === 0);
});

// -- Sharing --

Deno.test("Connection.share() writes the bytes themselves, in order with replies", async () => {
  const { socket, connection } = open();
  const message = encode("message");
  connection.share(message);
  connection.send(encode("reply"));
  connection.share(message);
  await socket.take(3);
  await socket.take();
  await socket.take();
  assertEquals(socket.written, "messagereplymessage");
  connection.send(encode("other reply"));
  await socket.take();
  assertEquals(new TextDecoder().decode(message), "message");
  assertEquals(socket.written, "messagereplymessageother reply");
});

Deno.test("Connection.share() takes part of a larger buffer", async () => {
  const { socket, connection } = open();
  const bytes = encode("__one__two__");
  connection.share(bytes.subarray(2, 5));
  await socket.take();
  connection.share(bytes.subarray(7, 10));
  await socket.take(1);
  await socket.take();
  assertEquals(socket.written, "onetwo");
});

Deno.test("Connection writes what waits in portions of a bounded size", async () => {
  const { socket, connection } = open();
  const message = new Uint8Array(WRITE_BYTES_MAX / 4).fill(97);
  const large = new Uint8Array(WRITE_BYTES_MAX * 2).fill(98);
  for (let count = 0; count < 6; count++) connection.share(message);
  connection.share(large);
  connection.send(encode("end"));
  while (socket.isWriting) await socket.take();
  const quarter = WRITE_BYTES_MAX / 4;
  assertEquals(socket.writes, [
    ...[quarter, WRITE_BYTES_MAX, quarter],
    ...[WRITE_BYTES_MAX * 2, 3],
  ]);
  assertEquals(socket.written.length, quarter * 6 + WRITE_BYTES_MAX * 2 + 3);
  assertEquals(connection.backlogBytes, 0);
});

Deno.test("Connection.share() does nothing once closed", () => {
  const { socket, connection } = open();
  connection.abort();
  connection.share(encode("late"));
  assertEquals(socket.writes, []);
});

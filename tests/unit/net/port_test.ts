import { assert, assertEquals, assertThrows } from "@std/assert";
import { ListenError } from "../../../src/base/mod.ts";
import { listenSystem, type PortAddress } from "../../../src/net/mod.ts";
import { BoundPort } from "../../../src/net/port.ts";
import { FakePort, FakeSocket } from "./fakes.ts";

const ADDRESS: PortAddress = { hostname: "127.0.0.1", port: 0 };

/** A port that accepts, and what came of it. */
function bind() {
  const port = new FakePort();
  const accepted: unknown[] = [];
  const failed: string[] = [];
  const bound = new BoundPort(ADDRESS, () => port, {
    accepted: (socket) => accepted.push(socket),
    failed: (reason) => failed.push(reason),
  });
  return { port, bound, accepted, failed, running: bound.run() };
}

Deno.test("BoundPort hands sockets over until it is closed", async () => {
  const { port, bound, accepted, failed, running } = bind();
  const sockets = [new FakeSocket(), new FakeSocket()];
  for (const socket of sockets) await port.arrive(socket);
  assertEquals(bound.number, 4711);
  bound.close();
  await running;
  assert(accepted[0] === sockets[0] && accepted[1] === sockets[1]);
  assertEquals(failed, [], "the end is no failure");
});

Deno.test("BoundPort goes on after accepts that fail, and tells of them", async () => {
  const { port, accepted, failed } = bind();
  const error = new Deno.errors.ConnectionAborted("gone");
  for (let failure = 0; failure < 3; failure++) await port.fail(error);
  await port.fail(new Error("Too many open files"));
  await port.arrive(new FakeSocket());
  assertEquals(accepted.length, 1);
  const aborted = "ConnectionAborted";
  assertEquals(failed, [aborted, aborted, aborted, "Error"]);
});

Deno.test("BoundPort accepts less and less often while accepts fail", async () => {
  const { port } = bind();
  await port.fail(new Error("Too many open files"));
  // Four more in a row: 1, 3, 7 and 15 ms lie between them. A slow machine takes longer.
  const startMs = performance.now();
  for (let failure = 0; failure < 4; failure++) {
    await port.fail(new Error("Too many open files"));
  }
  assert(performance.now() - startMs >= 20, "failures in a row are slowed");
});

Deno.test("listenSystem() refuses a certificate that is none", () => {
  const certificate = { cert: "a certificate", key: "a key" };
  const events = { accepted: () => {}, failed: () => {} };
  assertThrows(
    () => new BoundPort({ ...ADDRESS, certificate }, listenSystem, events),
    ListenError,
    "Cannot listen on 127.0.0.1:0",
  );
});

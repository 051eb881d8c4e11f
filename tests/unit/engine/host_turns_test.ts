/** Requests that the host runs: in their place, and such as wait for others. */

import { assertEquals } from "@std/assert";
import type { WaitEnd } from "../../../src/engine/mod.ts";
import { Bench, encode, turn } from "./harness.ts";

/** A bench whose host's requests wait, and what ends them. */
function waiting() {
  const bench = new Bench();
  const later = Promise.withResolvers<Uint8Array>();
  const ends: WaitEnd[] = [];
  bench.host = () => ({
    reply: new Uint8Array(0),
    later: later.promise,
    end: (how) => {
      ends.push(how);
      later.resolve(encode(`+${how}\r\n`));
    },
  });
  return { bench, ends, later };
}

Deno.test("a request that waits for others is answered in its place", async () => {
  const { bench, later } = waiting();
  const client = bench.connect();
  bench.receive(client, "WAIT 1 0\r\nPING\r\n");
  assertEquals([client.state, bench.take(client)], ["waiting", ""]);
  assertEquals(bench.engine.hostTurns.waiting, 1);
  assertEquals(bench.port(client).resumes, 1, "its socket is read on");
  assertEquals(bench.receive(client, "PING\r\n"), true);
  assertEquals(bench.take(client), "");
  later.resolve(encode(":1\r\n"));
  await turn();
  assertEquals(bench.take(client), ":1\r\n+PONG\r\n+PONG\r\n");
  assertEquals([client.state, bench.engine.hostTurns.waiting], ["reading", 0]);
  assertEquals(bench.engine.hostTurns.end(client, "timeout"), false);
});

Deno.test("HostTurns.end() ends a wait for others, once", async () => {
  const { bench, ends } = waiting();
  const client = bench.connect();
  assertEquals(bench.engine.hostTurns.end(client, "error"), false);
  bench.receive(client, "WAIT 1 0\r\n");
  assertEquals(bench.engine.hostTurns.end(client, "error"), true);
  assertEquals(bench.engine.hostTurns.end(client, "error"), false);
  await turn();
  assertEquals([ends, bench.take(client)], [["error"], "+error\r\n"]);
});

Deno.test("a closed socket ends its client's wait for others", async () => {
  const { bench, ends } = waiting();
  const client = bench.connect();
  bench.receive(client, "WAIT 1 0\r\n");
  const sessions = bench.core.header.get("bytesBuffers");
  bench.engine.disconnected(client);
  await turn();
  assertEquals([ends, bench.take(client)], [["gone"], ""]);
  assertEquals(bench.engine.hostTurns.waiting, 0);
  assertEquals(bench.core.header.get("bytesBuffers") < sessions, true);
});

Deno.test("a host's request without an end holds its client, and cannot be ended", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = () => ({
    reply: new Uint8Array(0),
    later: new Promise(() => {}),
  });
  bench.receive(client, "DEBUG SLEEP 1\r\n");
  assertEquals([client.state, bench.engine.hostTurns.waiting], ["held", 0]);
  assertEquals(bench.engine.hostTurns.end(client, "timeout"), false);
});

Deno.test("a client knows the entry of its last write", async () => {
  const bench = new Bench();
  const [writer, waiter] = [bench.connect(), bench.connect()];
  bench.receive(waiter, "BLPOP l 0\r\n");
  await bench.settle();
  const waited = waiter.writtenIndex;
  bench.receive(writer, "SET a 1\r\nGET a\r\n");
  await bench.settle();
  const first = writer.writtenIndex;
  assertEquals(first > waited, true);
  bench.receive(writer, "GET a\r\n");
  await bench.settle();
  assertEquals(writer.writtenIndex, first);
  bench.receive(writer, "RPUSH l x\r\n");
  await bench.settle();
  assertEquals(writer.writtenIndex > first, true);
  assertEquals(waiter.writtenIndex, writer.writtenIndex, "it took the item");
});

Deno.test("HostTurns runs a request of the host in its place among the client's others", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = (_client, words) => ({
    reply: encode(`+${words.join(" ")}\r\n`),
  });
  bench.receive(client, "GET a\r\nINFO one\r\nGET a\r\nINFO two\r\n");
  assertEquals(
    bench.take(client),
    "$-1\r\n+INFO one\r\n$-1\r\n+INFO two\r\n",
  );
  assertEquals(client.state, "reading");
});

Deno.test("HostTurns runs no request of a client before a later answer of its last one", async () => {
  const bench = new Bench();
  const [client, other] = [bench.connect(), bench.connect()];
  const later = Promise.withResolvers<Uint8Array>();
  bench.host = () => ({ reply: encode(""), later: later.promise });
  bench.receive(client, "INFO\r\nGET a\r\n");
  assertEquals([bench.take(client), client.state], ["", "held"]);
  bench.receive(other, "GET a\r\n");
  assertEquals(bench.take(other), "$-1\r\n");
  later.resolve(encode("+late\r\n"));
  await turn();
  assertEquals(bench.take(client), "+late\r\n$-1\r\n");
  assertEquals(client.state, "reading");
});

Deno.test("HostTurns drops a later answer when its client has gone", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const later = Promise.withResolvers<Uint8Array>();
  bench.host = () => ({ reply: encode(""), later: later.promise });
  bench.receive(client, "INFO\r\nGET a\r\n");
  bench.engine.disconnected(client);
  later.resolve(encode("+late\r\n"));
  await turn();
  assertEquals(bench.take(client), "");
});

Deno.test("HostTurns acts behind the reply, and ends a client whose last request it was", () => {
  const bench = new Bench();
  const client = bench.connect();
  const order: string[] = [];
  bench.host = () => ({
    reply: encode("+OK\r\n"),
    after: () => order.push(bench.take(client)),
    isLast: true,
  });
  bench.receive(client, "INFO\r\nGET a\r\n");
  assertEquals(order, ["+OK\r\n"]);
  assertEquals([bench.take(client), bench.port(client).end], ["", "finished"]);
});

Deno.test("HostTurns goes on with nobody whom the request itself has closed", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = () => {
    bench.engine.disconnected(client);
    return { reply: encode("+OK\r\n") };
  };
  bench.receive(client, "INFO\r\nGET a\r\n");
  assertEquals(bench.take(client), "");
  assertEquals(bench.engine.clients.size, 0);
});

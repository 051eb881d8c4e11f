/** Transactions of the engine: the host's part in them. */

import { assertEquals } from "@std/assert";
import { EVENT_CLASSES } from "../../../src/core/mod.ts";
import { Bench, encode } from "./harness.ts";

const QUEUED = "+QUEUED\r\n";

Deno.test("runQueued() answers the host's requests in their place, in reads and writes", async () => {
  const bench = new Bench();
  const client = bench.connect();
  const ran: string[][] = [];
  bench.host = (_client, words) => {
    ran.push(words);
    return { reply: encode("+HOST\r\n") };
  };
  bench.receive(
    client,
    "MULTI\r\nPING\r\nLASTSAVE\r\nPING\r\nEXEC\r\nPING\r\n",
  );
  assertEquals(
    bench.take(client),
    `+OK\r\n${QUEUED.repeat(3)}*3\r\n+PONG\r\n+HOST\r\n+PONG\r\n+PONG\r\n`,
  );
  bench.receive(
    client,
    "MULTI\r\nSET a 1\r\nINFO x\r\nLASTSAVE\r\nINCR a\r\nEXEC\r\nGET a\r\n",
  );
  assertEquals(bench.take(client), `+OK\r\n${QUEUED.repeat(4)}`);
  assertEquals(ran.length, 1);
  await bench.settle();
  assertEquals(
    bench.take(client),
    "*4\r\n+OK\r\n+HOST\r\n+HOST\r\n:2\r\n$1\r\n2\r\n",
  );
  assertEquals(ran, [["LASTSAVE"], ["INFO", "x"], ["LASTSAVE"]]);
  assertEquals(bench.log.proposals.length, 1);
});

Deno.test("runQueued() lets nothing of others come between", async () => {
  const bench = new Bench();
  const [one, two] = [bench.connect(), bench.connect()];
  bench.receive(one, "MULTI\r\nINCR a\r\nLASTSAVE\r\nINCR a\r\nEXEC\r\n");
  bench.receive(
    two,
    "MULTI\r\nINCR a\r\nLASTSAVE\r\nINCR a\r\nEXEC\r\nGET a\r\n",
  );
  for (const client of [one, two]) bench.take(client);
  await bench.settle();
  assertEquals(bench.take(one), "*3\r\n:1\r\n+HOST\r\n:2\r\n");
  assertEquals(bench.take(two), "*3\r\n:3\r\n+HOST\r\n:4\r\n$1\r\n4\r\n");
});

Deno.test("runQueued() ends the connection behind a transaction that asks for it", async () => {
  for (const write of ["PING", "SET a 1"]) {
    const bench = new Bench();
    const client = bench.connect();
    bench.host = () => ({ reply: encode("+BYE\r\n"), isLast: true });
    bench.receive(
      client,
      `MULTI\r\n${write}\r\nCLIENT KILL x\r\nINCR b\r\nEXEC\r\nINCR b\r\n`,
    );
    await bench.settle();
    const first = write === "PING" ? "+PONG" : "+OK";
    assertEquals(
      bench.take(client),
      `+OK\r\n${QUEUED.repeat(3)}*3\r\n${first}\r\n+BYE\r\n`,
    );
    assertEquals([client.state, bench.port(client).end], [
      "closing",
      "finished",
    ]);
    const other = bench.connect();
    bench.receive(other, "GET b\r\n");
    assertEquals(bench.take(other), "$1\r\n1\r\n");
  }
});

Deno.test("runQueued() goes on where its client has gone", async () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.host = (self) => {
    bench.engine.disconnected(self);
    return { reply: encode("+OK\r\n") };
  };
  bench.receive(client, "MULTI\r\nINCR a\r\nLASTSAVE\r\nINCR a\r\nEXEC\r\n");
  await bench.settle();
  const other = bench.connect();
  bench.receive(other, "GET a\r\n");
  assertEquals(bench.take(other), "$1\r\n2\r\n");
  bench.receive(other, "MULTI\r\nLASTSAVE\r\nPING\r\nEXEC\r\n");
  assertEquals(bench.engine.clients.size, 0);
});

Deno.test("runQueued() does not wait for a command that takes time", () => {
  const bench = new Bench();
  const client = bench.connect();
  const later = Promise.withResolvers<Uint8Array>();
  bench.host = () => ({ reply: new Uint8Array(0), later: later.promise });
  bench.receive(client, "MULTI\r\nLASTSAVE\r\nPING\r\nEXEC\r\n");
  assertEquals(
    bench.take(client),
    `+OK\r\n${QUEUED.repeat(2)}*2\r\n-ERR This command has begun, but a ` +
      "transaction does not wait for it\r\n+PONG\r\n",
  );
});

Deno.test("queue() answers the host's refusal, and EXEC then aborts", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.refusal = (words) =>
    words[1] === "no" ? encode("-ERR no\r\n") : undefined;
  bench.receive(
    client,
    "MULTI\r\nOBJECT\r\nOBJECT no x\r\nPING\r\nEXEC\r\n",
  );
  assertEquals(
    bench.take(client),
    "+OK\r\n-ERR wrong number of arguments for 'object' command\r\n" +
      "-ERR no\r\n+QUEUED\r\n" +
      "-EXECABORT Transaction discarded because of previous errors.\r\n",
  );
});

/** A bench whose events are pushed to the client of the first connection. */
function makeListening() {
  const decoder = new TextDecoder("latin1");
  const causes: (number | undefined)[] = [];
  const bench: Bench = new Bench({
    onEvents: (events, client) => {
      for (const event of events) {
        if (event.kind !== "event") continue;
        causes.push(client?.id);
        const line = `<${event.name} ${decoder.decode(event.key)}>`;
        bench.engine.push(listener, encode(line));
      }
    },
  });
  const listener = bench.connect();
  const { generic, list, string } = EVENT_CLASSES;
  bench.core.events.mask = generic | list | string;
  return { bench, causes, listener };
}

Deno.test("deliver() tells events behind the reply of their request, in a pipeline too", async () => {
  const { bench, listener } = makeListening();
  bench.receive(listener, "SET a 1\r\nGET a\r\nLPUSH l x y\r\nDEL a l\r\n");
  await bench.settle();
  assertEquals(
    bench.take(listener),
    "+OK\r\n<set a>$1\r\n1\r\n:2\r\n<lpush l>:2\r\n<del a><del l>",
  );
});

Deno.test("deliver() tells a transaction's events behind all of its reply", async () => {
  const { bench, listener } = makeListening();
  bench.receive(listener, "MULTI\r\nSET a 1\r\nDEL a\r\nEXEC\r\nGET a\r\n");
  bench.take(listener);
  await bench.settle();
  assertEquals(
    bench.take(listener),
    "*2\r\n+OK\r\n:1\r\n<set a><del a>$-1\r\n",
  );
});

Deno.test("deliverParts() tells what a woken client did behind its reply", async () => {
  const { bench, causes, listener } = makeListening();
  const [waiter, pusher] = [bench.connect(), bench.connect()];
  bench.receive(waiter, "BLPOP l 0\r\n");
  await bench.settle();
  bench.receive(pusher, "RPUSH l x\r\nSET b 1\r\n");
  await bench.settle();
  assertEquals(bench.take(waiter), "*2\r\n$1\r\nl\r\n$1\r\nx\r\n");
  assertEquals(bench.take(pusher), ":1\r\n+OK\r\n");
  assertEquals(bench.take(listener), "<rpush l><lpop l><del l><set b>");
  assertEquals(causes.every((id) => id === pusher.id), true);
});

Deno.test("tellEvents() tells what nobody's request did", async () => {
  const { bench, causes, listener } = makeListening();
  bench.core.events.mask = EVENT_CLASSES.expired;
  bench.receive(listener, "SET a 1 PX 10\r\n");
  await bench.settle();
  bench.take(listener);
  bench.clock.advance(20);
  bench.engine.tick(10);
  await bench.settle();
  assertEquals(bench.take(listener), "<expired a>");
  assertEquals(causes, [undefined]);
});

Deno.test("redirect() answers where a request is to go, and runs what stays", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.core.controls.setElsewhere(true);
  bench.core.controls.setRole("follower");
  const seen: string[] = [];
  bench.elsewhere = (words) => {
    seen.push(words.join(" "));
    return words[1] === "a" ? encode("-MOVED 1 h:2\r\n") : undefined;
  };
  bench.receive(client, "GET a\r\nGET b\r\nPING\r\nSET a 1\r\n");
  assertEquals(
    bench.take(client),
    "-MOVED 1 h:2\r\n$-1\r\n+PONG\r\n-MOVED 1 h:2\r\n",
  );
  assertEquals(seen, ["GET a", "GET b", "SET a 1"]);
});

Deno.test("redirect() makes a transaction fail whose request is to go elsewhere", () => {
  const bench = new Bench();
  const client = bench.connect();
  bench.core.controls.setElsewhere(true);
  bench.core.controls.setRole("follower");
  bench.elsewhere = () => encode("-MOVED 1 h:2\r\n");
  bench.receive(client, "MULTI\r\nGET a\r\nPING\r\nEXEC\r\n");
  assertEquals(
    bench.take(client),
    `+OK\r\n-MOVED 1 h:2\r\n${QUEUED}` +
      "-EXECABORT Transaction discarded because of previous errors.\r\n",
  );
});

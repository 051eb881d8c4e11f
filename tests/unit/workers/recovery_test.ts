import { assertEquals } from "@std/assert";
import type { Core } from "../../../src/core/mod.ts";
import { Recovery } from "../../../src/workers/recovery.ts";
import { ViewReader } from "../../fuzz/core_contents.ts";
import { Bench, encode, turn } from "../engine/harness.ts";

function makeRecovery(bench = new Bench()) {
  const failures: string[] = [];
  const told: boolean[] = [];
  const reading = Promise.withResolvers<void>();
  reading.resolve();
  const parts = { untilUnread: () => reading.promise };
  const recovery = new Recovery({
    core: bench.core,
    engine: () => bench.engine,
    untilUnread: () => parts.untilUnread(),
    reloading: (isLoading) => told.push(isLoading),
    fail: (reason) => failures.push(reason),
  });
  return { bench, recovery, failures, told, parts };
}

/** The content of a snapshot of `core`. */
function contentOf(core: Core): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const piece of new ViewReader(core).pieces()) pieces.push(piece.slice());
  return pieces;
}

/** A core after `requests`, and the entries that made it so. */
async function history(...requests: string[]) {
  const bench = new Bench();
  for (const request of requests) {
    bench.receive(bench.connect(), request);
    await bench.settle();
  }
  const entries = bench.log.proposals.map(({ entry }) => entry);
  return { core: bench.core, entries };
}

async function ask(bench: Bench, request: string): Promise<string> {
  const client = bench.connect();
  bench.receive(client, request);
  await bench.settle();
  return bench.take(client);
}

Deno.test("Recovery loads the pieces of a snapshot, and says that it was the first time", async () => {
  const { core } = await history("SET a 1\r\n", "RPUSH l 1 2 3\r\n");
  const { bench, recovery, failures } = makeRecovery();
  assertEquals(recovery.isLoading, true);
  for (const piece of contentOf(core)) recovery.piece(piece);
  assertEquals(recovery.end(), true);
  assertEquals([recovery.isLoading, failures], [false, []]);
  assertEquals(await ask(bench, "GET a\r\nLLEN l\r\n"), "$1\r\n1\r\n:3\r\n");
});

Deno.test("Recovery takes content in pieces of any size", async () => {
  const { core } = await history(`SET a ${"x".repeat(5000)}\r\n`);
  const { bench, recovery } = makeRecovery();
  for (const piece of contentOf(core)) {
    for (let at = 0; at < piece.length; at += 7) {
      recovery.piece(piece.slice(at, at + 7));
    }
  }
  recovery.end();
  assertEquals(await ask(bench, "STRLEN a\r\n"), ":5000\r\n");
});

Deno.test("Recovery stops the node for content that no core of this version wrote", () => {
  const { recovery, failures } = makeRecovery();
  recovery.piece(encode("no content"));
  assertEquals(failures, [
    "Cannot load the snapshot: its content is not one of this version",
  ]);
});

Deno.test("Recovery.begin() makes the state void, and holds requests until another one is there", async () => {
  const { bench, recovery, told } = makeRecovery();
  recovery.end();
  assertEquals(await ask(bench, "SET old 1\r\n"), "+OK\r\n");
  assertEquals(told, []);
  const { core } = await history("SET new 2\r\n");
  await recovery.begin();
  assertEquals([recovery.isLoading, bench.engine.appliedIndex], [true, 0]);
  assertEquals(told, [true]);
  const client = bench.connect();
  bench.receive(client, "GET old\r\nGET new\r\n");
  await turn();
  assertEquals(bench.take(client), "");
  for (const piece of contentOf(core)) recovery.piece(piece);
  assertEquals([recovery.end(), told], [false, [true, false]]);
  await turn();
  assertEquals(bench.take(client), "$-1\r\n$1\r\n2\r\n");
});

Deno.test("Recovery.begin() makes the state void though no snapshot follows", async () => {
  const { entries } = await history("INCR n\r\n", "RPUSH l 1\r\n");
  const { bench, recovery } = makeRecovery();
  recovery.end();
  entries.forEach((entry, at) => bench.engine.replay(entry, at + 1));
  await recovery.begin();
  entries.forEach((entry, at) => bench.engine.replay(entry, at + 1));
  recovery.end();
  assertEquals(await ask(bench, "GET n\r\nLLEN l\r\n"), "$1\r\n1\r\n:1\r\n");
});

Deno.test("Recovery.begin() leaves no trace of what the state was, not in ids of waiters either", async () => {
  const { core, entries } = await history("BLPOP a 0\r\n", "SET n 1\r\n");
  const { bench, recovery } = makeRecovery();
  recovery.end();
  entries.forEach((entry, at) => bench.engine.replay(entry, at + 1));
  const first = contentOf(bench.core);
  await recovery.begin();
  entries.forEach((entry, at) => bench.engine.replay(entry, at + 1));
  assertEquals(contentOf(bench.core), first);
  assertEquals(core.check(), 0);
});

Deno.test("Recovery.begin() waits for those who read the core", async () => {
  const { bench, recovery, parts } = makeRecovery();
  recovery.end();
  await ask(bench, "SET old 1\r\n");
  const reading = Promise.withResolvers<void>();
  parts.untilUnread = () => reading.promise;
  let hasBegun = false;
  const begun = recovery.begin().then(() => hasBegun = true);
  await turn();
  assertEquals([hasBegun, bench.core.header.keys], [false, 1]);
  reading.resolve();
  await begun;
  assertEquals(bench.core.header.keys, 0);
});

Deno.test("Recovery.begin() ends waits for keys: their clients ask again", async () => {
  const { bench, recovery } = makeRecovery();
  recovery.end();
  const client = bench.connect();
  bench.receive(client, "BLPOP a 0\r\n");
  await bench.settle();
  await recovery.begin();
  recovery.end();
  await turn();
  assertEquals(bench.take(client).slice(0, 10), "-UNBLOCKED");
});

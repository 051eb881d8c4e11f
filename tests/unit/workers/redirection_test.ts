import { assertEquals } from "@std/assert";
import type { Core } from "../../../src/core/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { HostCalls } from "../../../src/workers/host_calls.ts";
import { Redirection } from "../../../src/workers/redirection.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { FakeCluster, memberOf } from "../commands/host/harness.ts";

const MOVED = "-MOVED 12182 10.0.0.2:7002\r\n";
const DOWN = "-CLUSTERDOWN The cluster is down\r\n";

/** Node 1 of two, the second of which leads, and a client of it. */
class Bench {
  readonly cluster = new FakeCluster();
  readonly calls = new HostCalls();
  /** Requests of the client's transaction. */
  queued: string[] = [];
  hasDropped = false;
  #words: Uint8Array[] = [];
  readonly #redirection: Redirection;

  constructor() {
    this.cluster.nodes = [memberOf(1), memberOf(2)];
    this.cluster.leaderId = 2;
    const core = {
      requestCommand: () => this.#command(),
      requestWords: () => this.#words,
      protocol: () => 2,
      permits: {
        someQueued: (_session: number, isWanted: () => boolean) =>
          this.queued.some((line) => {
            this.#words = line.split(" ").map(fromLatin1);
            return isWanted();
          }),
      },
      dropTransaction: () => void (this.hasDropped = true),
    } as unknown as Core;
    this.#redirection = new Redirection(core, this.cluster, this.calls);
  }

  #command(): number {
    const name = toLatin1(this.#words[0]!).toLowerCase();
    return COMMANDS.findIndex((row) => row.name === name);
  }

  ask(line: string, isTls = false): string | undefined {
    this.#words = line.split(" ").map(fromLatin1);
    const client = { session: 7, isTls, localAddress: "127.0.0.1:7001" };
    const reply = this.#redirection.reply(
      client as unknown as Client,
      this.#words,
    );
    return reply && toLatin1(reply);
  }
}

Deno.test("Redirection reply() names the slot, and where the leader is", () => {
  const bench = new Bench();
  assertEquals(bench.ask("GET foo"), MOVED);
  assertEquals(bench.ask("mset {foo}\xff 1 b 2"), MOVED);
  assertEquals(bench.ask("XREAD STREAMS foo 0"), MOVED);
  assertEquals(bench.ask("OBJECT ENCODING foo"), MOVED);
});

Deno.test("Redirection reply() sends clients that came by TLS to a port that speaks it", () => {
  const bench = new Bench();
  assertEquals(bench.ask("GET foo", true), DOWN);
  bench.cluster.nodes = [memberOf(1), memberOf(2, { tlsPort: 8002 })];
  assertEquals(bench.ask("GET foo", true), MOVED.replace(":7002", ":8002"));
  assertEquals(bench.ask("GET foo"), MOVED);
});

Deno.test("Redirection reply() lets stay what names no key", () => {
  const bench = new Bench();
  for (const line of ["OBJECT HELP", "XREAD COUNT 1", "MEMORY DOCTOR"]) {
    assertEquals(bench.ask(line), undefined, line);
  }
});

Deno.test("Redirection reply() is CLUSTERDOWN while the leader cannot be named", () => {
  const bench = new Bench();
  bench.cluster.leaderId = 0;
  assertEquals(bench.ask("GET foo"), DOWN);
  bench.cluster.leaderId = 2;
  bench.cluster.nodes = [memberOf(1), memberOf(2, { clientPort: 0 })];
  assertEquals(bench.ask("GET foo"), DOWN);
  bench.cluster.nodes = [memberOf(1)];
  assertEquals(bench.ask("GET foo"), DOWN);
  // It is about to lead itself.
  bench.cluster.leaderId = 1;
  assertEquals(bench.ask("GET foo"), DOWN);
});

Deno.test("Redirection reply() looks into the transaction that EXEC would run", () => {
  const bench = new Bench();
  bench.queued = ["PING", "DBSIZE"];
  assertEquals(bench.ask("EXEC"), undefined);
  assertEquals(bench.hasDropped, false);
  bench.queued = ["PING", "SET foo 1", "SET b 1"];
  assertEquals(bench.ask("EXEC"), MOVED);
  assertEquals(bench.hasDropped, true);
});

Deno.test("Redirection reply() is counted as a refusal", () => {
  const bench = new Bench();
  bench.ask("GET foo");
  bench.ask("GET foo");
  assertEquals(bench.calls.errors.get("MOVED"), 2);
  assertEquals(bench.calls.counts.get("get")!.rejected, 2);
});

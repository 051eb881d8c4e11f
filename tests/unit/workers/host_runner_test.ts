import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DiskError, ManualClock } from "../../../src/base/mod.ts";
import { LatencyMonitor, SlowLog } from "../../../src/commands/mod.ts";
import type { Core } from "../../../src/core/mod.ts";
import type { Client } from "../../../src/engine/mod.ts";
import { HostCalls } from "../../../src/workers/host_calls.ts";
import { HostCommandRunner } from "../../../src/workers/host_runner.ts";
import { SlowCommands } from "../../../src/workers/slow_commands.ts";
import { fromLatin1, toLatin1 } from "../../servers/mod.ts";
import { FakeServer } from "../commands/host/harness.ts";

/** A runner on a fake server, whose commands take as long as it says. */
class Runner {
  readonly clock = new ManualClock();
  readonly server = new FakeServer();
  readonly calls = new HostCalls();
  readonly slowLog = new SlowLog(100);
  readonly client = {
    ...this.server.fakes[0]!,
    session: 7,
    isGone: false,
  } as unknown as Client;
  /** What those who watch were told. */
  readonly shown: string[] = [];
  readonly #runner: HostCommandRunner;

  constructor() {
    this.slowLog.thresholdUs = 5000;
    this.server.session = () => this.server.fakes[0]!.session;
    const core = { protocol: () => 2, database: () => 4 } as unknown as Core;
    const slow = new SlowCommands(
      this.clock,
      this.slowLog,
      new LatencyMonitor(),
    );
    const { calls, clock, server } = this;
    this.#runner = new HostCommandRunner(core, clock, server, calls, slow, {
      isWatched: true,
      ran: (_client, database, text) =>
        void this.shown.push(`${database}${text}`),
    });
  }

  misuse(...words: string[]) {
    return this.#runner.misuse(this.client, words.map(fromLatin1));
  }

  run(...words: string[]) {
    return this.#runner.run(this.client, words.map(fromLatin1));
  }
}

Deno.test("HostCommandRunner run() counts, times and encodes", () => {
  const runner = new Runner();
  runner.server.info = () => {
    runner.clock.advance(6);
    return "text";
  };
  assertEquals(toLatin1(runner.run("Info").reply), "$4\r\ntext\r\n");
  assertEquals(runner.client.lastCommand, "info");
  assertEquals(runner.calls.counts.get("info")!.us.sum, 6000);
  const [entry] = runner.slowLog.newest(1);
  assertEquals([entry!.microseconds, toLatin1(entry!.words[0]!)], [
    6000,
    "Info",
  ]);
});

Deno.test("HostCommandRunner run() tells who watches, once the reply is on its way", () => {
  const runner = new Runner();
  const { after } = runner.run("AUTH", "secret");
  assertEquals(runner.shown, []);
  after!();
  for (const words of [["CONFIG", "GET", "*"], ["CLIENT"], ["CLIENT", "X"]]) {
    runner.run(...words).after?.();
  }
  assertEquals(runner.shown, ['4 "AUTH" "(redacted)"']);
});

Deno.test("HostCommandRunner run() does not log what was refused", () => {
  const runner = new Runner();
  runner.slowLog.thresholdUs = 0;
  assertEquals(toLatin1(runner.run("CLIENT", "NOSUCH").reply)[0], "-");
  assertEquals(toLatin1(runner.run("CLIENT", "ID", "x").reply)[0], "-");
  assertEquals(runner.slowLog.length, 0);
  runner.run("CLIENT", "ID");
  assertEquals(runner.slowLog.length, 1);
});

Deno.test("HostCommandRunner run() measures a late reply to its end", async () => {
  const runner = new Runner();
  const taken = Promise.withResolvers<void>();
  runner.server.snapshot = () => taken.promise;
  const { later } = runner.run("SAVE");
  assertEquals(runner.calls.counts.get("save"), undefined);
  runner.clock.advance(9);
  taken.resolve();
  assert(later !== undefined);
  assertEquals(toLatin1(await later), "+OK\r\n");
  assertEquals(runner.calls.counts.get("save")!.us.sum, 9000);
});

Deno.test("HostCommandRunner run() closes after a last reply", () => {
  const { isLast, reply } = new Runner().run("QUIT");
  assertEquals([isLast, toLatin1(reply)], [true, "+OK\r\n"]);
});

Deno.test("HostCommandRunner run() answers what the machine did as an error", async () => {
  const runner = new Runner();
  const failure = new DiskError("ENOSPC", "Cannot write: disk is full");
  runner.server.digest = () => {
    throw failure;
  };
  const error = "-ERR Cannot write: disk is full\r\n";
  assertEquals(toLatin1(runner.run("DEBUG", "DIGEST").reply), error);
  runner.server.run = () => Promise.reject(failure);
  const { later } = runner.run("DEBUG", "POPULATE", "1");
  assertEquals(toLatin1((await later)!), error);
  assertEquals([...runner.calls.errors], [["ERR", 2]]);
});

Deno.test("HostCommandRunner run() lets broken invariants through", async () => {
  const runner = new Runner();
  runner.server.digest = () => {
    throw new TypeError("undefined is not a function");
  };
  assertThrows(() => runner.run("DEBUG", "DIGEST"), TypeError);
  runner.server.run = () => Promise.reject(new TypeError("no"));
  const { later } = runner.run("DEBUG", "POPULATE", "1");
  await assertRejects(() => later!, TypeError);
});

Deno.test("HostCommandRunner run() has no reply for a client that is gone", async () => {
  const runner = new Runner();
  const taken = Promise.withResolvers<void>();
  runner.server.snapshot = () => taken.promise;
  const { later } = runner.run("SAVE");
  runner.client.isGone = true;
  taken.resolve();
  assertEquals((await later)!.length, 0);
});

Deno.test("HostCommandRunner run() refuses who listens in RESP2 by the subcommand's name", () => {
  const runner = new Runner();
  const { session } = runner.server.fakes[0]!;
  session.isConfined = true;
  const answer = (...words: string[]) => toLatin1(runner.run(...words).reply);
  assertEquals(
    answer("Object", "ENCODING", "key"),
    "-ERR Can't execute 'object|encoding': only (P|S)SUBSCRIBE / " +
      "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n",
  );
  assertEquals(
    answer("CONFIG", "nosuch"),
    "-ERR unknown subcommand 'nosuch'. Try CONFIG HELP.\r\n",
  );
  assertEquals(
    answer("config", "get"),
    "-ERR wrong number of arguments for 'config|get' command\r\n",
  );
  assertEquals(runner.calls.counts.get("object|encoding")!.rejected, 1);
  session.queuedCount = 2;
  assertEquals(answer("CLIENT", "ID"), ":1\r\n");
});

Deno.test("HostCommandRunner misuse() knows subcommands and their words, and what waits in vain", () => {
  const runner = new Runner();
  assertEquals(
    toLatin1(runner.misuse("CLIENT", "NOSUCH")!),
    "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n",
  );
  assertEquals(
    toLatin1(runner.misuse("OBJECT", "ENCODING")!),
    "-ERR wrong number of arguments for 'object|encoding' command\r\n",
  );
  for (const words of [["CLIENT", "ID"], ["PING"], ["DEBUG", "RELOAD"]]) {
    assertEquals(runner.misuse(...words), undefined, words.join(" "));
  }
});

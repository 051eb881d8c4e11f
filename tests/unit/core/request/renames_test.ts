import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { SERVED, SESSION_FLAGS } from "../../../../src/core/mod.ts";
import { makeCore, openSession } from "../harness.ts";

const idOf = (name: string) => COMMANDS.findIndex((row) => row.name === name);

const UNKNOWN = (text: string) =>
  `-ERR unknown command '${text}', with args beginning with: `;

/** A core where SET is `put`, MULTI is `begin`, EXEC is `go`, and DEL is gone. */
function makeBench() {
  const core = makeCore();
  const session = openSession(core);
  const { controls } = core;
  for (const name of ["set", "multi", "exec", "del", "client"]) {
    controls.hideCommand(idOf(name));
  }
  controls.nameCommand(idOf("set"), "put", "set");
  controls.nameCommand(idOf("multi"), "begin", "multi");
  controls.nameCommand(idOf("exec"), "go", "exec");
  controls.nameCommand(idOf("client"), "me", "client");
  const entries: string[] = [];
  let host: string[] = [];
  const decoder = new TextDecoder();
  /** Serves `text`, applying what it writes; the replies. */
  const serve = (text: string): string => {
    const bytes = new TextEncoder().encode(text);
    core.inputRoom(session, bytes.length)!.set(bytes);
    core.received(session, bytes.length);
    let replies = "";
    const take = () => {
      replies += decoder.decode(core.output().slice());
      core.clearOutput();
    };
    for (;;) {
      const served = core.serve(session, 1000);
      take();
      if (served === SERVED.deferred) {
        entries.push(decoder.decode(core.sealBatch(1000, 1, 0).slice()));
        core.beginBatch(1);
        while (core.stepBatch() !== undefined) take();
      } else if (served === SERVED.host) {
        host = core.requestArguments().map((word) => decoder.decode(word));
        core.finishHost(session);
      } else if (served !== SERVED.yield) return replies;
    }
  };
  return { core, entries, host: () => host, serve, session };
}

Deno.test("commandMeant() finds commands by their new names alone", () => {
  const { serve } = makeBench();
  assertEquals(serve("put a 1\r\nGET a\r\n"), "+OK\r\n$1\r\n1\r\n");
  assertEquals(serve("PUT a 2\r\n"), "+OK\r\n");
  assertEquals(serve("SET a 1\r\n"), `${UNKNOWN("SET")}'a' '1' \r\n`);
  assertEquals(serve("DEL a\r\n"), `${UNKNOWN("DEL")}'a' \r\n`);
  assertEquals(
    serve("put a\r\n"),
    "-ERR wrong number of arguments for 'set' command\r\n",
  );
});

Deno.test("commandMeant() gives log entries Redis's own names", () => {
  const { core, entries, serve } = makeBench();
  serve("put a 1\r\n");
  serve("*3\r\n$3\r\npUt\r\n$1\r\na\r\n$1\r\n2\r\n");
  serve("begin\r\nput b 1\r\nGET b\r\ngo\r\n");
  assertEquals(entries.length, 3);
  for (const entry of entries) {
    assertEquals(entry.includes("$3\r\nset\r\n"), true);
    assertEquals(/put/i.test(entry), false);
  }
  assertEquals(core.check(), 0);
});

Deno.test("commandMeant() lets other cores apply those entries", () => {
  const source = makeCore();
  const session = openSession(source);
  const bytes = new TextEncoder().encode("SET a 1\r\nDEL b\r\n");
  source.inputRoom(session, bytes.length)!.set(bytes);
  source.received(session, bytes.length);
  source.serve(session, 1000);
  const entry = source.sealBatch(1000, 1, 0).slice();
  const { core, serve } = makeBench();
  core.applyEntry(entry, 1);
  assertEquals(serve("GET a\r\n"), "$1\r\n1\r\n");
});

Deno.test("commandMeant() runs transactions under new names", () => {
  const { serve } = makeBench();
  assertEquals(
    serve("begin\r\nput a 1\r\nINCR a\r\ngo\r\n"),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:2\r\n",
  );
  assertEquals(
    serve("begin\r\nSET a 1\r\nEXEC\r\ngo\r\n"),
    `+OK\r\n${UNKNOWN("SET")}'a' '1' \r\n${UNKNOWN("EXEC")}\r\n` +
      "-EXECABORT Transaction discarded because of previous errors.\r\n",
  );
});

Deno.test("commandMeant() hands the host its commands by their own names", () => {
  const { host, serve } = makeBench();
  serve("ME ID\r\n");
  assertEquals(host(), ["client", "ID"]);
});

Deno.test("commandMeant() leaves sessions of the server's own alone", () => {
  const { core, serve, session } = makeBench();
  core.setFlags(session, SESSION_FLAGS.authenticated | SESSION_FLAGS.ownNames);
  assertEquals(serve("SET a 1\r\nDEL a\r\n"), "+OK\r\n:1\r\n");
  assertEquals(serve("put a 1\r\n"), `${UNKNOWN("put")}'a' '1' \r\n`);
});

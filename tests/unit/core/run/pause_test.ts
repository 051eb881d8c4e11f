import { assertEquals } from "@std/assert";
import { PAUSED, SERVED, SESSION_FLAGS } from "../../../../src/core/mod.ts";
import { makeCore, openSession } from "../harness.ts";

function makeBench() {
  const core = makeCore();
  const session = openSession(core);
  const serve = (text: string): number => {
    const room = core.inputRoom(session, text.length)!;
    new TextEncoder().encodeInto(text, room);
    core.received(session, text.length);
    const served = core.serve(session, 1000);
    core.clearOutput();
    return served;
  };
  return { core, serve, session };
}

/** Whether a session under `mode` stops before the last of `lines`. */
function waits(mode: number, ...lines: string[]): boolean {
  const { core, serve } = makeBench();
  for (const line of lines.slice(0, -1)) serve(`${line}\r\n`);
  core.controls.setPause(mode);
  return serve(`${lines.at(-1)}\r\n`) === SERVED.paused;
}

Deno.test("mustWait() holds writes, and what tells others, in either mode", () => {
  const lines = ["SET a 1", "DEL a", "PUBLISH a b", "PFCOUNT a", "FLUSHALL"];
  for (const line of lines) {
    assertEquals(waits(PAUSED.nothing, line), false, line);
    assertEquals(waits(PAUSED.writes, line), true, line);
    assertEquals(waits(PAUSED.everything, line), true, line);
  }
});

Deno.test("mustWait() holds the rest only when everything is paused", () => {
  for (const line of ["GET a", "PING", "MULTI", "SELECT 1", "CLIENT ID"]) {
    assertEquals(waits(PAUSED.writes, line), false, line);
    assertEquals(waits(PAUSED.everything, line), true, line);
  }
  assertEquals(waits(PAUSED.everything, "NOSUCH"), false);
  assertEquals(waits(PAUSED.everything, "GET"), false);
});

Deno.test("mustWait() holds requests to be queued, and EXEC by what was", () => {
  assertEquals(waits(PAUSED.writes, "MULTI", "GET a"), false);
  assertEquals(waits(PAUSED.writes, "MULTI", "SET a 1"), true);
  assertEquals(waits(PAUSED.writes, "MULTI", "GET a", "EXEC"), false);
  assertEquals(waits(PAUSED.writes, "MULTI", "SET a 1", "EXEC"), true);
  assertEquals(waits(PAUSED.everything, "MULTI", "GET a", "EXEC"), true);
  assertEquals(waits(PAUSED.writes, "MULTI", "SET a 1", "DISCARD"), false);
});

Deno.test("mustWait() spares who watches the commands of others", () => {
  const { core, serve, session } = makeBench();
  core.setFlags(session, SESSION_FLAGS.authenticated | SESSION_FLAGS.monitor);
  core.controls.setPause(PAUSED.everything);
  assertEquals(serve("PING\r\n"), SERVED.idle);
});

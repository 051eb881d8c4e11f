/** What sessions may run while they listen in RESP2. */

import { assertEquals } from "@std/assert";
import { type Core, SERVED, SESSION_FLAGS } from "../../../../src/core/mod.ts";
import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../harness.ts";

function openConfined(core: Core): number {
  const session = openSession(core);
  const { authenticated, confined } = SESSION_FLAGS;
  core.setFlags(session, authenticated | confined);
  return session;
}

function refusal(name: string): string {
  return `Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / ` +
    "PING / QUIT / RESET are allowed in this context\r\n";
}

Deno.test("judge() refuses confined sessions what is not for them", () => {
  const core = makeCore();
  const session = openConfined(core);
  assertEquals(
    run(core, session, "Get a", "SET a 1", "MULTI", "EXEC", "NOSUCH", "GET"),
    `-ERR ${refusal("get")}-ERR ${refusal("set")}-ERR ${refusal("multi")}` +
      `-EXECABORT Transaction discarded because of: ${refusal("exec")}` +
      "-ERR unknown command 'NOSUCH', with args beginning with: \r\n" +
      "-ERR wrong number of arguments for 'get' command\r\n",
  );
});

Deno.test("judge() hands containers of confined sessions to the host", () => {
  const core = makeCore();
  const session = openConfined(core);
  for (const line of ["OBJECT ENCODING a", "CONFIG GET a", "SUBSCRIBE a"]) {
    receive(core, session, requests(line));
    assertEquals(core.serve(session, NOW_MS), SERVED.host, line);
    core.finishHost(session);
  }
  assertEquals(takeReplies(core), "");
});

Deno.test("pingCommand() answers confined sessions like a message", () => {
  const core = makeCore();
  const session = openConfined(core);
  assertEquals(
    run(core, session, "PING", "PING text", "PING a b"),
    "*2\r\n$4\r\npong\r\n$0\r\n\r\n*2\r\n$4\r\npong\r\n$4\r\ntext\r\n" +
      "-ERR wrong number of arguments for 'ping' command\r\n",
  );
  core.setFlags(session, SESSION_FLAGS.authenticated);
  assertEquals(run(core, session, "PING"), "+PONG\r\n");
});

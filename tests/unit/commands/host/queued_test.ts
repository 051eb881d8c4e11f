/** What MULTI refuses to queue. */

import { assertEquals } from "@std/assert";
import { judgeQueued } from "../../../../src/commands/mod.ts";

/** The name and the error's text of a request. */
function judge(request: string): [string, string | undefined] {
  const { name, reply } = judgeQueued(request.split(" "));
  return [name, reply?.kind === "error" ? reply.text : undefined];
}

Deno.test("judgeQueued() knows subcommands and their arity", () => {
  assertEquals(judge("CLIENT GETNAME"), ["client|getname", undefined]);
  assertEquals(judge("client no"), [
    "client",
    "ERR unknown subcommand 'no'. Try CLIENT HELP.",
  ]);
  assertEquals(judge("OBJECT ENCODING"), [
    "object|encoding",
    "ERR wrong number of arguments for 'object|encoding' command",
  ]);
  assertEquals(judge("OBJECT ENCODING key"), ["object|encoding", undefined]);
  assertEquals(judge("COMMAND"), ["command", undefined]);
  assertEquals(judge("LASTSAVE"), ["lastsave", undefined]);
});

Deno.test("judgeQueued() refuses calls of DEBUG that take time", () => {
  const refused = "ERR Command not allowed inside a transaction";
  assertEquals(judge("DEBUG RELOAD"), ["debug", refused]);
  assertEquals(judge("debug populate 10"), ["debug", refused]);
  assertEquals(judge("DEBUG DIGEST"), ["debug", undefined]);
  assertEquals(judge("DEBUG"), ["debug", undefined]);
});

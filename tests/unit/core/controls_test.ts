import { assertEquals } from "@std/assert";
import { makeCore, openSession } from "./harness.ts";

Deno.test("CoreControls setInputLimit() ends the input of who has more unserved", () => {
  const core = makeCore();
  const session = openSession(core);
  core.controls.setInputLimit(1000);
  const feed = (text: string): boolean => {
    const room = core.inputRoom(session, text.length);
    if (room === undefined) return false;
    new TextEncoder().encodeInto(text, room);
    core.received(session, text.length);
    core.serve(session, 1000);
    core.clearOutput();
    return true;
  };
  assertEquals(feed("PING\r\n".repeat(1000)), true);
  assertEquals(feed("*2\r\n$4\r\nPING\r\n$5000\r\n"), true);
  assertEquals(feed("x".repeat(979)), true);
  assertEquals(feed("x"), true);
  assertEquals(core.pending(session), 1001);
  assertEquals(feed("x"), false);
});

import { assertEquals } from "@std/assert";
import { SERVED, SESSION_FLAGS } from "../../../../src/core/mod.ts";
import { makeCore, openSession } from "../harness.ts";

const decoder = new TextDecoder();

function makeBench() {
  const core = makeCore();
  core.controls.setMonitored(true);
  const session = openSession(core, 77);
  let isWhole = true;
  /** Serves `text`, applies what it writes; the rows noted. */
  const serve = (text: string | Uint8Array): string[] => {
    const bytes = typeof text === "string"
      ? new TextEncoder().encode(text)
      : text;
    core.inputRoom(session, bytes.length)!.set(bytes);
    core.received(session, bytes.length);
    for (;;) {
      const served = core.serve(session, 1000);
      if (served === SERVED.deferred) {
        core.sealBatch(1000, 1, 0);
        core.beginBatch(1);
        while (core.stepBatch() !== undefined);
      } else if (served !== SERVED.yield) break;
    }
    core.clearOutput();
    const rows: string[] = [];
    isWhole = core.controls.takeRan(({ owner, database, text }) =>
      rows.push(`${owner} ${database}${decoder.decode(text)}`)
    );
    return rows;
  };
  return { core, isWhole: () => isWhole, serve, session };
}

Deno.test("noteRun() notes reads and writes in their order, with the database behind them", () => {
  const { serve } = makeBench();
  assertEquals(
    serve('get a\r\nSET a "x y"\r\nSELECT 3\r\nINCR a\r\nNOSUCH\r\nGET\r\n'),
    [
      '77 0 "get" "a"',
      '77 0 "SET" "a" "x y"',
      '77 3 "SELECT" "3"',
      '77 3 "INCR" "a"',
    ],
  );
  assertEquals(serve("PING\r\n"), ['77 3 "PING"']);
});

Deno.test("noteRun() notes a read that waits as it came", () => {
  const { serve } = makeBench();
  assertEquals(serve("XREAD BLOCK 0 STREAMS a b $ 0\r\n"), [
    '77 0 "XREAD" "BLOCK" "0" "STREAMS" "a" "b" "$" "0"',
  ]);
});

Deno.test("noteRun() escapes every byte as Redis does", () => {
  const { serve } = makeBench();
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const head = new TextEncoder().encode("*2\r\n$4\r\nECHO\r\n$256\r\n");
  const request = new Uint8Array(head.length + 258);
  request.set(head);
  request.set(all, head.length);
  request.set([13, 10], head.length + 256);
  const letters = new Map<number, string>([
    ...[[7, "\\a"], [8, "\\b"], [9, "\\t"], [10, "\\n"], [13, "\\r"]] as const,
    ...[[0x22, '\\"'], [0x5c, "\\\\"]] as const,
  ]);
  const escaped = [...all].map((byte) =>
    letters.get(byte) ??
      (byte >= 32 && byte < 127
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`)
  );
  assertEquals(serve(request), [`77 0 "ECHO" "${escaped.join("")}"`]);
});

Deno.test("noteExec() notes EXEC behind what it ran, and when it is refused", () => {
  const { serve } = makeBench();
  assertEquals(serve("MULTI\r\nSET a 1\r\nSELECT 2\r\nget a\r\nexec\r\n"), [
    '77 0 "MULTI"',
    '77 0 "SET" "a" "1"',
    '77 2 "SELECT" "2"',
    '77 2 "get" "a"',
    '77 2 "exec"',
  ]);
  assertEquals(serve("MULTI\r\nNOSUCH\r\nEXEC\r\nMULTI\r\nEXEC x\r\n"), [
    '77 2 "MULTI"',
    '77 2 "EXEC"',
    '77 2 "MULTI"',
    '77 2 "EXEC" "x"',
  ]);
});

Deno.test("setMonitored() ends it, and what was noted is gone", () => {
  const { core, serve } = makeBench();
  core.controls.setMonitored(false);
  assertEquals(serve("PING\r\n"), []);
  assertEquals(core.header.get("bytesBuffers") > 0, true);
});

Deno.test("noteRun() tells of rows that found no room", () => {
  const { isWhole, serve } = makeBench();
  const words = `$20000000\r\n${"x".repeat(20_000_000)}\r\n`;
  assertEquals(serve(`*2\r\n$4\r\nECHO\r\n${words}`), []);
  assertEquals(isWhole(), false);
  assertEquals(serve("PING\r\n"), ['77 0 "PING"']);
  assertEquals(isWhole(), true);
});

Deno.test("judge() refuses keys to who watches, but not the rest", () => {
  const { core, session, serve } = makeBench();
  core.setFlags(session, SESSION_FLAGS.authenticated | SESSION_FLAGS.monitor);
  const ran = serve("GET a\r\nSET a 1\r\nDBSIZE\r\nPFCOUNT a\r\nPING\r\n");
  assertEquals(ran, ['77 0 "PING"']);
});

Deno.test("noteRun() is not told of what administers the server", () => {
  const { serve } = makeBench();
  assertEquals(serve("PFDEBUG ENCODING a\r\nPING\r\n"), ['77 0 "PING"']);
});

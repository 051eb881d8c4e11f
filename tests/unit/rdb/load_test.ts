import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ImportError } from "../../../src/base/mod.ts";
import { CoreSession, join } from "../../fuzz/core_session.ts";
import { lengthBytes, stringBytes } from "../../fuzz/rdb_payload.ts";
import { drawFrom } from "../../fuzz/payload_values.ts";
import { RdbFile } from "../../fuzz/rdb_file.ts";
import { printedSeed } from "../seed.ts";
import { CorePort, importFile } from "./fakes.ts";

async function failureOf(run: Promise<string>): Promise<string> {
  try {
    await run;
  } catch (cause) {
    assert(cause instanceof ImportError, `${cause}`);
    return cause.message;
  }
  throw new Error("The import did not fail");
}

function sizeOf(session: CoreSession): number {
  session.run("SELECT", "0");
  return Number(session.text("DBSIZE").slice(1));
}

/** A list as Redis 2 wrote it, of `count` items of `bytes` bytes. */
function listBody(count: number, bytes: number): Uint8Array {
  const item = stringBytes(new Uint8Array(bytes).fill(0x79));
  const items = Array.from({ length: count }, () => item);
  return join([Uint8Array.of(1), lengthBytes(count), ...items]);
}

/** 300 strings and 300 lists. */
function mixedFile(): Uint8Array {
  const file = new RdbFile();
  for (let index = 0; index < 300; index++) {
    file.string(`string:${index}`, `value ${index}`);
    file.key(`list:${index}`, listBody(2, 3));
  }
  return file.bytes();
}

Deno.test("load() sends values that are longer than the window", async () => {
  const body = listBody(3000, 1000);
  const string = join([
    Uint8Array.of(0),
    stringBytes(new Uint8Array(1_500_000).fill(0x7a)),
  ]);
  const file = new RdbFile().string("before", "1").key("list", body)
    .key("string", string, { expiryMs: 1_900_000_000_000n })
    .key("near", listBody(1040, 1000))
    .string("behind", "2");
  const port = new CorePort();
  const line = await importFile(file.bytes(), port);
  assertStringIncludes(line, "Loaded 5 keys");
  const { session } = port;
  assertEquals(session.text("LLEN", "list"), ":3000\r\n");
  assertEquals(session.text("LINDEX", "list", "-1").length, 1000 + 9);
  assertEquals(session.text("STRLEN", "string"), ":1500000\r\n");
  assertEquals(session.text("PEXPIRETIME", "string"), ":1900000000000\r\n");
  assertEquals(session.text("LLEN", "near"), ":1040\r\n");
  assertEquals(session.text("GET", "behind"), "$1\r\n2\r\n");
});

Deno.test("load() sends more requests than may be in flight", async () => {
  const file = new RdbFile();
  for (let index = 0; index < 70_000; index++) {
    file.key(`k${index}`, Uint8Array.of(1, 1, 1, 0x61));
  }
  const port = new CorePort();
  await importFile(file.bytes(), port);
  assertEquals(sizeOf(port.session), 70_000);
});

Deno.test("load() makes numbers and texts the strings that they were", async () => {
  const values: [number[], string][] = [
    [[0xc0, 0xff], "-1"],
    [[0xc1, 0x00, 0x80], "-32768"],
    [[0xc2, 0xff, 0xff, 0xff, 0x7f], "2147483647"],
    [[0], ""],
    [[3, 0x30, 0x30, 0x37], "007"],
    [[0x40, 2, 0x61, 0x62], "ab"],
    [[0x80, 0, 0, 0, 1, 0x61], "a"],
    [[0x81, 0, 0, 0, 0, 0, 0, 0, 1, 0x62], "b"],
    [[0xc3, 5, 11, 0, 0x61, 0xe0, 1, 0], "aaaaaaaaaaa"],
  ];
  const file = new RdbFile();
  for (const [index, [bytes]] of values.entries()) {
    file.key(`k${index}`, Uint8Array.of(0, ...bytes));
  }
  for (const flag of [[], ["--replace"]]) {
    const port = new CorePort();
    await importFile(file.bytes(), port, ...flag);
    for (const [index, [, text]] of values.entries()) {
      assertEquals(
        port.session.text("GET", `k${index}`),
        `$${text.length}\r\n${text}\r\n`,
      );
    }
  }
});

Deno.test("load() tells what was loaded when the connection ends", async () => {
  const draw = drawFrom(printedSeed());
  const file = mixedFile();
  const whole = new CorePort();
  await importFile(file, whole);
  assertEquals(sizeOf(whole.session), 600);
  for (let round = 0; round < 20; round++) {
    const endsAfterBytes = 200 + draw(whole.sentBytes - 300);
    const port = new CorePort(new CoreSession(), { endsAfterBytes });
    const message = await failureOf(importFile(file, port));
    const [, loaded = "?", open = "0"] =
      /(\d+) keys were loaded(?:; of (\d+) more)?/.exec(message) ?? [];
    assertStringIncludes(message, "The import ended: ");
    // The port's own session waits for the rest of a request.
    const size = sizeOf(new CoreSession(port.session.core));
    assert(
      size >= Number(loaded) && size <= Number(loaded) + Number(open),
      `${size} keys are there: ${message}`,
    );
  }
});

/** A port whose server does `words` when the first key is sent. */
function crowdedPort(...words: string[]): CorePort {
  let isDone = false;
  return new CorePort(new CoreSession(), {
    beforeWrite(session, bytes) {
      const text = new TextDecoder("latin1").decode(bytes);
      if (isDone || !/MSETNX|RESTORE/.test(text)) return;
      isDone = true;
      session.run(...words);
    },
  });
}

Deno.test("load() never overwrites a key that was made meanwhile", async () => {
  const file = mixedFile();
  const list = crowdedPort("SET", "list:150", "mine");
  const first = await failureOf(importFile(file, list));
  assertMatch(
    first,
    /^The server refused "list:150" at offset \d+: BUSYKEY .*\. 599 keys were loaded$/,
  );
  assertEquals(list.session.text("GET", "list:150"), "$4\r\nmine\r\n");
  const string = crowdedPort("SET", "string:150", "mine");
  const second = await failureOf(importFile(file, string));
  assertMatch(
    second,
    /refused "string:\d+" at offset \d+ or one of 63 other strings: one exists\. 536 keys were loaded, 64 were refused$/,
  );
  assertEquals(string.session.text("GET", "string:150"), "$4\r\nmine\r\n");
});

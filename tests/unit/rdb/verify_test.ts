import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { CorruptionError, ImportError } from "../../../src/base/mod.ts";
import { type Selection, verify } from "../../../src/rdb/verify.ts";
import { join } from "../../fuzz/core_session.ts";
import { lengthBytes } from "../../fuzz/rdb_payload.ts";
import { RdbFile } from "../../fuzz/rdb_file.ts";
import { CorePort, importFile, MemorySource } from "./fakes.ts";

const ALL: Selection = {
  database: undefined,
  nowMs: 1_700_000_000_000,
  skipsUnserved: false,
};

function check(file: Uint8Array, selection: Partial<Selection> = {}) {
  return verify(new MemorySource(file), { ...ALL, ...selection }, () => {});
}

/** The message that `file` is refused with. */
function refusalOf(file: Uint8Array): string {
  return (assertThrows(() => check(file)) as Error).message;
}

/** A small file of many forms. */
function sampleFile(version: number): RdbFile {
  return new RdbFile(version).aux("redis-ver", "7.0.15").select(0)
    .raw(251, 3, 1)
    .string("plain", "value", { expiryMs: 1_900_000_000_000n })
    .key("lzf", Uint8Array.of(0, 0xc3, 5, 11, 0, 0x61, 0xe0, 1, 0))
    .key("number", Uint8Array.of(0, 0xc1, 0x39, 0x30), { idleSeconds: 7 })
    .key("list", Uint8Array.of(1, 2, 1, 0x61, 1, 0x62))
    .key("set", Uint8Array.of(11, 10, 2, 0, 0, 0, 1, 0, 0, 0, 5, 0))
    .select(3)
    .key("hash", Uint8Array.of(4, 1, 1, 0x61, 1, 0x62), { frequency: 5 })
    .key("zset", Uint8Array.of(5, 1, 1, 0x61, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f));
}

Deno.test("verify() counts what a file holds", () => {
  const file = sampleFile(10).string("old", "x", { expiryMs: 5n })
    .key("nothing", Uint8Array.of(1, 0));
  const contents = check(file.bytes());
  assertEquals(contents.version, 10);
  assertEquals(contents.isSummed, true);
  assertEquals([...contents.databases], [[0, 5], [3, 2]]);
  assertEquals(contents.keys, {
    loaded: 7,
    other: 0,
    expired: 1,
    empty: 1,
    unserved: 0,
  });
  const third = check(file.bytes(), { database: 3 });
  assertEquals([third.keys.loaded, third.keys.other], [2, 5]);
});

Deno.test("verify() takes files of every version, without a checksum before 5", () => {
  for (let version = 1; version <= 12; version++) {
    const contents = check(sampleFile(version).bytes());
    assertEquals(contents.keys.loaded, 7);
    assertEquals(contents.isSummed, version >= 5, `version ${version}`);
  }
  assertEquals(check(sampleFile(10).bytes(false)).isSummed, false);
});

Deno.test("verify() refuses every changed bit of a file with a checksum", async () => {
  const good = sampleFile(10).bytes();
  const port = new CorePort();
  port.session.run("SET", "here", "before");
  for (let at = 0; at < good.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bad = good.slice();
      bad[at]! ^= 1 << bit;
      const again = new CorePort(port.session);
      const reason = await importFile(bad, again).then(
        () => "nothing",
        (cause) => {
          assert(cause instanceof CorruptionError, `${cause}`);
          return cause.message;
        },
      );
      const wanted = /^dump\.rdb is damaged at offset \d+: /;
      assertMatch(reason, wanted, `bit ${bit} of byte ${at}`);
    }
  }
  port.session.run("SELECT", "0");
  assertEquals(port.session.text("KEYS", "*"), "*1\r\n$4\r\nhere\r\n");
  port.session.run("SELECT", "3");
  assertEquals(port.session.text("DBSIZE"), ":0\r\n");
});

Deno.test("verify() refuses a file that is cut anywhere, or goes on", () => {
  const good = sampleFile(10).bytes();
  for (let length = 0; length < good.length; length++) {
    const error = assertThrows(
      () => check(good.subarray(0, length)),
      CorruptionError,
    ) as CorruptionError;
    assertEquals(error.offset <= length, true, `cut at ${length}`);
  }
  const longer = refusalOf(join([good, Uint8Array.of(1, 2, 3)]));
  assertStringIncludes(longer, `at offset ${good.length}: 3 bytes behind`);
});

Deno.test("verify() names what is wrong", () => {
  const sound = new RdbFile().string("a", "1").bytes();
  const text = (words: string) => new TextEncoder().encode(words);
  assertStringIncludes(refusalOf(text("no file")), "7 bytes are no RDB file");
  assertStringIncludes(refusalOf(text("SQLite format")), '"REDIS"');
  assertStringIncludes(
    refusalOf(text("REDIS0099")),
    "offset 5: version 99 of the format",
  );
  const flipped = sound.slice();
  flipped[13]! ^= 1;
  assertMatch(
    refusalOf(flipped),
    /offset 15: the checksum is [0-9a-f]{16}, that of the bytes read is/,
  );
  const cases: [RdbFile, string][] = [
    [new RdbFile().raw(30), "offset 9: unknown opcode 30"],
    [new RdbFile().raw(8, 0), "offset 9: unknown type of value 8"],
    [new RdbFile().raw(246, 0), "functions as no release wrote them"],
    [new RdbFile().raw(6, 1, 0x61), "only the module ends"],
    [new RdbFile().raw(249, 5), "offset 11: the end where a key"],
    [new RdbFile().raw(18, 1, 0x61, 1, 3, 0), "node of unknown kind 3"],
    [new RdbFile().raw(15, 1, 0x61, 1, 0, 0), "a stream's node whose key"],
    [new RdbFile().raw(7, 1, 0x61, 5), "a module's id that is no 64-bit"],
  ];
  for (const [file, wanted] of cases) {
    assertStringIncludes(refusalOf(file.bytes()), wanted);
  }
});

/** The id of a module named `name`, of nine characters. */
function moduleId(name: string): Uint8Array {
  const letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let id = 0n;
  for (const letter of name) id = id << 6n | BigInt(letters.indexOf(letter));
  const bytes = new Uint8Array(9);
  bytes[0] = 0x81;
  new DataView(bytes.buffer).setBigUint64(1, id << 10n | 3n);
  return bytes;
}

/** One part of each kind, and the end. */
const MODULE_PARTS = Uint8Array.of(
  ...[1, 5, 2, 6, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 0x61, 0],
);

function unservedFile(): RdbFile {
  return new RdbFile(12).raw(245, 3, 0x61, 0x62, 0x63)
    .raw(247, moduleId("ReJSON-RL"), 2, 1, MODULE_PARTS)
    .key("json", join([Uint8Array.of(7), moduleId("ReJSON-RL"), MODULE_PARTS]))
    .key(
      "fields",
      Uint8Array.of(22, 1, 0, 1, 97, 1, 98),
    )
    .key("packed", Uint8Array.of(23, 2, 1, 2))
    .raw(244, 1, 2, 3)
    .string("served", "1");
}

Deno.test("verify() refuses what is not served, and names it", () => {
  const error = assertThrows(
    () => check(unservedFile().bytes()),
    ImportError,
  ) as ImportError;
  for (
    const part of [
      "a library of functions at offset 9",
      '"json" at offset',
      "a value of a module",
      '"fields" at offset',
      "a hash whose fields expire, in a form that no release wrote",
      "Nothing was sent; --skip-unserved passes over it",
    ]
  ) assertStringIncludes(error.message, part);
});

Deno.test("verify() counts what is not served when it may pass over it", async () => {
  const contents = check(unservedFile().bytes(), { skipsUnserved: true });
  assertEquals(contents.keys.loaded, 1);
  assertEquals(contents.keys.unserved, 3);
  assertEquals(contents.libraries, 1);
  assertEquals([...contents.modules], ["ReJSON-RL"]);
  const port = new CorePort();
  const file = unservedFile().bytes();
  const line = await importFile(file, port, "--skip-unserved");
  assertStringIncludes(line, "Loaded 1 key in 1 database");
  assertStringIncludes(line, "3 keys of kinds that are not served");
  assertStringIncludes(line, "1 library of functions");
  assertStringIncludes(line, "data of modules beside keys: ReJSON-RL.");
  assertEquals(port.session.text("KEYS", "*"), "*1\r\n$6\r\nserved\r\n");
});

Deno.test("verify() refuses a value that no request can carry", () => {
  // Two strings of 300 MiB, which are never there as a whole.
  const size = 300 * 1024 * 1024;
  const head = new RdbFile(4).raw(1, 1, 0x61, 2, lengthBytes(size));
  const middle = lengthBytes(size);
  const start = head.length;
  const second = start + size;
  const total = second + middle.length + size + 1;
  const front = head.bytes();
  const source = {
    name: "dump.rdb",
    size: total,
    readAt(offset: number, target: Uint8Array) {
      const count = Math.min(target.length, total - offset);
      for (let i = 0; i < count; i++) {
        const at = offset + i;
        if (at < start) target[i] = front[at]!;
        else if (at >= second && at < second + middle.length) {
          target[i] = middle[at - second]!;
        } else target[i] = at === total - 1 ? 255 : 0;
      }
      return count;
    },
  };
  const error = assertThrows(() => verify(source, ALL, () => {}), ImportError);
  assertMatch(
    (error as Error).message,
    /holds "a" at offset 9, whose value takes 629145\d+ bytes/,
  );
});

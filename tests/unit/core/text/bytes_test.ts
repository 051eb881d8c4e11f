import { assertEquals } from "@std/assert";
import { CoreSession } from "../../../fuzz/core_session.ts";
import { bulkOf } from "../../../fuzz/payload_source.ts";
import { drawFrom } from "../../../fuzz/payload_values.ts";

const LENGTHS = 140;

Deno.test("copyBytes() copies any number of bytes", () => {
  const draw = drawFrom(7);
  const core = new CoreSession();
  for (let length = 0; length < LENGTHS; length++) {
    const bytes = Uint8Array.from({ length }, () => draw(256));
    const name = Uint8Array.from({ length: length + 1 }, () => draw(256));
    core.run("SET", name, bytes);
    assertEquals(bulkOf(core.run("GET", name)), bytes);
    core.run("HSET", "hash", name, bytes);
    assertEquals(bulkOf(core.run("HGET", "hash", name)), bytes);
    core.run("RPUSH", "list", bytes);
    assertEquals(bulkOf(core.run("LINDEX", "list", "-1")), bytes);
  }
  assertEquals(core.text("HLEN", "hash"), `:${LENGTHS}\r\n`);
  assertEquals(core.text("LLEN", "list"), `:${LENGTHS}\r\n`);
  assertEquals(core.core.check(), 0);
});

Deno.test("copyBytes() moves bytes over themselves", () => {
  const core = new CoreSession();
  // Records of a page move up by what each new one takes.
  const names = Array.from({ length: 60 }, (_, at) => `f${at}`.padEnd(at, "x"));
  for (const name of names) core.run("HSET", "hash", name, name.repeat(2));
  for (const name of names) core.run("HSET", "hash", name, `${name}!`);
  for (const name of names) {
    assertEquals(
      core.text("HGET", "hash", name),
      `$${name.length + 1}\r\n${name}!\r\n`,
    );
  }
  for (const name of names.slice(10)) core.run("HDEL", "hash", name);
  assertEquals(core.text("HLEN", "hash"), ":10\r\n");
  assertEquals(core.core.check(), 0);
});

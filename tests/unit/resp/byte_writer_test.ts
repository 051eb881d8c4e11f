import { assertEquals } from "@std/assert";
import { ByteWriter, writtenBytes } from "../../../src/resp/byte_writer.ts";
import { toLatin1 } from "../../servers/mod.ts";

Deno.test("ByteWriter keeps what it holds while it grows", () => {
  const writer = new ByteWriter();
  let wanted = "";
  for (let round = 0; round < 3000; round++) {
    const piece = `${round},`;
    wanted += piece;
    if (round % 2 === 0) writer.text(piece);
    else writer.raw(new TextEncoder().encode(piece));
  }
  assertEquals(toLatin1(writer.take()), wanted);
});

Deno.test("ByteWriter.take() leaves the writer empty", () => {
  const writer = new ByteWriter();
  writer.line("+", "x".repeat(100_000));
  assertEquals(writer.take().length, 100_003);
  assertEquals(writer.take().length, 0);
  writer.end();
  assertEquals(toLatin1(writer.take()), "\r\n");
});

Deno.test("writtenBytes() is what ByteWriter.text() writes", () => {
  for (const text of ["", "abc", "\xff", "→", "a→b😀\xe9"]) {
    const writer = new ByteWriter();
    writer.text(text);
    assertEquals(writer.take().length, writtenBytes(text), text);
  }
});

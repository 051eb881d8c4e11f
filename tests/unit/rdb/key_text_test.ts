import { assertEquals } from "@std/assert";
import { keyText } from "../../../src/rdb/key_text.ts";

Deno.test("keyText() shows any key on one line", () => {
  const bytes = new TextEncoder().encode('a "b" \\ c\r\n\xff');
  assertEquals(keyText(bytes), '"a \\"b\\" \\\\ c\\x0d\\x0a\\xc3\\xbf"');
  assertEquals(keyText(new Uint8Array()), '""');
  const long = new Uint8Array(150).fill(0x61);
  assertEquals(keyText(long), `"${"a".repeat(100)}" and 50 bytes more`);
});

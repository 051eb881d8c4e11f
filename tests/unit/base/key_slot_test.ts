import { assertEquals } from "@std/assert";
import { keySlot } from "../../../src/base/mod.ts";

function slotOf(key: string): number {
  const bytes = new TextEncoder().encode(`${key}{tail}`);
  return keySlot(bytes, bytes.length - 6);
}

Deno.test("keySlot() counts as CLUSTER KEYSLOT does", () => {
  assertEquals(slotOf("123456789"), 12739);
  assertEquals(slotOf("foo"), 12182);
  assertEquals(slotOf("foo{hash_tag}"), 2515);
  assertEquals(slotOf("bar{hash_tag}"), 2515);
  assertEquals(slotOf("foo{{bar}}zap"), slotOf("{bar"));
  assertEquals(slotOf("foo{bar}{zap}"), slotOf("bar"));
  assertEquals(slotOf("foo{}{bar}"), 8363);
  assertEquals(slotOf(""), 0);
});

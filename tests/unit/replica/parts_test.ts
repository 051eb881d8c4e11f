import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../src/base/mod.ts";
import { PartCollector } from "../../../src/replica/parts.ts";
import { bytes, text } from "./harness.ts";

Deno.test("PartCollector.finish() copies a message of one part", () => {
  const parts = new PartCollector();
  const frame = bytes("abc");
  const whole = parts.finish(1, frame);
  frame.fill(0);
  assertEquals(text(whole), "abc");
  assertEquals(parts.finish(2, bytes("")).length, 0);
});

Deno.test("PartCollector puts parts together, one message after another", () => {
  const parts = new PartCollector();
  for (const id of [7, 8]) {
    parts.add(id, bytes("ab"), 4);
    assertEquals(parts.isOpen, true);
    parts.add(id, bytes("cd"), 2);
    assertEquals(text(parts.finish(id, bytes("ef"))), "abcdef");
    assertEquals(parts.isOpen, false);
  }
});

Deno.test("PartCollector refuses parts of two messages and parts that do not add up", () => {
  const two = new PartCollector();
  two.add(1, bytes("ab"), 2);
  assertThrows(() => two.finish(2, bytes("cd")), AssertionError, "mix");
  const short = new PartCollector();
  short.add(1, bytes("ab"), 2);
  assertThrows(() => short.finish(1, bytes("c")), AssertionError, "completes");
  const wrong = new PartCollector();
  wrong.add(1, bytes("ab"), 4);
  assertThrows(() => wrong.add(1, bytes("c"), 4), AssertionError, "follows");
});

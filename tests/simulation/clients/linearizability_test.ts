import { assertEquals } from "@std/assert";
import { isLinearizable, type Operation } from "./linearizability.ts";

function read(value: number, begin: number, end: number): Operation {
  return { isRead: true, value, begin, end };
}

function write(value: number, begin: number, end: number): Operation {
  return { isRead: false, value, begin, end };
}

Deno.test("isLinearizable() takes operations one after the other", () => {
  const history = [
    write(1, 1, 2),
    read(1, 3, 4),
    write(2, 5, 6),
    read(2, 7, 8),
  ];
  assertEquals(isLinearizable(history), true);
});

Deno.test("isLinearizable() refuses a stale read", () => {
  const history = [write(1, 1, 2), write(2, 3, 4), read(1, 5, 6)];
  assertEquals(isLinearizable(history), false);
});

Deno.test("isLinearizable() refuses a lost write", () => {
  assertEquals(isLinearizable([write(1, 1, 2), read(0, 3, 4)]), false);
});

Deno.test("isLinearizable() lets operations at the same time come in any order", () => {
  const history = [
    write(1, 1, 6),
    write(2, 2, 5),
    read(1, 3, 4),
    read(2, 7, 8),
  ];
  assertEquals(isLinearizable(history), true);
});

Deno.test("isLinearizable() refuses reads that go back", () => {
  const history = [write(1, 1, 8), read(1, 2, 3), read(0, 4, 5)];
  assertEquals(isLinearizable(history), false);
});

Deno.test("isLinearizable() lets a write of unknown fate happen late", () => {
  const history = [
    write(1, 1, Infinity),
    write(2, 2, 3),
    read(2, 4, 5),
    read(1, 6, 7),
  ];
  assertEquals(isLinearizable(history), true);
});

Deno.test("isLinearizable() lets a write happen once only", () => {
  const history = [
    write(1, 1, Infinity),
    write(2, 2, 3),
    read(1, 4, 5),
    write(3, 6, 7),
    read(1, 8, 9),
  ];
  assertEquals(isLinearizable(history), false);
});

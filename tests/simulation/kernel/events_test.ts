import { assert, assertEquals } from "@std/assert";
import { Chance } from "./chance.ts";
import { EventQueue } from "./events.ts";

Deno.test("EventQueue.runUntil() runs events by time, then by order", () => {
  const events = new EventQueue();
  const seen: string[] = [];
  for (const ms of [5, 1, 3, 1, 4, 3]) {
    events.after(ms, () => seen.push(`${ms} at ${events.nowMs}`));
  }
  events.after(3, () => seen.push("last of 3"));
  events.runUntil(4);
  const expected = [
    "1 at 1",
    "1 at 1",
    "3 at 3",
    "3 at 3",
    "last of 3",
    "4 at 4",
  ];
  assertEquals(seen, expected);
  assertEquals(events.nowMs, 4);
});

Deno.test("EventQueue.runUntil() runs what events ask for, and stops when told", () => {
  const events = new EventQueue();
  let count = 0;
  const again = () => {
    count++;
    events.after(1, again);
  };
  again();
  events.runUntil(1000, () => count === 10);
  assertEquals([count, events.nowMs], [10, 9]);
});

Deno.test("EventQueue.runUntil() keeps the order of many events", () => {
  const chance = new Chance(7);
  const events = new EventQueue();
  const seen: number[] = [];
  for (let at = 0; at < 2000; at++) {
    events.after(chance.below(50), () => seen.push(events.nowMs));
  }
  events.runUntil(50);
  assertEquals(seen.length, 2000);
  assert(seen.every((ms, at) => at === 0 || seen[at - 1]! <= ms));
});

Deno.test("Chance.stream() does not depend on what was drawn", () => {
  const one = new Chance(1);
  const other = new Chance(1);
  other.below(10);
  assertEquals(one.stream("a").below(1000), other.stream("a").below(1000));
  const draws = (chance: Chance) =>
    Array.from({ length: 8 }, () => chance.below(1000));
  const [a, b] = [draws(one.stream("a")), draws(one.stream("b"))];
  assert(a.some((value, at) => value !== b[at]));
});

import { assertEquals } from "@std/assert";
import {
  checkExpiry,
  type ExpiryAction,
  type ExpiryOperation,
  type ExpiryResult,
} from "./expiry.ts";
import { outcomeOf } from "./planted_faults.ts";

const WRITE: ExpiryAction = { kind: "write", value: "v", forMs: 1000 };
const WRITTEN = outcomeOf<ExpiryAction, ExpiryResult>(
  10,
  20,
  WRITE,
  "ok",
  null,
);
const READ: ExpiryAction = { kind: "read" };
const CLAIM: ExpiryAction = { kind: "claim" };
const LEFT: ExpiryAction = { kind: "left" };
const PROLONG: ExpiryAction = { kind: "prolong", forMs: 5000 };
const KEEP: ExpiryAction = { kind: "keep" };

/** An answered operation that took ten milliseconds. */
function at(
  beginMs: number,
  action: ExpiryAction,
  result: ExpiryResult,
): ExpiryOperation {
  return outcomeOf(beginMs, beginMs + 10, action, "ok", result);
}

/** The rules that a history breaks. */
function rulesOf(...history: readonly ExpiryOperation[]): string[] {
  return checkExpiry(history).violations.map(({ rule }) => rule);
}

const SPAN = ["a key lives as long as told"];

Deno.test("checkExpiry() takes a key that comes and goes in time", () => {
  assertEquals(
    rulesOf(
      WRITTEN,
      at(500, READ, "v"),
      at(600, LEFT, 410),
      at(1100, READ, null),
    ),
    [],
  );
});

Deno.test("checkExpiry() leaves a moment around the end open", () => {
  assertEquals(rulesOf(WRITTEN, at(1000, READ, "v")), []);
  assertEquals(rulesOf(WRITTEN, at(1000, READ, null)), []);
});

Deno.test("checkExpiry() finds a key that goes too early", () => {
  assertEquals(rulesOf(WRITTEN, at(500, READ, null)), SPAN);
  assertEquals(rulesOf(WRITTEN, at(500, LEFT, -2)), SPAN);
  assertEquals(rulesOf(WRITTEN, at(500, PROLONG, 0)), SPAN);
});

Deno.test("checkExpiry() finds a key that stays too long", () => {
  assertEquals(rulesOf(WRITTEN, at(40_000, READ, "v")), SPAN);
  assertEquals(rulesOf(WRITTEN, at(500, LEFT, -1)), SPAN);
  assertEquals(rulesOf(WRITTEN, at(500, LEFT, 40_000)), SPAN);
});

Deno.test("checkExpiry() finds a key that comes back", () => {
  const gone = at(1009, CLAIM, null);
  const rules = rulesOf(WRITTEN, gone, at(1020, CLAIM, "v"));
  assertEquals(rules, ["a key that is gone stays away"]);
});

Deno.test("checkExpiry() lets reads beside the log be late, no others", () => {
  assertEquals(rulesOf(WRITTEN, at(1100, READ, "v")), []);
  assertEquals(rulesOf(WRITTEN, at(1100, CLAIM, "v")), SPAN);
  const rules = rulesOf(WRITTEN, at(1009, CLAIM, null), at(1100, READ, "v"));
  assertEquals(rules, ["a key that is gone stays away"]);
});

Deno.test("checkExpiry() goes by the last change of the time", () => {
  const prolonged = [WRITTEN, at(500, PROLONG, 1)] as const;
  assertEquals(rulesOf(...prolonged, at(3000, READ, "v")), []);
  assertEquals(rulesOf(...prolonged, at(3000, READ, null)), SPAN);
  assertEquals(rulesOf(...prolonged, at(40_000, READ, "v")), SPAN);
  const kept = [WRITTEN, at(500, KEEP, 1)] as const;
  assertEquals(rulesOf(...kept, at(9000, READ, "v")), []);
  assertEquals(rulesOf(...kept, at(9000, READ, null)), SPAN);
});

Deno.test("checkExpiry() hears nothing of a key that was kept before", () => {
  const kept = [at(500, KEEP, 1), at(600, KEEP, 0)] as const;
  assertEquals(rulesOf(WRITTEN, ...kept, at(700, READ, "v")), []);
});

Deno.test("checkExpiry() lets a change of unknown fate happen or not", () => {
  const unknown = outcomeOf<ExpiryAction, ExpiryResult>(
    500,
    Infinity,
    PROLONG,
    "unknown",
  );
  assertEquals(rulesOf(WRITTEN, unknown, at(3000, READ, "v")), []);
  assertEquals(rulesOf(WRITTEN, unknown, at(3000, READ, null)), []);
  assertEquals(rulesOf(WRITTEN, unknown, at(700, READ, null)), SPAN);
});

Deno.test("checkExpiry() finds a key whose write was refused", () => {
  const refused = outcomeOf<ExpiryAction, ExpiryResult>(
    10,
    20,
    WRITE,
    "failed",
  );
  assertEquals(rulesOf(refused, at(500, READ, "v")), [
    "a key that failed is not there",
  ]);
});

Deno.test("checkExpiry() finds another value", () => {
  assertEquals(rulesOf(WRITTEN, at(500, READ, "w")), SPAN);
});

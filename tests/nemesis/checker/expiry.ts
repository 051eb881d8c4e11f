/**
 * The check of a key that is written once, for a time that may be prolonged or made endless.
 *
 * Clients and servers go by the clock of one machine.
 *
 * @module
 */

import { type Operation, possible } from "../histories/history.ts";
import { broken, type Verdict, type Violation } from "./verdict.ts";

/** What is asked of a key that expires. */
export type ExpiryAction =
  | { readonly kind: "write"; readonly value: string; readonly forMs: number }
  | { readonly kind: "read" }
  /** A read that goes through the log, as writes do. */
  | { readonly kind: "claim" }
  /** Milliseconds left: -1 for ever, -2 not there. */
  | { readonly kind: "left" }
  /** 1 if the key was there. */
  | { readonly kind: "prolong"; readonly forMs: number }
  /** 1 if the key was there and expired. */
  | { readonly kind: "keep" };

/** The value, or a number as {@linkcode ExpiryAction} says. */
export type ExpiryResult = string | number | null;

/** An operation on a key that expires. */
export type ExpiryOperation = Operation<ExpiryAction, ExpiryResult>;

/** Servers and clients read the same clock, a little earlier or later. */
const EARLY_MS_MAX = 10;
/** Reads beside the log go by what it has removed: it may stand still that long. */
const LATE_MS_MAX = 30_000;

/** When a key may end, in milliseconds since 1970. */
interface Ends {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** When the key may end by one operation alone. */
function endsBy({ action, beginMs, endMs, outcome }: ExpiryOperation): Ends {
  if (!("forMs" in action)) {
    return { earliestMs: Infinity, latestMs: Infinity };
  }
  const latestMs = outcome === "ok" ? endMs + action.forMs : Infinity;
  return { earliestMs: beginMs + action.forMs, latestMs };
}

/** When the key may end for who looks at it in `look`: the last change says it. */
function endsFor(
  changes: readonly ExpiryOperation[],
  look: ExpiryOperation,
): Ends {
  let ends: Ends = { earliestMs: Infinity, latestMs: -Infinity };
  for (const change of changes) {
    if (change.begin > look.end || change.result === 0) continue;
    const own = endsBy(change);
    ends = change.end < look.begin ? own : {
      earliestMs: Math.min(ends.earliestMs, own.earliestMs),
      latestMs: Math.max(ends.latestMs, own.latestMs),
    };
  }
  return ends;
}

/** Whether the key was there in an answered operation that tells it. */
function wasThere({ action, result }: ExpiryOperation): boolean {
  switch (action.kind) {
    case "read":
    case "claim":
      return result !== null;
    case "left":
      return result !== -2;
    default:
      return result === 1;
  }
}

/** Whether an operation goes through the log: its time is that of its place there. */
function isInLog({ action: { kind } }: ExpiryOperation): boolean {
  return kind !== "read" && kind !== "left";
}

function checkLook(
  look: ExpiryOperation,
  write: ExpiryOperation,
  changes: readonly ExpiryOperation[],
): string | undefined {
  const { action, result, beginMs, endMs } = look;
  const { earliestMs, latestMs } = endsFor(changes, look);
  if (!wasThere(look)) {
    const isCertain = write.end < look.begin &&
      endMs < earliestMs - EARLY_MS_MAX;
    if (!isCertain) return undefined;
    return `gone ${Math.round(earliestMs - endMs)} ms too early`;
  }
  if (beginMs > latestMs + (isInLog(look) ? EARLY_MS_MAX : LATE_MS_MAX)) {
    return `there ${Math.round(beginMs - latestMs)} ms too long`;
  }
  const { action: written } = write;
  if (
    typeof result === "string" && written.kind === "write" &&
    result !== written.value
  ) return `holds ${JSON.stringify(result)}`;
  if (action.kind !== "left") return undefined;
  const leftMs = Number(result);
  if (leftMs === -1) {
    return latestMs === Infinity ? undefined : "there for ever";
  }
  if (leftMs > latestMs - beginMs + LATE_MS_MAX) {
    return `${leftMs} ms left, at most ${latestMs - beginMs}`;
  }
  return leftMs < earliestMs - endMs - LATE_MS_MAX
    ? `${leftMs} ms left, at least ${earliestMs - endMs}`
    : undefined;
}

/**
 * Whether the key was there until its time was over, not longer, and never came back.
 * The first operation writes it; changes come one after the other.
 */
export function checkExpiry(operations: readonly ExpiryOperation[]): Verdict {
  const real = possible(operations);
  const changes = real.filter(({ action }) =>
    "forMs" in action || action.kind === "keep"
  );
  const write = changes[0];
  const looks = real.filter(({ action, outcome, result }) =>
    outcome === "ok" && action.kind !== "write" &&
    !(action.kind === "keep" && result === 0)
  );
  const found = new Map<string, Violation>();
  // The first look that breaks a rule tells it.
  const add = (rule: string, detail: string, ...shown: ExpiryOperation[]) => {
    if (found.has(rule)) return;
    const all = [...new Set([...changes, ...shown])];
    const operations = all.sort((a, b) => a.begin - b.begin);
    found.set(rule, { rule, detail, operations });
  };
  let gone: ExpiryOperation | undefined;
  for (const look of looks) {
    if (write?.action.kind !== "write") {
      if (wasThere(look)) add("a key that failed is not there", "there", look);
      continue;
    }
    const others = changes.filter((change) => change !== look);
    const wrong = checkLook(look, write, others);
    if (wrong !== undefined) add("a key lives as long as told", wrong, look);
    const isGone = !wasThere(look) && write.end < look.begin;
    if (isGone && look.end < (gone?.end ?? Infinity)) gone = look;
  }
  for (const look of looks) {
    if (gone !== undefined && wasThere(look) && look.begin > gone.end) {
      add("a key that is gone stays away", "there again", gone, look);
    }
  }
  return broken([...found.values()]);
}

/**
 * Streams without consumer groups.
 *
 * Ids the servers make from their clocks differ, so streams that hold such ids
 * live under keys of their own (`auto:`) and are compared with ids blanked out.
 * The oracle keeps one entry a node, which makes `~` trim exactly.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function trimming(p: Pools): string[] {
  const words = [p.cased(p.random.pick(["MAXLEN", "MAXLEN", "MINID"]))];
  const isApproximate = p.random.chance(0.4);
  if (isApproximate) words.push("~");
  else if (p.random.chance(0.4)) words.push("=");
  words.push(
    words[0]!.toUpperCase() === "MINID" ? p.streamId() : trimLength(p),
  );
  // Without LIMIT, `~` stops after a number of entries that nodes decide.
  if (isApproximate || p.random.chance(0.06)) words.push("LIMIT", limit(p));
  return words;
}

function trimLength(p: Pools): string {
  return p.random.chance(0.1) ? p.integer() : String(p.random.below(15));
}

function limit(p: Pools): string {
  return p.random.chance(0.1)
    ? p.random.pick(["-1", "abc", "", "9223372036854775807"])
    : p.random.pick(["0", "1", "2", "5", "1000"]);
}

function fieldsAndValues(p: Pools): string[] {
  const words = p.many(3, () => [p.field(), p.value()]).flat();
  if (p.random.chance(0.04)) words.pop();
  return words;
}

function xadd(p: Pools): Unit {
  const options = p.random.chance(0.1) ? [["NOMKSTREAM"]] : [];
  if (p.random.chance(0.25)) options.push(trimming(p));
  if (p.random.chance(0.02)) options.push(trimming(p));
  return unit([
    "XADD",
    p.key("stream"),
    ...p.random.shuffle(options).flat(),
    p.newStreamId(),
    ...fieldsAndValues(p),
  ]);
}

function autoKey(p: Pools): string {
  return `auto:${p.random.below(3)}`;
}

function xaddAuto(p: Pools): Unit {
  const options = p.random.chance(0.15) ? ["NOMKSTREAM"] : [];
  if (p.random.chance(0.3)) options.push("MAXLEN", "=", trimLength(p));
  return unit(
    ["XADD", autoKey(p), ...options, "*", "field", p.value()],
    "ids",
  );
}

function readAuto(p: Pools): Unit {
  const key = autoKey(p);
  const args = p.random.pick([
    ["XRANGE", key, "-", "+"],
    ["XREVRANGE", key, "+", "-", "COUNT", "3"],
    ["XREAD", "COUNT", "4", "STREAMS", key, "0"],
    ["XREAD", "STREAMS", key, "$"],
    ["XLEN", key],
    ["XTRIM", key, "MAXLEN", String(p.random.below(20))],
    ["DEL", key],
  ]);
  return unit(args, "ids");
}

function bound(p: Pools): string {
  const draw = p.random.below(10);
  if (draw < 2) return "-";
  if (draw < 4) return "+";
  const id = p.streamId();
  return p.random.chance(0.2) ? `(${id}` : id;
}

function range(p: Pools, name: string): Unit {
  const bounds = p.random.chance(0.4)
    ? (name === "XRANGE" ? ["-", "+"] : ["+", "-"])
    : [bound(p), bound(p)];
  const options = p.random.chance(0.3) ? [p.cased("COUNT"), p.count()] : [];
  if (p.random.chance(0.04)) options.push(p.junk());
  return unit([name, p.key("stream"), ...bounds, ...options]);
}

function xread(p: Pools): Unit {
  const words = p.random.chance(0.5) ? [p.cased("COUNT"), p.count()] : [];
  if (p.random.chance(0.03)) words.push(p.junk());
  const keys = p.random.chance(0.1)
    ? p.many(3, () => p.anyKey())
    : p.keys("stream", 3);
  const ids = keys.map(() => p.random.chance(0.3) ? "0" : p.streamId());
  if (p.random.chance(0.04)) ids.pop();
  return unit(["XREAD", ...words, p.cased("STREAMS"), ...keys, ...ids]);
}

function xsetid(p: Pools): Unit {
  const options = p.random.subset([
    ["ENTRIESADDED", p.integer()],
    ["MAXDELETEDID", p.streamId()],
  ], 0.25);
  if (p.random.chance(0.05)) options.push([p.junk()]);
  return unit([
    "XSETID",
    p.key("stream"),
    // Below the last entry is refused; far above it shuts later entries out.
    p.random.chance(0.6) ? `${100 + p.random.below(900)}-0` : p.streamId(),
    ...options.flat(),
  ]);
}

/** All of the group. */
export const STREAM_GROUP: readonly Generator[] = [
  { name: "XADD", weight: 24, make: xadd },
  { name: "XADD auto", weight: 4, make: xaddAuto },
  { name: "XREAD auto", weight: 4, make: readAuto },
  { name: "XRANGE", weight: 9, make: (p) => range(p, "XRANGE") },
  { name: "XREVRANGE", weight: 9, make: (p) => range(p, "XREVRANGE") },
  { name: "XREAD", weight: 12, make: xread },
  { name: "XLEN", weight: 4, make: (p) => unit(["XLEN", p.anyKey()]) },
  {
    name: "XDEL",
    weight: 7,
    make: (p) =>
      unit(["XDEL", p.key("stream"), ...p.many(4, () => p.streamId())]),
  },
  {
    name: "XTRIM",
    weight: 6,
    make: (p) => unit(["XTRIM", p.key("stream"), ...trimming(p)]),
  },
  { name: "XSETID", weight: 4, make: xsetid },
];

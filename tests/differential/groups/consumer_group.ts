/**
 * Consumer groups of streams.
 *
 * What an entry's idle time decides is asked with 0, or with more than any idle
 * time that was not set by XCLAIM itself, so that clocks do not matter.
 *
 * @module
 */

import { type Unit, unit } from "../commands.ts";
import type { Pools } from "../pools.ts";
import type { Generator } from "./generator.ts";

function group(p: Pools): string {
  const draw = p.random.below(40);
  if (draw === 0) return p.random.pick(["", "\x00\xff", "G".repeat(300)]);
  return draw < 3 ? "none" : `g${p.random.below(3)}`;
}

function consumer(p: Pools): string {
  const draw = p.random.below(40);
  if (draw === 0) return p.random.pick(["", "\xff\x00c", "C".repeat(280)]);
  return `c${p.random.below(4)}`;
}

/** Idle times that do not depend on the clock, some of them none at all. */
function idle(p: Pools): string {
  const draw = p.random.below(30);
  if (draw === 0) return p.random.pick(["abc", "", "-1", "1.5"]);
  return draw < 6 ? "1000000000" : "0";
}

function smallCount(p: Pools): string {
  return p.random.chance(0.06)
    ? p.random.pick(["abc", "", "-1", "0"])
    : String(p.random.between(1, 6));
}

function startId(p: Pools): string {
  const draw = p.random.below(20);
  if (draw < 9) return p.random.chance(0.5) ? "0" : "$";
  return p.streamId();
}

function reads(p: Pools): string[] {
  if (!p.random.chance(0.15)) return [];
  return [
    p.cased("ENTRIESREAD"),
    p.random.chance(0.8) ? String(p.random.between(-2, 30)) : p.integer(),
  ];
}

function create(p: Pools): Unit {
  const makes = p.random.chance(0.4) ? [[p.cased("MKSTREAM")]] : [];
  const options = p.random.shuffle([...makes, reads(p)]).flat();
  const words = ["XGROUP", p.cased("CREATE"), p.key("stream"), group(p)];
  return unit([...words, startId(p), ...options]);
}

function setId(p: Pools): Unit {
  const words = ["XGROUP", p.cased("SETID"), p.key("stream"), group(p)];
  return unit([...words, startId(p), ...reads(p)]);
}

function readGroup(p: Pools): Unit {
  const options: string[][] = [];
  if (p.random.chance(0.6)) options.push([p.cased("COUNT"), smallCount(p)]);
  if (p.random.chance(0.15)) options.push([p.cased("NOACK")]);
  if (p.random.chance(0.98)) {
    options.push([p.cased("GROUP"), group(p), consumer(p)]);
  }
  const keys = p.random.chance(0.8) ? [p.key("stream")] : p.keys("stream", 3);
  const ids = keys.map(() => {
    const draw = p.random.below(20);
    if (draw < 14) return ">";
    return draw < 17 ? "0" : draw === 17 ? "$" : p.streamId();
  });
  if (p.random.chance(0.02)) ids.pop();
  return unit([
    "XREADGROUP",
    ...p.random.shuffle(options).flat(),
    p.cased("STREAMS"),
    ...keys,
    ...ids,
  ]);
}

function xclaim(p: Pools): Unit {
  const options = p.random.subset([
    [p.cased("IDLE"), p.random.pick(["0", "2000000000000", "-5", "x"])],
    [p.cased("TIME"), p.random.pick(["5", "0", "9999999999999", "y"])],
    [p.cased("RETRYCOUNT"), p.random.pick(["0", "7", "-1", "z"])],
    [p.cased("FORCE")],
    [p.cased("JUSTID")],
    [p.cased("LASTID"), p.streamId()],
  ], 0.2);
  if (p.random.chance(0.03)) options.push([p.junk()]);
  return unit([
    "XCLAIM",
    p.key("stream"),
    group(p),
    consumer(p),
    idle(p),
    ...p.many(5, () => p.streamId()),
    ...options.flat(),
  ]);
}

function xautoclaim(p: Pools): Unit {
  const options = p.random.subset([
    [p.cased("COUNT"), smallCount(p)],
    [p.cased("JUSTID")],
  ], 0.5);
  const id = p.random.chance(0.5) ? "0" : p.streamId();
  return unit([
    "XAUTOCLAIM",
    p.key("stream"),
    group(p),
    consumer(p),
    idle(p),
    p.random.chance(0.1) ? `(${id}` : p.random.chance(0.1) ? "-" : id,
    ...options.flat(),
  ]);
}

function xpending(p: Pools): Unit {
  const words = ["XPENDING", p.key("stream"), group(p)];
  if (p.random.chance(0.4)) return unit(words, "group-facts");
  if (p.random.chance(0.3)) words.push(p.cased("IDLE"), idle(p));
  words.push(
    p.random.chance(0.6) ? "-" : p.streamId(),
    p.random.chance(0.6) ? "+" : `(${p.streamId()}`,
    p.random.chance(0.9) ? String(p.random.between(0, 9)) : p.integer(),
  );
  if (p.random.chance(0.4)) words.push(consumer(p));
  return unit(words, "group-facts");
}

function xinfo(p: Pools): Unit {
  const key = p.key("stream");
  const args = p.random.pick([
    ["STREAM", key],
    ["STREAM", key, p.cased("FULL")],
    ["STREAM", key, p.cased("FULL"), p.cased("COUNT"), p.count()],
    ["GROUPS", key],
    ["GROUPS", key],
    ["CONSUMERS", key, group(p)],
    ["STREAM", key, p.junk()],
    ["HELP"],
    [p.junk(), key],
  ]);
  return unit(["XINFO", p.cased(args[0]!), ...args.slice(1)], "group-facts");
}

function xgroup(p: Pools): Unit {
  const key = p.key("stream");
  const args = p.random.pick([
    ["CREATECONSUMER", key, group(p), consumer(p)],
    ["DELCONSUMER", key, group(p), consumer(p)],
    ["CREATECONSUMER", key, group(p), consumer(p)],
    ["DESTROY", key, group(p)],
    ["HELP"],
    [p.junk(), key],
  ]);
  return unit(["XGROUP", p.cased(args[0]!), ...args.slice(1)]);
}

/** All commands of consumer groups. */
export const CONSUMER_GROUP: readonly Generator[] = [
  { name: "XGROUP CREATE", weight: 12, make: create },
  { name: "XGROUP SETID", weight: 3, make: setId },
  { name: "XGROUP", weight: 4, make: xgroup },
  { name: "XREADGROUP", weight: 24, make: readGroup },
  {
    name: "XACK",
    weight: 8,
    make: (p) =>
      unit([
        "XACK",
        p.key("stream"),
        group(p),
        ...p.many(5, () => p.streamId()),
      ]),
  },
  { name: "XCLAIM", weight: 10, make: xclaim },
  { name: "XAUTOCLAIM", weight: 8, make: xautoclaim },
  { name: "XPENDING", weight: 9, make: xpending },
  { name: "XINFO", weight: 9, make: xinfo },
];

/**
 * The tree of 1,000,000 keys of 16 bytes, in random order of keys: requests go through
 * the whole core (session, parser, tree, reply), not through an engine or a socket.
 *
 * @module
 */

import {
  cycle,
  expectReply,
  keyOf,
  KEYS,
  loadedCore,
  makeChunks,
} from "./requests.ts";

const PIPELINE = 16;
/** Of 16 requests each: their keys lie on every leaf of the tree. */
const CHUNKS = 8192;
/** SCAN's cursors are numbers below it, spread evenly over the keys. */
const CURSORS = 2 ** 53;
/** The golden ratio: multiples of it, modulo 1, spread evenly. */
const SPREAD = 0.618033989;

const core = loadedCore();
const get = (index: number) => ["GET", keyOf(index)];
const gets = makeChunks(CHUNKS, PIPELINE, get);
const singles = makeChunks(CHUNKS * 8, 1, get);
const overwrites = makeChunks(
  CHUNKS,
  PIPELINE,
  (index) => ["SET", keyOf(index), "yyy"],
);
const scans = makeChunks(CHUNKS, 1, (index) => {
  const cursor = Math.floor((index * SPREAD % 1) * CURSORS);
  return ["SCAN", String(cursor), "COUNT", "100"];
});

expectReply(core, gets[0]!, /^(\$3\r\nxxx\r\n){16}$/);
expectReply(core, overwrites[0]!, /^(\+OK\r\n){16}$/);
expectReply(core, scans[0]!, /^\*2\r\n\$\d+\r\n\d+\r\n\*1\d\d\r\n/);

// -- Reads --

const nextSingle = cycle(singles);
Deno.bench({
  name: "GET, 1 a chunk",
  group: "tree, reads",
  baseline: true,
  fn: () => core.serve(nextSingle()),
});

const nextGets = cycle(gets);
Deno.bench({
  name: "GET, 16 a chunk",
  group: "tree, reads",
  fn: () => core.serve(nextGets()),
});

const nextScan = cycle(scans);
Deno.bench({
  name: "SCAN with COUNT 100",
  group: "tree, reads",
  fn: () => core.serve(nextScan()),
});

// -- Writes --

const nextOverwrites = cycle(overwrites);
Deno.bench({
  name: "SET of keys that are there, 16 a chunk",
  group: "tree, writes",
  baseline: true,
  fn: () => core.serve(nextOverwrites()),
});

/** Keys behind the loaded ones; half of the chunks are in the tree at any time. */
const extra = (index: number) => `${keyOf(index % KEYS)}+`;
const inserts = makeChunks(
  CHUNKS,
  PIPELINE,
  (index) => ["SET", extra(index), "xxx"],
);
const deletes = makeChunks(
  CHUNKS,
  PIPELINE,
  (index) => ["DEL", extra(index)],
);
/** Chunks `[oldest, oldest + CHUNKS / 2)` are in the tree, modulo their number. */
let oldest = 0;
for (const chunk of inserts.slice(0, CHUNKS / 2)) core.serve(chunk);
expectReply(core, deletes[0]!, /^(:1\r\n){16}$/);
expectReply(core, inserts[0]!, /^(\+OK\r\n){16}$/);

const newestBehind = () => (oldest + CHUNKS / 2) % CHUNKS;

Deno.bench({
  name: "SET of new keys, 16 a chunk",
  group: "tree, writes",
  fn: (bench) => {
    const chunk = inserts[newestBehind()]!;
    bench.start();
    core.serve(chunk);
    bench.end();
    core.serve(deletes[oldest]!);
    oldest = (oldest + 1) % CHUNKS;
  },
});

Deno.bench({
  name: "DEL, 16 a chunk",
  group: "tree, writes",
  fn: (bench) => {
    const chunk = deletes[oldest]!;
    bench.start();
    core.serve(chunk);
    bench.end();
    core.serve(inserts[newestBehind()]!);
    oldest = (oldest + 1) % CHUNKS;
  },
});

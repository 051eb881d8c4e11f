/**
 * Read views of 1,000,000 keys: what pinning one costs, and what it costs the writes
 * after it, which must copy the pages that the view can reach.
 *
 * @module
 */

import { assert } from "../../src/base/mod.ts";
import { cycle, keyOf, loadedCore, makeChunks } from "./requests.ts";

const PIPELINE = 16;
/** Of 16 requests each: their keys lie on every leaf of the tree. */
const CHUNKS = 8192;

const core = loadedCore();
const nextChunk = cycle(
  makeChunks(CHUNKS, PIPELINE, (index) => ["SET", keyOf(index), "yyy"]),
);

Deno.bench({
  name: "pin and release",
  group: "view, idle",
  baseline: true,
  fn: () => core.release(core.pin()),
});

Deno.bench({
  name: "pin and release, and upkeep",
  group: "view, idle",
  fn: () => {
    core.release(core.pin());
    core.upkeep();
  },
});

/** A view that stays pinned, and whose every page has been copied. */
let kept: number | undefined;

function keepView(): void {
  if (kept !== undefined) return;
  const copiedBefore = core.pagesCopied;
  kept = core.pin();
  for (let chunk = 0; chunk < CHUNKS; chunk++) core.serve(nextChunk());
  assert(core.pagesCopied > copiedBefore, "writes beside a view copy pages");
}

function dropView(): void {
  if (kept === undefined) return;
  core.release(kept);
  core.upkeep();
  kept = undefined;
}

Deno.bench({
  name: "16 random SETs, no view",
  group: "view, writes",
  baseline: true,
  fn: () => {
    dropView();
    core.serve(nextChunk());
  },
});

Deno.bench({
  name: "16 random SETs, a view whose pages are all copied",
  group: "view, writes",
  fn: () => {
    keepView();
    core.serve(nextChunk());
  },
});

Deno.bench({
  name: "16 random SETs, each time after a new pin",
  group: "view, writes",
  fn: () => {
    dropView();
    const slot = core.pin();
    core.serve(nextChunk());
    core.release(slot);
    core.upkeep();
  },
});

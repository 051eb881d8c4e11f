/**
 * Which folder may import which.
 *
 * @module
 */

import { findImports } from "./imports.ts";
import type { SourceFile } from "./source.ts";

/** Folders of `src`, each of which imports only from those before it. */
export const LAYERS = [
  ...["base", "config", "link", "resp", "pubsub", "tracking", "raft", "core"],
  ...["storage", "rdb", "playground"],
  ...[
    "transport",
    "replica",
    "acl",
    "commands",
    "scripting",
    "isolation",
    "engine",
    "forward",
  ],
  ...["net", "admin", "workers"],
];

/** Folders of `core-as`, each of which imports only from those before it. */
export const CORE_LAYERS = [
  ...["memory", "text", "tree", "request", "keys"],
  ...["hashes", "strings", "hyperloglog", "sets", "lists", "waits"],
  ...["sorted_sets", "geo", "streams", "groups", "sort"],
  ...["rdb", "generic", "batch", "admission", "run", "snapshot"],
];

/** Folders that see fewer of those before them. */
const NARROW: Readonly<Record<string, readonly string[]>> = {
  raft: ["base"],
};

/** Files outside `src` that `src` may import, with the reason. */
const OUTSIDE: Readonly<Record<string, string>> = {
  "dist/core.wasm": "the compiled core, read by src/core/instance.ts",
  "deno.json":
    "the permissions of the task that src/playground starts nodes by",
};

/** Files that another folder may import although they are no `mod.ts`. */
const DOORS: Readonly<Record<string, string>> = {
  "src/workers/messages.ts":
    "what node.ts and the Workers' entry files send each other",
  "src/workers/raft.ts": "entry file of a Worker",
  "src/workers/serve.ts": "entry file of a Worker",
  "src/workers/snapshot.ts": "entry file of a Worker",
};

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Name of the layer that `path` is in; `node.ts` is above all. */
function layerOf(path: string): string | undefined {
  return /^src\/(\w+)\//.exec(path)?.[1];
}

function rank(path: string): number {
  const layer = layerOf(path);
  return layer === undefined ? LAYERS.length : LAYERS.indexOf(layer);
}

/** What is wrong with the file at `from` importing `to`, or undefined. */
export function importProblem(from: string, to: string): string | undefined {
  if (to in OUTSIDE) return undefined;
  if (!to.startsWith("src/")) return "src imports nothing outside src";
  const [own, other] = [layerOf(from), layerOf(to)];
  if (own !== other || own === undefined) {
    if (rank(to) < 0) return `the layer "${other}" is not in LAYERS`;
    if (rank(to) > rank(from)) return `"${other ?? to}" comes after "${own}"`;
    const narrow = NARROW[own ?? ""];
    if (other !== undefined && narrow?.includes(other) === false) {
      return `"${own}" sees only ${narrow.join(", ")}`;
    }
  }
  // A folder's files know each other and those of the folders around them.
  const isInside = `${folderOf(from)}/`.startsWith(`${folderOf(to)}/`);
  if (isInside && (own === other)) return undefined;
  if (to.endsWith("/mod.ts") || to in DOORS) return undefined;
  return "another folder is imported through its mod.ts";
}

/** Problems of all imports of `sources`, which are files of `src`. */
export function layerProblems(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) =>
    findImports(source).flatMap(({ target, line, specifier }) => {
      if (target === undefined) return [];
      const problem = importProblem(source.path, target);
      if (problem === undefined) return [];
      return [`${source.path}:${line} imports "${specifier}": ${problem}`];
    })
  );
}

/** Circles of files that load each other. */
export function loadingCircles(sources: readonly SourceFile[]): string[] {
  const edges = new Map(sources.map((source) => [
    source.path,
    findImports(source).filter((item) => !item.isTypeOnly)
      .map(({ target }) => target ?? "").filter((target) => target !== ""),
  ]));
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (state.get(path) === "done") return;
    const here = [...way, path];
    if (state.get(path) === "open") {
      circles.push(here.slice(here.indexOf(path)).join(" → "));
      return;
    }
    state.set(path, "open");
    for (const target of edges.get(path) ?? []) visit(target, here);
    state.set(path, "done");
  };
  for (const source of sources) visit(source.path, []);
  return circles;
}

function coreRank(path: string): number {
  const layer = /^core-as\/(\w+)\//.exec(path)?.[1];
  return layer === undefined ? CORE_LAYERS.length : CORE_LAYERS.indexOf(layer);
}

/**
 * Imports of `sources`, files of `core-as`, that go up its layers, as
 * `file > file`. The generated dispatch stands beside them all: every command's
 * handler is called by it, and all may ask it about commands.
 */
export function upwardImports(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, ...rest }) =>
    findImports({ path, ...rest }).flatMap(({ target }) => {
      if (target === undefined) return [];
      if (target.startsWith("core-as/generated/")) return [];
      if (coreRank(target) <= coreRank(path)) return [];
      const short = (file: string) => file.replace(/^core-as\/|\.ts$/g, "");
      return [`${short(path)} > ${short(target)}`];
    })
  );
}

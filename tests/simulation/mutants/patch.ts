/**
 * Mutants: copies of the code under test with one historical fault, made when they are
 * needed. Nothing of this reaches the code itself.
 *
 * @module
 */

import type { Run } from "../outcome.ts";

/** A change of one place of one file. */
export interface Edit {
  /** The file, from the root of the repository. */
  readonly file: string;
  /** Text that is there once. */
  readonly find: string;
  /** Text in its place. */
  readonly replace: string;
}

/** A fault. */
export interface Mutant {
  /** A short name. */
  readonly name: string;
  /** Where it was seen, or what it breaks. */
  readonly reference: string;
  /** The simulation that can find it. @default {"core"} */
  readonly of?: "core" | "members";
  /** What is changed. */
  readonly edits: readonly Edit[];
}

/** A copy that can be run. */
export interface LoadedMutant {
  /** Runs a seed of the copy. */
  readonly simulate: (seed: number) => Run | Promise<Run>;
}

const ROOT = new URL("../../../", import.meta.url);
const COPIED = {
  core: ["src/base", "src/raft", "tests/simulation", "tests/nemesis/checker"],
  members: ["src", "tests/simulation", "tests/nemesis/checker"],
} as const;

/** The text of `file` with `edits`. Throws if one does not fit. */
export function applyEdits(
  file: string,
  text: string,
  edits: readonly Edit[],
): string {
  let changed = text;
  for (const { file: at, find, replace } of edits) {
    if (at !== file) continue;
    const parts = changed.split(find);
    if (parts.length !== 2) {
      throw new Error(`${file} has ${parts.length - 1} times: ${find}`);
    }
    changed = parts.join(replace);
  }
  return changed;
}

async function copyFolder(
  folder: string,
  to: string,
  edits: readonly Edit[],
): Promise<void> {
  await Deno.mkdir(`${to}/${folder}`, { recursive: true });
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))
  ) {
    const path = `${folder}/${name}`;
    if (isDirectory) await copyFolder(path, to, edits);
    else if (name.endsWith(".ts")) {
      const text = await Deno.readTextFile(new URL(path, ROOT));
      await Deno.writeTextFile(`${to}/${path}`, applyEdits(path, text, edits));
    }
  }
}

/** Makes a copy with the fault of `mutant`, runs `use` with it, and removes it. */
export async function withMutant<T>(
  mutant: Mutant,
  use: (loaded: LoadedMutant) => T | Promise<T>,
): Promise<T> {
  const { edits, of = "core" } = mutant;
  const to = await Deno.makeTempDir({ prefix: "lanekv-mutant-" });
  try {
    for (const folder of COPIED[of]) await copyFolder(folder, to, edits);
    const { simulate, simulateMembers } = await import(
      `file://${to}/tests/simulation/${
        of === "core" ? "" : "members/"
      }simulate.ts`
    );
    return await use({ simulate: simulate ?? simulateMembers });
  } finally {
    await Deno.remove(to, { recursive: true });
  }
}

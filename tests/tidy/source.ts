/**
 * The files of this repository, as the checks of this folder read them.
 *
 * @module
 */

import { maskComments, maskLiterals } from "./mask.ts";

/** The repository's folder. */
export const ROOT = new URL("../../", import.meta.url);

/** Folders that hold nothing written by hand, or the repository's own books. */
const SKIPPED = ["dist", "node_modules", "data", ".git", ".deno", "generated"];

/** One file. */
export interface SourceFile {
  /** Path from the root, such as `src/base/mod.ts`. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its text with comments, strings and patterns blanked. */
  readonly code: string;
  /** Its text with comments and patterns blanked. */
  readonly codeWithStrings: string;
}

/** Paths of all files below `folder` (from the root, `""` for all), sorted. */
export function listFiles(folder: string): string[] {
  const paths: string[] = [];
  for (const entry of Deno.readDirSync(new URL(`${folder}`, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (SKIPPED.includes(entry.name)) continue;
    if (entry.isDirectory) paths.push(...listFiles(`${path}/`));
    else if (entry.isFile) paths.push(path);
  }
  return paths.sort();
}

/** Text of the file at `path`. */
export function readText(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** Source file of `path` and `text`. */
export function toSource(path: string, text: string): SourceFile {
  return {
    path,
    text,
    code: maskLiterals(text),
    codeWithStrings: maskComments(text),
  };
}

/** Every TypeScript file below `folder`. */
export function readSources(folder: string): SourceFile[] {
  return listFiles(folder).filter((path) => path.endsWith(".ts"))
    .map((path) => toSource(path, readText(path)));
}

/** Line number of position `at`, from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/**
 * Finds exports and public members without documentation.
 *
 * @module
 */

import { ROOT, type SourceFile } from "./source.ts";

/** Places that Deno's documentation checker names. */
function lint(paths: readonly string[]): { kind: string; place: string }[] {
  const { stderr, code } = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...paths],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  const text = new TextDecoder().decode(stderr);
  const found = [...text.matchAll(/^error\[([\w-]+)\].*\n\s*--> (\S+)/gm)];
  if (code !== 0 && found.length === 0) throw new Error(text);
  return found.map(([, kind, place]) => ({ kind: kind!, place: place! }));
}

/**
 * Every exported name or public member of `sources` that no comment describes.
 *
 * A comment that only points elsewhere (`@inheritdoc`, `@see`) describes.
 */
export function undocumented(sources: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  for (const { kind, place } of lint(sources.map(({ path }) => path))) {
    if (kind !== "missing-jsdoc") continue;
    const [file, line] = place.split(":");
    const path = file!.slice(ROOT.pathname.length);
    const text = sources.find((source) => source.path === path)?.text ?? "";
    const before = text.split("\n")[Number(line) - 2] ?? "";
    if (!before.trimEnd().endsWith("*/")) problems.push(`${path}:${line}`);
  }
  return problems;
}

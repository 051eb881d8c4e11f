/**
 * Finds exports that nothing uses.
 *
 * @module
 */

import { type Export, findExports, findImports } from "./imports.ts";
import type { SourceFile } from "./source.ts";

/** Files by what they import: `path#name`, through any number of `mod.ts`. */
export class UsageIndex {
  readonly #sources: ReadonlyMap<string, SourceFile>;
  /** Users of `path#name`. */
  readonly #users = new Map<string, Set<string>>();

  /** Reads the imports of all `sources`. */
  constructor(sources: readonly SourceFile[]) {
    this.#sources = new Map(sources.map((source) => [source.path, source]));
    for (const source of sources) {
      for (const { target, names, isReExport } of findImports(source)) {
        if (target === undefined || isReExport) continue;
        for (const { name } of names) this.#mark(target, name, source.path);
      }
    }
  }

  /** Notes that `user` uses `name` of `path`, and of the file it comes from. */
  #mark(path: string, name: string, user: string): void {
    const key = `${path}#${name}`;
    const users = this.#users.get(key) ?? new Set();
    if (users.has(user)) return;
    this.#users.set(key, users.add(user));
    const source = this.#sources.get(path);
    if (source === undefined) return;
    for (const { target, names, isReExport } of findImports(source)) {
      if (!isReExport || target === undefined) continue;
      for (const entry of names) {
        if (entry.name === "*") this.#mark(target, name, user);
        else if (entry.alias === name) this.#mark(target, entry.name, user);
      }
    }
  }

  /** Files that import `name` of `path`. */
  users(path: string, name: string): readonly string[] {
    const named = this.#users.get(`${path}#${name}`) ?? [];
    const whole = this.#users.get(`${path}#*`) ?? [];
    return [...named, ...whole];
  }
}

/** Whether `item` occurs in its own file beside its declaration. */
function isMentioned(source: SourceFile, item: Export): boolean {
  const pattern = new RegExp(`(?<![\\w$.])${item.name}(?![\\w$])`, "g");
  return [...source.code.matchAll(pattern)].length > 1;
}

/** How an export is used. */
export type Usage = "by the program" | "by tests alone" | "by nobody";

/**
 * How `item` of `source` is used. A type that its own file mentions describes
 * another export, so it is used.
 */
export function usageOf(
  index: UsageIndex,
  source: SourceFile,
  item: Export,
): Usage {
  const users = index.users(source.path, item.name);
  const isProgram = (path: string) => !/^(tests|bench)\//.test(path);
  if (users.some(isProgram)) return "by the program";
  if (item.isType && isMentioned(source, item)) return "by the program";
  return users.length > 0 ? "by tests alone" : "by nobody";
}

/** Exports of `sources` with their usage. */
export function listUsage(
  index: UsageIndex,
  sources: readonly SourceFile[],
): { readonly id: string; readonly usage: Usage }[] {
  return sources.flatMap((source) =>
    findExports(source).map((item) => ({
      id: `${source.path}#${item.name}`,
      usage: usageOf(index, source, item),
    }))
  );
}

/**
 * Finds what TypeScript files import, export and re-export.
 *
 * @module
 */

import { lineOf, type SourceFile } from "./source.ts";

/** A reference from one file to another module. */
export interface Import {
  /** Line of the statement's end. */
  readonly line: number;
  /** What is named: a path such as `../base/mod.ts`, or a package. */
  readonly specifier: string;
  /** Path from the root for a relative specifier. */
  readonly target: string | undefined;
  /** Whether the names are exported again. */
  readonly isReExport: boolean;
  /** Whether types alone are named, so that nothing is loaded. */
  readonly isTypeOnly: boolean;
  /** Names in the target and here; `*` and the alias for all of them. */
  readonly names: readonly { readonly name: string; readonly alias: string }[];
}

/** A name that a file declares and exports. */
export interface Export {
  /** The name. */
  readonly name: string;
  /** Whether it is a type, which has no value. */
  readonly isType: boolean;
  /** Its line. */
  readonly line: number;
}

/** Path from the root that `specifier` means in the file at `from`. */
export function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function parseNames(list: string): { name: string; alias: string }[] {
  const all = /^\s*(?:type\s+)?\*(?:\s+as\s+(\w+))?/.exec(list);
  if (all !== null) return [{ name: "*", alias: all[1] ?? "*" }];
  const braces = /\{([^}]*)\}/.exec(list);
  const words = (braces?.[1] ?? "").split(",").map((word) => word.trim());
  const names = words.filter((word) => word !== "").map((word) => {
    const [name, alias] = word.replace(/^type\s+/, "").split(/\s+as\s+/);
    return { name: name!, alias: alias ?? name! };
  });
  const fallback = /^\s*(?:type\s+)?(\w+)\s*(?:,|$)/.exec(list)?.[1];
  if (fallback !== undefined) names.push({ name: "default", alias: fallback });
  return names;
}

function isTypeOnly(list: string): boolean {
  if (/^\s*type\s/.test(list)) return true;
  const words = /\{([^}]*)\}/.exec(list)?.[1]?.split(",") ?? [];
  const named = words.map((word) => word.trim()).filter((word) => word !== "");
  return named.length > 0 && named.every((word) => word.startsWith("type "));
}

/** Statements with `from`, imports for effects, and Workers' entry files. */
const PATTERNS = [
  /(?<=^|\n|;)\s*(import|export)\s([^;"']*?)\sfrom\s*["']([^"']+)["']/g,
  /(?<=^|\n|;)\s*(import)(\s+)["']([^"']+)["']/g,
  /\b(const)\s*(\{[^}]*\})\s*=\s*await\s+import\(\s*["']([^"']+)["']\s*\)/g,
  /\b(import)(\()\s*["']([^"']+)["']\s*\)/g,
  /\b(new URL)(\()\s*["'](\.[^"']+\.ts)["'],\s*import\.meta\.url/g,
];

/** Every import, re-export and Worker entry of `source`. */
export function findImports(source: SourceFile): Import[] {
  const { codeWithStrings, path } = source;
  return PATTERNS.flatMap((pattern) =>
    [...codeWithStrings.matchAll(pattern)].map((match): Import => {
      const [whole, word, list, specifier] = match;
      const isRelative = specifier!.startsWith(".");
      return {
        line: lineOf(codeWithStrings, match.index + whole.length),
        specifier: specifier!,
        target: isRelative ? resolvePath(path, specifier!) : undefined,
        isReExport: word === "export",
        isTypeOnly: isTypeOnly(list!),
        names: parseNames(list!),
      };
    })
  );
}

const DECLARATION =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(interface|type|class|function\*?|const|let)\s+([\w$]+)/gm;

/** Every name that `source` declares and exports. */
export function findExports(source: SourceFile): Export[] {
  return [...source.code.matchAll(DECLARATION)].map((match) => ({
    name: match[2]!,
    isType: match[1] === "interface" || match[1] === "type",
    line: lineOf(source.code, match.index),
  }));
}

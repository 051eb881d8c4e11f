/**
 * Constructs and words that the style leaves out.
 *
 * @module
 */

import { lineOf, type SourceFile } from "./source.ts";

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  /** Which of a source's texts it reads; default: code without strings. */
  readonly reads?: "text";
}

// Written in pieces, so that this file does not hold what it looks for.
const LATER = ["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|");

const RULES: readonly Rule[] = [
  { what: "any", pattern: /(?<![\w$.])any(?![\w$])/g },
  { what: "enum", pattern: /\benum\s+\w+\s*\{/g },
  { what: "default export", pattern: /^export\s+default\b/gm },
  { what: "namespace", pattern: /^\s*(?:export\s+)?namespace\s+\w/gm },
  { what: "decorator", pattern: /^\s*@\w+/gm },
  {
    what: "subclass",
    pattern:
      /\bclass\s+\w+(?:<[^>]*>)?\s+extends\s+(?!Error\b)[\w$.]+(?:<[^>]*>)?\s*\{/g,
  },
  {
    what: "private, protected or public",
    pattern: /^\s*(?:private|protected|public)\s+(?!constructor\b)[\w$]/gm,
  },
  { what: "require", pattern: /\brequire\(/g },
  { what: "eval", pattern: /\beval\(|\bnew Function\(/g },
  {
    what: "note about later",
    pattern: new RegExp(`\\b(?:${LATER})\\b`, "g"),
    reads: "text",
  },
  {
    what: "switched-off checker",
    pattern: /deno-lint-ignore|@ts-(?:ignore|expect-error|nocheck)/g,
    reads: "text",
  },
];

/** Problems of one file's form. */
function formProblems({ path, text }: SourceFile): string[] {
  const problems: string[] = [];
  if (!/^(?:src\/)?(?:[a-z][a-z0-9_]*\/)*[a-z][a-z0-9_]*\.ts$/.test(path)) {
    problems.push(`${path} is not in snake case`);
  }
  if (!/^\/\*\*[^]*?\* @module\n \*\//.test(text)) {
    problems.push(`${path} does not begin by saying what it is (@module)`);
  }
  return problems;
}

/** Every use of a construct that the style leaves out, and odd file forms. */
export function wordProblems(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) => [
    ...formProblems(source),
    ...RULES.flatMap(({ what, pattern, reads }) => {
      const text = reads === "text" ? source.text : source.code;
      return [...text.matchAll(pattern)].map((match) =>
        `${source.path}:${lineOf(text, match.index)} has ${what}: ${
          match[0].trim()
        }`
      );
    }),
  ]);
}

/** Hosts named in `text` of the file at `path`, in addresses or bare. */
export function hostsOf(
  path: string,
  text: string,
): { readonly path: string; readonly host: string }[] {
  const addresses = /\b[a-z]+:\/\/(?:[^\s/@"'`]*@)?([\w.-]+\.[a-z]{2,})/gi;
  const bare =
    /(?<![\w./$-])((?:[a-z0-9-]+\.)+(?:com|org|io|net|sh))(?![\w(.-])/g;
  const hosts = [...text.matchAll(addresses), ...text.matchAll(bare)];
  return [...new Set(hosts.map((match) => match[1]!.toLowerCase()))]
    .map((host) => ({ path, host }));
}

/**
 * Finds functions and their lengths in TypeScript text.
 *
 * @module
 */

import { lineOf, type SourceFile } from "./source.ts";

/** A function with a body in braces. */
export interface FunctionSpan {
  /** Its name, or `(arrow)`. */
  readonly name: string;
  /** Line of its name. */
  readonly line: number;
  /** Lines from its name to its last brace. */
  readonly lines: number;
}

/** Words before a parenthesis that make it no function. */
const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with"]);

const PAIRS: Readonly<Record<string, string>> = {
  "(": ")",
  "{": "}",
  "[": "]",
};

/** Position of the bracket that closes the one at `at`, or the text's end. */
function closing(code: string, at: number): number {
  const open = code[at]!;
  const close = PAIRS[open]!;
  let depth = 0;
  for (let index = at; index < code.length; index++) {
    if (code[index] === open) depth++;
    if (code[index] === close && --depth === 0) return index;
  }
  return code.length;
}

/** Position of the first character from `at` on that is not space. */
function skipSpace(code: string, at: number): number {
  while (/\s/.test(code[at] ?? "x")) at++;
  return at;
}

/** Position after a return type that starts at `at`, where a body may follow. */
function skipType(code: string, at: number): number {
  let isTypeNext = true;
  for (;;) {
    at = skipSpace(code, at);
    const char = code[at];
    if (char === undefined || ";,)=".includes(char)) return at;
    if (char === "{" && !isTypeNext) return at;
    if (char in PAIRS) {
      at = closing(code, at) + 1;
      isTypeNext = false;
    } else {
      // Within angle brackets and after these signs a brace begins a type.
      isTypeNext = "|&:<?".includes(char);
      at++;
    }
  }
}

/** Position of the brace that opens a body after the parenthesis at `end`. */
function bodyAfter(code: string, end: number): number | undefined {
  let at = skipSpace(code, end + 1);
  if (code[at] === ":") at = skipType(code, at + 1);
  if (code.startsWith("=>", at)) at = skipSpace(code, at + 2);
  return code[at] === "{" ? at : undefined;
}

/** Every function of `source` whose body is in braces. */
export function findFunctions(source: SourceFile): FunctionSpan[] {
  const { code } = source;
  const found: FunctionSpan[] = [];
  for (let at = code.indexOf("("); at >= 0; at = code.indexOf("(", at + 1)) {
    const before = /([#\w$]+)\s*(?:<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>)?\s*$/
      .exec(code.slice(Math.max(0, at - 200), at));
    const name = before?.[1] ?? "(arrow)";
    if (CONTROL.has(name)) continue;
    const body = bodyAfter(code, closing(code, at));
    if (body === undefined) continue;
    const line = lineOf(code, at);
    const lines = lineOf(code, closing(code, body)) - line + 1;
    found.push({ name, line, lines });
  }
  return found;
}

/**
 * Words of rules: how a line is split, and how selectors are put together.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  a: "\x07",
};

/** Whether `text` holds a space or a NUL, which names and patterns may not. */
export function hasSpaces(text: string): boolean {
  return /[ \t\n\v\f\r\0]/.test(text);
}

function isSpace(letter: string | undefined): boolean {
  return letter !== undefined && /[ \t\n\v\f\r]/.test(letter);
}

/** A word that starts in double or single quotes, and the place behind it. */
function readQuoted(
  line: string,
  start: number,
  quote: string,
): readonly [string, number] | undefined {
  let word = "";
  for (let at = start; at < line.length; at++) {
    const letter = line[at]!;
    if (letter === quote) {
      const next = line[at + 1];
      return next === undefined || isSpace(next) ? [word, at + 1] : undefined;
    }
    const hex = quote === '"' &&
      /^\\x([0-9a-f]{2})/i.exec(line.slice(at, at + 4));
    if (hex) {
      word += String.fromCharCode(parseInt(hex[1]!, 16));
      at += 3;
    } else if (letter === "\\" && quote === '"' && at + 1 < line.length) {
      const escaped = line[++at]!;
      word += ESCAPES[escaped] ?? escaped;
    } else if (letter === "\\" && line[at + 1] === "'") {
      word += line[++at]!;
    } else {
      word += letter;
    }
  }
  return undefined;
}

/**
 * Splits a line as redis-cli and configuration files do: words between spaces, some
 * in quotes, which may also begin inside a word.
 *
 * @returns `undefined` when quotes are not balanced.
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at++;
    if (at >= line.length) return words;
    let word = "";
    while (at < line.length && !isSpace(line[at])) {
      const letter = line[at]!;
      if (letter === '"' || letter === "'") {
        const quoted = readQuoted(line, at + 1, letter);
        if (quoted === undefined) return undefined;
        word += quoted[0];
        at = quoted[1];
      } else {
        word += letter;
        at++;
      }
    }
    words.push(word);
  }
}

/** Rules, or the place of the `(` that is never closed. */
export type MergedRules =
  | { readonly rules: readonly string[] }
  | { readonly openAt: number };

/** Joins the words of each selector, `(` to `)`, into one rule. */
export function mergeSelectors(words: readonly string[]): MergedRules {
  const rules: string[] = [];
  let openAt = -1;
  let selector = "";
  for (const [at, word] of words.entries()) {
    if (openAt === -1 && word.startsWith("(") && !word.endsWith(")")) {
      selector = word;
      openAt = at;
    } else if (openAt === -1) {
      rules.push(word);
    } else {
      selector += ` ${word}`;
      if (!word.endsWith(")")) continue;
      rules.push(selector);
      openAt = -1;
    }
  }
  return openAt === -1 ? { rules } : { openAt };
}

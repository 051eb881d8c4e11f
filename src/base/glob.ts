/**
 * Glob patterns over names of the host: parameters, commands, channels. Keys and
 * what they hold are matched in the core.
 *
 * @module
 */

/**
 * Whether `given` as a whole matches `wanted`: `*`, `?`, `[ab]`, `[^a-z]`, `\`.
 * Takes time up to the product of the lengths. As in Redis, only the empty
 * pattern takes the empty text.
 */
export function globMatches(wanted: string, given: string): boolean {
  if (given === "") return wanted === "";
  let at = 0;
  let seen = 0;
  // Behind the last star, and the first character it has not taken.
  let starAt = -1;
  let starSeen = 0;
  while (seen < given.length) {
    if (wanted[at] === "*") {
      starAt = ++at;
      starSeen = seen;
      continue;
    }
    const next = matchOne(wanted, at, given[seen]!);
    if (next >= 0) {
      at = next;
      seen++;
    } else if (starAt >= 0) {
      at = starAt;
      seen = ++starSeen;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at++;
  return at >= wanted.length;
}

/** As {@linkcode globMatches}; upper and lower case are alike. */
export function globMatchesAnyCase(pattern: string, text: string): boolean {
  return globMatches(pattern.toLowerCase(), text.toLowerCase());
}

/** Where the pattern goes on if the one at `at` takes `character`; else -1. */
function matchOne(pattern: string, at: number, character: string): number {
  if (at >= pattern.length) return -1;
  if (pattern[at] === "?") return at + 1;
  if (pattern[at] === "[") return matchClass(pattern, at + 1, character);
  const start = pattern[at] === "\\" && at + 1 < pattern.length ? at + 1 : at;
  return pattern[start] === character ? start + 1 : -1;
}

/** As {@linkcode matchOne}, behind the `[`. A class without its `]` ends with the pattern. */
function matchClass(pattern: string, start: number, character: string): number {
  const isNegated = pattern[start] === "^";
  let at = isNegated ? start + 1 : start;
  let holds = false;
  for (; at < pattern.length && pattern[at] !== "]"; at++) {
    if (pattern[at] === "\\" && at + 1 < pattern.length) {
      if (pattern[++at] === character) holds = true;
    } else if (pattern[at + 1] === "-" && at + 2 < pattern.length) {
      const [first, last] = [pattern[at]!, pattern[at + 2]!].sort();
      if (character >= first! && character <= last!) holds = true;
      at += 2;
    } else if (pattern[at] === character) {
      holds = true;
    }
  }
  return holds === isNegated ? -1 : at + 1;
}

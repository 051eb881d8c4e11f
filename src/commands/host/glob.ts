/**
 * Glob patterns over names of the host: CONFIG GET, COMMAND LIST. Data is matched
 * in the core.
 *
 * @module
 */

/** A regular expression for a glob pattern: `*`, `?`, `[…]`, `\`. */
export function globPattern(glob: string): RegExp {
  let source = "";
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    const close = glob.indexOf("]", at + 1);
    if (character === "*") source += "[^]*";
    else if (character === "?") source += "[^]";
    else if (character === "[" && close > at) {
      source += `[${glob.slice(at + 1, close).replaceAll("\\", "\\\\")}]`;
      at = close;
    } else {
      const literal = character === "\\" && at + 1 < glob.length
        ? glob[++at]!
        : character;
      source += literal.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    }
  }
  return new RegExp(`^${source.replaceAll(/(\[\^\]\*)+/g, "[^]*")}$`);
}

/**
 * What the lines that a node prints tell of its group.
 *
 * @module
 */

/** What a line says. */
export type NodeNews =
  /** The node takes clients. */
  | { readonly kind: "serves" }
  /** It has heard who leads. */
  | { readonly kind: "leader"; readonly term: number; readonly leader: number }
  /** Something that a person should see. */
  | { readonly kind: "warning" }
  /** Nothing of these. */
  | { readonly kind: "other" };

/** What `line` says, see `main.ts`, `src/base/logger.ts` and `src/workers/membership.ts`. */
export function readNodeLine(line: string): NodeNews {
  if (/^lanekv \S+ listens on /.test(line)) return { kind: "serves" };
  const level = /^\S+ \w+ (\w+): /.exec(line)?.[1];
  const leads = /: In term (\d+) node (\d+) leads$/.exec(line);
  if (level === "notice" && leads !== null) {
    const [, term, leader] = leads;
    return { kind: "leader", term: Number(term), leader: Number(leader) };
  }
  const isPlain = level !== undefined && level !== "warning";
  return { kind: isPlain ? "other" : "warning" };
}

/**
 * What the README says in tables and lists, to be compared with the program.
 *
 * @module
 */

/** A row of the table of flags. */
export interface FlagRow {
  /** Name without dashes. */
  readonly name: string;
  /** Default as shown, without marks of code. */
  readonly fallback: string;
}

/** Cells of every row of the Markdown tables in `text`. */
export function tableRows(text: string): string[][] {
  return text.split("\n").filter((line) => /^\|.*\|$/.test(line.trim()))
    .map((line) =>
      line.trim().slice(1, -1).split("|").map((cell) => cell.trim())
    )
    .filter((cells) => !/^:?-+:?$/.test(cells[0] ?? ""));
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}

/** Rows of the table of flags. */
export function flagRows(readme: string): FlagRow[] {
  return tableRows(readme).filter(([first]) => /^`--[a-z-]+`$/.test(first!))
    .filter((cells) => cells.length === 3)
    .map(([first, fallback]) => ({
      name: plain(first!).slice(2),
      fallback: plain(fallback!),
    }));
}

/** A flag as `--help` shows it. */
export interface HelpRow extends FlagRow {
  /** Its environment variable. */
  readonly variable: string | undefined;
}

/** Flags in the text of `--help`; those that take no value left out. */
export function helpRows(help: string): HelpRow[] {
  const entries = help.split(/\n(?= {2}--)/).map((entry) => entry.trim());
  return entries.flatMap((entry) => {
    const name = /^--([a-z-]+)=/.exec(entry)?.[1];
    if (name === undefined) return [];
    const fallback = /\(default ([^)]+)\)$/.exec(entry)?.[1] ?? "";
    const variable = /\b(LANEKV_[A-Z_]+)/.exec(entry)?.[1];
    return [{ name, fallback, variable }];
  });
}

/** Anchor that Markdown viewers give a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").trim()
    .replaceAll(/\s/g, "-");
}

/** Links of `readme` that lead nowhere; `exists` knows the repository's paths. */
export function brokenLinks(
  readme: string,
  exists: (path: string) => boolean,
): string[] {
  const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map((match) =>
    anchorOf(match[1]!)
  );
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!);
  return links.filter((to) => {
    if (/^https?:/.test(to)) return false;
    if (to.startsWith("#")) return !anchors.includes(to.slice(1));
    return !exists(to.split("#")[0]!);
  });
}

/** Text between the heading `title` and the next of its rank or above. */
export function sectionOf(readme: string, title: string): string {
  const start = readme.search(new RegExp(`^#+ ${title}$`, "m"));
  if (start < 0) return "";
  const rank = /^#+/.exec(readme.slice(start))![0].length;
  const rest = readme.slice(start + rank);
  const end = rest.search(new RegExp(`^#{1,${rank}} `, "m"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Words set as code in `text`. */
export function codeWords(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word!);
}

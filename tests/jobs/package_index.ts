/**
 * The machine's Debian package index as records: `apt-cache dumpavail`, one
 * paragraph a package version, `Field: value` lines with folded continuations.
 *
 * @module
 */

/** One paragraph of the index. */
export interface PackageRecord {
  /** `package:NAME:VERSION:ARCHITECTURE`, unique in the index. */
  readonly key: string;
  /** Every field, continuation lines joined by LF as they stand. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Parses one paragraph. */
export function parseParagraph(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = "";
  for (const line of paragraph.split("\n")) {
    if (/^[ \t]/.test(line)) {
      fields.set(name, `${fields.get(name)}\n${line}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    name = line.slice(0, colon);
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Parses the whole index; paragraphs of the same version appear once. */
export function parseIndex(text: string): PackageRecord[] {
  const records = new Map<string, PackageRecord>();
  for (const paragraph of text.split("\n\n")) {
    const fields = parseParagraph(paragraph);
    const name = fields.get("Package");
    if (name === undefined) continue;
    const version = fields.get("Version") ?? "";
    const architecture = fields.get("Architecture") ?? "";
    const key = `package:${name}:${version}:${architecture}`;
    records.set(key, { key, fields });
  }
  return [...records.values()];
}

/**
 * Reads the index of this machine.
 *
 * @throws {Error} When apt-cache fails.
 */
export async function readPackageIndex(): Promise<PackageRecord[]> {
  const { code, stdout, stderr } = await new Deno.Command("apt-cache", {
    args: ["dumpavail"],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return parseIndex(new TextDecoder().decode(stdout));
}

/**
 * The text of INFO.
 *
 * Source: https://redis.io/commands/info/. Fields that clients and dashboards
 * read are all there; those without meaning here have the value that means
 * "none" in Redis.
 *
 * @module
 */

/** A value of INFO. */
export type InfoValue = string | number;

/** Fields of one section, in order. */
export type InfoFields = readonly (readonly [string, InfoValue])[];

/** Sections by name, in the order INFO shows them. */
export type InfoSections = ReadonlyMap<string, () => InfoFields>;

/** Sections that INFO leaves out unless asked for by name or `everything`. */
const ON_REQUEST = ["commandstats", "latencystats"];

function title(section: string): string {
  const known: Readonly<Record<string, string>> = {
    cpu: "CPU",
    commandstats: "Commandstats",
    errorstats: "Errorstats",
    latencystats: "Latencystats",
  };
  return known[section] ?? section.slice(0, 1).toUpperCase() + section.slice(1);
}

/** The text of INFO for the sections asked for; none = the default ones. */
export function renderInfo(
  sections: InfoSections,
  asked: readonly string[],
): string {
  const wanted = asked.length === 0 ? ["default"] : asked;
  const isAll = wanted.includes("all") || wanted.includes("everything");
  const isDefault = wanted.includes("default");
  const parts: string[] = [];
  for (const [name, fields] of sections) {
    const isShown = isAll || wanted.includes(name) ||
      (isDefault && !ON_REQUEST.includes(name));
    if (!isShown) continue;
    const lines = fields().map(([field, value]) => `${field}:${value}\r\n`);
    parts.push(`# ${title(name)}\r\n${lines.join("")}`);
  }
  return parts.join("\r\n");
}

/** Bytes as Redis's INFO shows them to people: `1.50M`. */
export function humanBytes(bytes: number): string {
  const units = ["B", "K", "M", "G", "T"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(2)}${units[unit]}`;
}

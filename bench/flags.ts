/**
 * Flags of the programs in this folder: `--name=value`, unknown names refused.
 *
 * @module
 */

/**
 * Reads `--name=value` arguments over `defaults`.
 *
 * @throws {TypeError} For a name that has no default.
 */
export function readFlags<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const flags: Record<string, string> = { ...defaults };
  for (const arg of args) {
    const match = /^--([a-z-]+)(?:=(.*))?$/.exec(arg);
    if (match === null || !(match[1]! in defaults)) {
      const known = Object.keys(defaults).map((name) => `--${name}`).join(" ");
      throw new TypeError(`Unknown flag ${arg}; known: ${known}`);
    }
    flags[match[1]!] = match[2] ?? "true";
  }
  return flags as Record<Name, string>;
}

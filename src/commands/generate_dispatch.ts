/**
 * Writes the core's dispatch, `core-as/generated/commands.ts`, from the command
 * table: names to ids by a hash table of constants, arity and flags by id, and
 * the switch that calls a command's handler.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CommandRow } from "./table/mod.ts";

/** Files of the core that hold the handlers of a group. */
const GROUP_FILES: Readonly<Record<string, string>> = {
  bitmap: "bits",
  generic: "generic",
  hash: "hashes",
  stream: "streams",
  string: "strings",
};

/** Bits of a command's flags in the core. DO NOT REUSE: core-as names them too. */
const FLAG_BITS = {
  CMD_WRITE: 1,
  CMD_READ: 2,
  CMD_DENYOOM: 4,
  CMD_HOST: 8,
  CMD_FAST: 16,
  CMD_NO_AUTH: 32,
  CMD_UNSERVED: 64,
} as const;

const NAME_SLOTS = 1024;
const EMPTY_SLOT = 0xffff;

/** Name of the function that runs a command in the core. */
export function handlerName(command: string): string {
  const camel = command.replaceAll(
    /[-_](\w)/g,
    (_, letter: string) => letter.toUpperCase(),
  );
  return `${camel}Command`;
}

function isRunnable(row: CommandRow, available: ReadonlySet<string>): boolean {
  return row.home === "core" && available.has(handlerName(row.name));
}

function flagBits(row: CommandRow, available: ReadonlySet<string>): number {
  const has = (flag: string) => row.flags.includes(flag);
  let bits = 0;
  if (has("write")) bits |= FLAG_BITS.CMD_WRITE;
  if (has("readonly")) bits |= FLAG_BITS.CMD_READ;
  if (has("denyoom")) bits |= FLAG_BITS.CMD_DENYOOM;
  if (has("fast")) bits |= FLAG_BITS.CMD_FAST;
  if (has("no_auth")) bits |= FLAG_BITS.CMD_NO_AUTH;
  if (row.home === "host") bits |= FLAG_BITS.CMD_HOST;
  const isServed = row.home === "host" || isRunnable(row, available);
  return isServed ? bits : bits | FLAG_BITS.CMD_UNSERVED;
}

/** FNV-1a of a lower-case name, as the generated lookup computes it. */
function nameHash(name: string): number {
  let hash = 2_166_136_261;
  for (const byte of new TextEncoder().encode(name)) {
    hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  }
  return hash;
}

function nameSlots(rows: readonly CommandRow[]): number[] {
  assert(rows.length * 2 < NAME_SLOTS, "the name table stays half empty");
  const slots = new Array<number>(NAME_SLOTS).fill(EMPTY_SLOT);
  rows.forEach((row, id) => {
    let slot = nameHash(row.name) % NAME_SLOTS;
    while (slots[slot] !== EMPTY_SLOT) slot = (slot + 1) % NAME_SLOTS;
    slots[slot] = id;
  });
  return slots;
}

function imports(
  rows: readonly CommandRow[],
  available: ReadonlySet<string>,
): string {
  const files = new Map<string, string[]>();
  for (const row of rows) {
    if (!isRunnable(row, available)) continue;
    const file = GROUP_FILES[row.group] ?? "server";
    files.set(file, [...files.get(file) ?? [], handlerName(row.name)]);
  }
  return Array.from(
    files,
    ([file, names]) => `import { ${names.join(", ")} } from "../${file}";\n`,
  ).join("");
}

function constants(type: string, name: string, values: readonly number[]) {
  return `const ${name} = memory.data<${type}>([${values.join(", ")}]);\n`;
}

const FUNCTIONS = `
export function commandArity(id: u32): i32 {
  return load<i32>(ARITIES + (<usize>id << 2));
}

export function commandFlags(id: u32): u32 {
  return load<u32>(FLAGS + (<usize>id << 2));
}

function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Id of the command named by \`length\` bytes at \`name\`, in any case; -1 = none. */
export function lookupCommand(name: usize, length: u32): i32 {
  if (length > 32) return -1;
  let hash: u32 = 2166136261;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ lower(load<u8>(name + i))) * 16777619;
  for (let slot = hash & ${NAME_SLOTS - 1};; slot = (slot + 1) & ${
  NAME_SLOTS - 1
}) {
    const id = <u32>load<u16>(SLOTS + (<usize>slot << 1));
    if (id == ${EMPTY_SLOT}) return -1;
    if (isNamed(id, name, length)) return id;
  }
  return -1;
}

function isNamed(id: u32, name: usize, length: u32): bool {
  const start = <u32>load<u16>(STARTS + (<usize>id << 1));
  if (<u32>load<u16>(STARTS + (<usize>id << 1), 2) - start != length) return false;
  for (let i: u32 = 0; i < length; i++) {
    if (lower(load<u8>(name + i)) != <u32>load<u8>(NAMES + start + i)) return false;
  }
  return true;
}
`;

/**
 * The text of the core's dispatch. `available` names the handlers that the core
 * exports; commands without one are answered as unknown.
 */
export function generateDispatch(
  rows: readonly CommandRow[],
  available: ReadonlySet<string>,
): string {
  const names = new TextEncoder().encode(rows.map(({ name }) => name).join(""));
  const starts = [0];
  for (const { name } of rows) starts.push(starts.at(-1)! + name.length);
  const bits = Object.entries(FLAG_BITS).map(([name, bit]) =>
    `export const ${name}: u32 = ${bit};\n`
  );
  const ids = rows.map(({ name }, id) =>
    `export const ID_${name.toUpperCase().replaceAll("-", "_")}: u32 = ${id};\n`
  );
  const cases = rows.flatMap((row, id) =>
    isRunnable(row, available)
      ? `    case ${id}:\n      ${handlerName(row.name)}();\n      break;\n`
      : []
  );
  return [
    "// === Dispatch, generated from src/commands/table; do not edit ===\n\n",
    imports(rows, available),
    ...bits,
    ...ids,
    constants("i32", "ARITIES", rows.map(({ arity }) => arity)),
    constants("u32", "FLAGS", rows.map((row) => flagBits(row, available))),
    constants("u16", "SLOTS", nameSlots(rows)),
    constants("u16", "STARTS", starts),
    constants("u8", "NAMES", [...names]),
    FUNCTIONS,
    "\nexport function callCommand(id: u32): void {\n  switch (id) {\n",
    ...cases,
    "    default:\n      unreachable();\n  }\n}\n",
  ].join("");
}

/**
 * Writes the core's dispatch, `core-as/generated/commands.ts`, from the command
 * table: names to ids by a perfect hash, facts by id, and the switch that calls
 * a command's handler.
 *
 * @module
 */

import { packRows, ROW_BYTES, ROW_OFFSETS } from "./dispatch_rows.ts";
import { dispatchFlags, FLAG_BITS } from "./dispatch_flags.ts";
import { findPerfectHash, type PerfectHash } from "./perfect_hash.ts";
import type { CommandRow } from "./table/mod.ts";

/** Name of the function that runs a command in the core. */
export function handlerName(command: string): string {
  const camel = command.replaceAll(
    /[-_](\w)/g,
    (_, letter: string) => letter.toUpperCase(),
  );
  return `${camel}Command`;
}

/** Handlers that there are, each with its file: a path from the core's folder. */
type Handlers = ReadonlyMap<string, string>;

function isRunnable(row: CommandRow, handlers: Handlers): boolean {
  return row.home === "core" && handlers.has(handlerName(row.name));
}

function imports(rows: readonly CommandRow[], handlers: Handlers): string {
  const files = new Map<string, string[]>();
  for (const row of rows) {
    if (row.home !== "core") continue;
    const name = handlerName(row.name);
    const file = handlers.get(name);
    if (file === undefined) continue;
    files.set(file, [...files.get(file) ?? [], name]);
  }
  return Array.from(
    files,
    ([file, names]) => `import { ${names.join(", ")} } from "../${file}";\n`,
  ).join("");
}

function constant(name: string, value: number): string {
  return `export const ${name}: u32 = ${value};\n`;
}

function data(type: string, name: string, values: readonly number[]): string {
  return `const ${name} = memory.data<${type}>([${values.join(", ")}], 64);\n`;
}

function lookup({ slotBits, first, second }: PerfectHash): string {
  return `
function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Whether the \`length\` bytes at \`text\` are the lower-case \`name\`, in any case. */
function isNamed(text: usize, name: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (lower(load<u8>(text + i)) != <u32>load<u8>(name + i)) return false;
  }
  return true;
}

/** Id of the command named by \`length\` bytes at \`name\`, in any case; -1 = none. */
export function lookupCommand(name: usize, length: u32): i32 {
  if (length < 2 || length > ${ROW_OFFSETS.nameBytesMax}) return -1;
  let head: u32;
  let tail: u32;
  if (length >= 4) {
    head = load<u32>(name) | 0x20202020;
    tail = load<u32>(name + length - 4) | 0x20202020;
  } else {
    head = <u32>load<u8>(name) | 0x20;
    tail = <u32>load<u16>(name + length - 2) | 0x2020;
  }
  const mixed = (head * ${first} ^ (tail + length) * ${second}) * ${first};
  const id = <u32>load<u16>(SLOTS + (<usize>(mixed >> ${32 - slotBits}) << 1));
  const row = ROWS + <usize>id * ${ROW_BYTES};
  return load<u32>(row, ${ROW_OFFSETS.nameLength}) == length && isNamed(name, row, length) ? id : -1;
}
`;
}

function field(name: string, type: string, offset: number, doc: string) {
  return `
/** ${doc} */
export function ${name}(id: u32): ${type} {
  return load<${type}>(ROWS + <usize>id * ${ROW_BYTES}, ${offset});
}
`;
}

const FIELDS = [
  field("commandArity", "i32", ROW_OFFSETS.arity, "Words; negative: at least."),
  field("commandFlags", "u32", ROW_OFFSETS.flags, "CMD_… bits."),
  field("commandFirstKey", "i32", ROW_OFFSETS.firstKey, "First key; 0: none."),
  field(
    "commandLastKey",
    "i32",
    ROW_OFFSETS.lastKey,
    "Negative: from the end.",
  ),
  field("commandKeyStep", "i32", ROW_OFFSETS.keyStep, "Words from key to key."),
  field(
    "commandFirstField",
    "i32",
    ROW_OFFSETS.firstField,
    "First field of the key's value; 0: none.",
  ),
  field(
    "commandLastField",
    "i32",
    ROW_OFFSETS.lastField,
    "Negative: from the end.",
  ),
  field(
    "commandFieldStep",
    "i32",
    ROW_OFFSETS.fieldStep,
    "Words from field to field.",
  ),
].join("");

function idName(command: string): string {
  return `ID_${command.toUpperCase().replace(/[-.]/g, "_")}`;
}

/**
 * The text of the core's dispatch. Commands without a handler are answered
 * as unknown.
 */
export function generateDispatch(
  rows: readonly CommandRow[],
  handlers: Handlers,
): string {
  const hash = findPerfectHash(rows.map(({ name }) => name));
  const flags = rows.map((row) =>
    dispatchFlags(row, row.home === "host" || isRunnable(row, handlers))
  );
  const cases = rows.flatMap((row, id) =>
    isRunnable(row, handlers)
      ? `    case ${id}:\n      ${handlerName(row.name)}();\n      break;\n`
      : []
  );
  return [
    "// === Dispatch, generated from src/commands/table; do not edit ===\n\n",
    imports(rows, handlers),
    "\n",
    ...Object.entries(FLAG_BITS).map(([name, bit]) => constant(name, bit)),
    ...rows.map(({ name }, id) => constant(idName(name), id)),
    constant("COMMAND_COUNT", rows.length),
    data("u32", "ROWS", packRows(rows, flags)),
    data("u16", "SLOTS", hash.slots),
    lookup(hash),
    FIELDS,
    "\nexport function callCommand(id: u32): void {\n  switch (id) {\n",
    ...cases,
    "    default:\n      unreachable();\n  }\n}\n",
  ].join("");
}

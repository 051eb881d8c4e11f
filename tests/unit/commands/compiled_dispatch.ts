/**
 * Compiles generated dispatch text with handlers that only note their call.
 *
 * @module
 */

import asc from "assemblyscript/asc";
import { assert } from "@std/assert";
import {
  COMMANDS,
  generateDispatch,
  handlerName,
} from "../../../src/commands/mod.ts";

/** Where {@linkcode CompiledDispatch.place} puts text. */
const TEXT_AT = 60_000;

/** What the compiled module exports. */
export interface DispatchExports {
  /** Id of a name; -1 = none. */
  lookupCommand(name: number, length: number): number;
  /** Words of a request. */
  commandArity(id: number): number;
  /** CMD_… bits. */
  commandFlags(id: number): number;
  /** First key. */
  commandFirstKey(id: number): number;
  /** Last key. */
  commandLastKey(id: number): number;
  /** Words from key to key. */
  commandKeyStep(id: number): number;
  /** First field. */
  commandFirstField(id: number): number;
  /** Last field. */
  commandLastField(id: number): number;
  /** Words from field to field. */
  commandFieldStep(id: number): number;
  /** Calls a handler. */
  callCommand(id: number): void;
  /** Number of the handler called last, in the order of `handlers`. */
  called(): number;
}

/** A compiled dispatch and the memory it reads names from. */
export interface CompiledDispatch {
  /** Its exports. */
  readonly exports: DispatchExports;
  /** Handlers by their number. */
  readonly handlers: readonly string[];
  /** Imports of the module; memory alone. */
  readonly imports: readonly string[];
  /** Text form of the module. */
  readonly wat: string;
  /** Writes `bytes` and returns where. */
  place(bytes: Uint8Array): number;
}

/** Writes the dispatch and its handlers below `directory`; returns the handlers. */
function writeSources(directory: string): string[] {
  const handlers = COMMANDS.filter(({ home }) => home === "core").map((
    { name },
  ) => handlerName(name));
  const files = new Map(handlers.map((name, at) => [name, `file${at % 3}`]));
  const text = generateDispatch(COMMANDS, files);
  Deno.mkdirSync(`${directory}/generated`);
  Deno.writeTextFileSync(`${directory}/generated/commands.ts`, text);
  Deno.writeTextFileSync(
    `${directory}/last.ts`,
    "export let last: i32 = -1;\nexport function note(n: i32): void { last = n; }\n",
  );
  for (
    const [, list, file] of text.matchAll(/import {([^}]*)} from "..\/(\w+)"/g)
  ) {
    const names = list!.split(",").map((name) => name.trim());
    const functions = names.map((name) =>
      `export function ${name}(): void { note(${handlers.indexOf(name)}); }\n`
    );
    Deno.writeTextFileSync(
      `${directory}/${file}.ts`,
      `import { note } from "./last";\n${functions.join("")}`,
    );
  }
  Deno.writeTextFileSync(
    `${directory}/index.ts`,
    'export * from "./generated/commands";\nimport { last } from "./last";\n' +
      "export function called(): i32 { return last; }\n",
  );
  return handlers;
}

async function compile(directory: string): Promise<void> {
  const { error, stderr } = await asc.main([
    "index.ts",
    ...["--baseDir", directory, "-o", "out.wasm", "-t", "out.wat", "-O3"],
    ...["--runtime", "stub", "--use", "abort=", "--importMemory"],
    ...["--sharedMemory", "--noExportMemory"],
    ...["--initialMemory", "1", "--maximumMemory", "1"],
    ...["--enable", "threads", "--enable", "bulk-memory"],
  ]);
  assert(error === null, `the generated text compiles: ${stderr.toString()}`);
}

/** Compiles the dispatch of the whole table. */
export async function compileDispatch(): Promise<CompiledDispatch> {
  const directory = Deno.makeTempDirSync({ prefix: "lanekv-dispatch-" });
  try {
    const handlers = writeSources(directory);
    await compile(directory);
    const module = new WebAssembly.Module(
      Deno.readFileSync(`${directory}/out.wasm`),
    );
    const wat = Deno.readTextFileSync(`${directory}/out.wat`);
    const memory = new WebAssembly.Memory({
      initial: 1,
      maximum: 1,
      shared: true,
    });
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    return {
      exports: instance.exports as unknown as DispatchExports,
      handlers,
      imports: WebAssembly.Module.imports(module).map(({ kind }) => kind),
      wat,
      place: (bytes) => {
        new Uint8Array(memory.buffer).set(bytes, TEXT_AT);
        return TEXT_AT;
      },
    };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/**
 * Compiles the core: `deno task build`.
 *
 * Writes `core-as/generated/commands.ts` (dispatch, from the command table) and
 * `dist/core.wasm`. Does nothing when they are newer than every source.
 *
 * The optimizer runs once: until nothing changes any more (`--converge`) it took 15 s
 * instead of 4, most of a first start, for code that was no faster.
 *
 * @module
 */

import asc from "assemblyscript/asc";
import { COMMANDS } from "../src/commands/mod.ts";
import { generateDispatch } from "../src/commands/generate_dispatch.ts";

const ROOT = new URL("../", import.meta.url);
const SOURCES = ["core-as/", "src/commands/"];
const OUTPUT = new URL("dist/core.wasm", ROOT);

/** Every source file below `directory`. */
function* sources(directory: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(directory)) {
    if (entry.isDirectory && entry.name !== "generated") {
      yield* sources(new URL(`${entry.name}/`, directory));
    } else if (entry.name.endsWith(".ts")) {
      yield new URL(entry.name, directory);
    }
  }
}

function modifiedMs(file: URL): number {
  try {
    return Deno.statSync(file).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** Whether a source is newer than the compiled core. */
export function isStale(): boolean {
  const builtMs = modifiedMs(OUTPUT);
  for (const folder of SOURCES) {
    for (const file of sources(new URL(folder, ROOT))) {
      if (modifiedMs(file) > builtMs) return true;
    }
  }
  return false;
}

/** Handlers that the core's files export, each with its file's path below `core-as`, without ending. */
function handlers(): Map<string, string> {
  const root = new URL("core-as/", ROOT);
  const files = new Map<string, string>();
  for (const file of sources(root)) {
    const path = file.pathname.slice(root.pathname.length, -".ts".length);
    const text = Deno.readTextFileSync(file);
    for (const match of text.matchAll(/export function (\w+Command)\(/g)) {
      files.set(match[1]!, path);
    }
  }
  return files;
}

/** What tells of the allocator of AssemblyScript's runtime in the text of a module. */
const RUNTIME_ALLOCATOR = "~lib/rt/";

/**
 * Compiles the program that starts at `entry`.
 *
 * @throws {Error} With the compiler's messages, or when the program allocates by
 * the language's runtime, as strings joined while it runs do: that heap grows from
 * the constants into the header page, see layout.ts.
 */
export async function compile(entry: URL): Promise<Uint8Array<ArrayBuffer>> {
  const written = new Map<string, string | Uint8Array<ArrayBuffer>>();
  const { error, stderr } = await asc.main([
    entry.pathname.split("/").at(-1)!,
    ...["--baseDir", new URL("./", entry).pathname],
    ...["-o", "core.wasm", "-t", "core.wat"],
    ...["-O3", "--runtime", "stub", "--use", "abort="],
    ...["--importMemory", "--sharedMemory", "--noExportMemory"],
    ...["--initialMemory", "32", "--maximumMemory", "65535"],
    ...["--enable", "threads", "--enable", "bulk-memory"],
  ], {
    writeFile: (name, contents) =>
      void written.set(name, contents as string | Uint8Array<ArrayBuffer>),
  });
  if (error !== null) {
    throw new Error(`Cannot compile the core: ${stderr.toString()}`);
  }
  if (String(written.get("core.wat")).includes(RUNTIME_ALLOCATOR)) {
    throw new Error(
      "Cannot use the core: it allocates by the runtime, perhaps to join strings",
    );
  }
  return written.get("core.wasm") as Uint8Array<ArrayBuffer>;
}

/** Generates the dispatch and compiles the core; throws as {@linkcode compile}. */
export async function build(): Promise<void> {
  Deno.mkdirSync(new URL("core-as/generated", ROOT), { recursive: true });
  Deno.mkdirSync(new URL("dist", ROOT), { recursive: true });
  Deno.writeTextFileSync(
    new URL("core-as/generated/commands.ts", ROOT),
    generateDispatch(COMMANDS, handlers()),
  );
  const module = await compile(new URL("core-as/index.ts", ROOT));
  Deno.writeFileSync(OUTPUT, module);
}

if (import.meta.main && (Deno.args.includes("--force") || isStale())) {
  await build();
}

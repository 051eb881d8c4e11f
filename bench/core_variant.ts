/**
 * The core compiled without its statistics, to see what they cost.
 *
 * @module
 */

import asc from "assemblyscript/asc";

const ROOT = new URL("../", import.meta.url);

/** Lines of the core that keep statistics on a command's way, by file. */
const RECORDING: Readonly<Record<string, readonly string[]>> = {
  "core-as/run/execute.ts": [
    "  noteCall(commandId, work - workBefore);\n",
  ],
};

/** The text of a file of the core without the lines that record. */
function withoutRecording(file: string): string {
  let text = Deno.readTextFileSync(new URL(file, ROOT));
  for (const line of RECORDING[file] ?? []) {
    if (!text.includes(line)) {
      throw new Error(`${file} no longer holds the line ${line.trim()}`);
    }
    text = text.replace(line, "");
  }
  return text;
}

/**
 * Compiles the core as `deno task build` does, in memory, without statistics of
 * commands. Requires: the core has been built.
 */
export async function compileWithoutRecording(): Promise<WebAssembly.Module> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main([
    "core-as/index.ts",
    ...["--baseDir", ROOT.pathname, "-o", "core.wasm"],
    ...["-O3", "--converge", "--runtime", "stub", "--use", "abort="],
    ...["--importMemory", "--sharedMemory", "--noExportMemory"],
    ...["--initialMemory", "32", "--maximumMemory", "65535"],
    ...["--enable", "threads", "--enable", "bulk-memory"],
  ], {
    readFile: (name: string) => {
      try {
        return withoutRecording(name);
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound) return null;
        throw cause;
      }
    },
    writeFile: (_name: string, content: Uint8Array | string) => {
      if (typeof content !== "string") binary = content.slice();
    },
  });
  if (error !== null || binary === undefined) {
    throw new Error(`Cannot compile the core: ${stderr.toString()}`);
  }
  return new WebAssembly.Module(binary);
}

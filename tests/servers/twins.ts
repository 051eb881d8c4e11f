/**
 * Servers in which one module has a twin in its place, by an import map.
 *
 * @module
 */

import type { ServerCommand } from "./server_process.ts";

const ROOT = new URL("../../", import.meta.url).href;

/**
 * Writes an import map in which `twin` takes the place of the module at `path` of the project.
 * The twin itself may import the real one. Returns the file, which is to be deleted.
 */
export async function writeTwinMap(path: string, twin: URL): Promise<string> {
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const real = `${ROOT}${path}`;
  const file = await Deno.makeTempFile({ suffix: ".json" });
  // What a deno.json implies, an import map must say.
  const parts = Object.entries<string>(imports).map(([name, target]) => [
    `${name}/`,
    `${target.replace(/^(npm|jsr):/, "$1:/")}/`,
  ]);
  const map = {
    imports: { ...imports, ...Object.fromEntries(parts), [real]: twin.href },
    scopes: { [new URL(".", twin).href]: { [real]: real } },
  };
  await Deno.writeTextFile(file, JSON.stringify(map));
  return file;
}

/** `command`, of lanekv, with the import map in `file`. */
export function withMap(command: ServerCommand, file: string): ServerCommand {
  const [program, run, ...args] = command.argv;
  return {
    ...command,
    argv: [program!, run!, `--import-map=${file}`, ...args],
  };
}

/**
 * Loads an RDB file of Redis into a running server: the program behind
 * `deno task import`.
 *
 * @module
 */

import { describeError, systemClock } from "../base/mod.ts";
import { type ImportOptions, parseImportOptions } from "./options.ts";
import { runImport } from "./run.ts";
import { connect } from "./system_port.ts";
import { SystemSource } from "./system_source.ts";

/** Where the task was called, as tasks run in the folder of deno.json. */
function resolvePath(path: string): string {
  const directory = Deno.env.get("INIT_CWD");
  if (directory === undefined || path.startsWith("/")) return path;
  return `${directory}/${path}`;
}

function printNow(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stderr.writeSync(bytes.subarray(at));
  }
}

async function run(options: ImportOptions): Promise<string> {
  const source = new SystemSource(resolvePath(options.path));
  try {
    return await runImport(options, {
      source,
      connect: () => connect(options.host, options.port),
      checkUnchanged: () => source.checkUnchanged(),
      clock: systemClock,
      sink: { isTerminal: Deno.stderr.isTerminal(), write: printNow },
    });
  } finally {
    source.close();
  }
}

try {
  const wanted = parseImportOptions(Deno.args, (name) => Deno.env.get(name));
  console.log(
    wanted.kind === "help" ? wanted.text : await run(wanted.options),
  );
} catch (cause) {
  printNow(`import: ${describeError(cause)}\n`);
  Deno.exit(1);
}

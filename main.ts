/**
 * Reads the options, builds the node, waits for a signal, stops it.
 *
 * @module
 */

import { describeError } from "./src/base/mod.ts";
import { type Options, parseOptions, STOP_MS_MAX } from "./src/config/mod.ts";
import { Node } from "./src/node.ts";
import manifest from "./deno.json" with { type: "json" };

function say(line: string): void {
  console.error(line);
}

/** Prints one line for what an operator can mend, and exits with 1. */
function giveUp(cause: unknown): never {
  say(`lanekv: ${describeError(cause)}`);
  Deno.exit(1);
}

function stopOnSignals(node: Node): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      node.stop();
      setTimeout(() => {
        say(`lanekv: did not stop within ${STOP_MS_MAX} ms`);
        Deno.exit(1);
      }, STOP_MS_MAX);
    });
  }
}

async function run(options: Options): Promise<never> {
  const node = new Node(options, manifest.version);
  stopOnSignals(node);
  node.ready.then(({ port, tlsPort, recoveredIndex, keys }) => {
    const tls = tlsPort === undefined ? "" : ` and for TLS on :${tlsPort}`;
    say(
      `lanekv ${manifest.version} listens on ${options.bind}:${port}${tls}, ` +
        `fsync ${options.fsync}, storage ${options.storageDirectory}, ` +
        `recovered index ${recoveredIndex} with ${keys} keys`,
    );
  }, () => {
    // The end says why.
  });
  const end = await node.end;
  if (end.kind === "failed") say(`lanekv: ${end.reason}`);
  Deno.exit(end.kind === "stopped" ? 0 : 1);
}

function invocation() {
  return parseOptions(Deno.args, (name) => Deno.env.get(name));
}

try {
  const wanted = invocation();
  if (wanted.kind === "help") console.log(wanted.text);
  else if (wanted.kind === "version") console.log(manifest.version);
  else await run(wanted.options);
} catch (cause) {
  giveUp(cause);
}

/**
 * Starts a group of nodes on this machine to play with: the program behind
 * `deno task cluster`.
 *
 * @module
 */

import { describeError, systemAfter, systemRandom } from "../base/mod.ts";
import { planNodes } from "./node_plan.ts";
import { type ClusterOptions, parseClusterOptions } from "./options.ts";
import { Playground } from "./playground.ts";
import { freePorts } from "./ports.ts";
import { systemSpawn } from "./system_process.ts";

/** Lowest ports of metrics, and for the nodes among themselves. */
const ADMIN_PORT = 9121;
const RAFT_PORT = 16_379;

function findPorts({ nodes, port }: ClusterOptions) {
  return {
    client: freePorts(port, nodes),
    admin: freePorts(ADMIN_PORT, nodes),
    raft: freePorts(RAFT_PORT, nodes),
  };
}

function makeSecret(): string {
  return `${systemRandom.u64().toString(16)}${systemRandom.u64().toString(16)}`;
}

/** The first signal ends all in good order, the second one at once. */
function stopOnSignals(playground: Playground): void {
  let isFirst = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (isFirst) playground.stop();
      else playground.kill();
      isFirst = false;
    });
  }
}

/** Returns whether it ended because it was told to. */
async function run(options: ClusterOptions): Promise<boolean> {
  const isTemporary = options.dir === "";
  const dir = isTemporary
    ? Deno.makeTempDirSync({ prefix: "lanekv-cluster-" })
    : options.dir;
  try {
    const plans = planNodes(options, findPorts(options), dir);
    console.log(`Starting ${plans.length} nodes …`);
    const playground = new Playground({
      ...options,
      plans,
      dir,
      isTemporary,
      spawn: systemSpawn(makeSecret()),
      after: systemAfter,
      say: (line) => console.log(line),
    });
    stopOnSignals(playground);
    return await playground.end;
  } finally {
    if (isTemporary) Deno.removeSync(dir, { recursive: true });
  }
}

try {
  const wanted = parseClusterOptions(Deno.args);
  if (wanted.kind === "help") console.log(wanted.text);
  else Deno.exit(await run(wanted.options) ? 0 : 1);
} catch (cause) {
  console.error(`cluster: ${describeError(cause)}`);
  Deno.exit(1);
}

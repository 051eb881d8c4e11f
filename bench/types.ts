/**
 * Commands of large collections beside redis-server, in turns: streams and their
 * groups, ranks and ranges of sorted sets, the middle of a list, random members.
 *
 * ```text
 * deno run -A bench/types.ts [--servers=redis,lanekv] [--elements=1000000]
 *   [--pipeline=1,16] [--connections=50] [--requests=100000] [--runs=5]
 *   [--works=XADD,ZRANK,…]
 * ```
 *
 * `--requests` are those without a pipeline; with one they are five times as
 * many. The first server is the reference; above 1 means more a second.
 *
 * @module
 */

import { type Contender, startContenders } from "./contender.ts";
import { readFlags } from "./flags.ts";
import {
  describeSpread,
  inTurns,
  median,
  printTable,
  ratiosTo,
} from "./turns.ts";
import { fillAll, type Scale, type Work, WORKS } from "./type_works.ts";

const DEFAULTS = {
  servers: "redis,lanekv",
  elements: "1000000",
  pipeline: "1,16",
  connections: "50",
  requests: "100000",
  runs: "5",
  works: WORKS.map(({ name }) => name).join(","),
};

/** Requests at a pipeline, as a multiple of those without one. */
const PIPELINED_REQUESTS = 5;

/** Works by their names, in the table's order. */
function readWorks(text: string): Work[] {
  const names = text.split(",");
  const unknown = names.find((name) =>
    WORKS.every((work) => work.name !== name)
  );
  if (unknown !== undefined) throw new TypeError(`Unknown work ${unknown}`);
  return WORKS.filter(({ name }) => names.includes(name));
}

/** Requests a second, turn by turn, of each server; the first turn is not kept. */
async function measure(
  work: Work,
  contenders: readonly Contender[],
  scale: Scale,
  runs: number,
): Promise<number[][]> {
  const rates = contenders.map((): number[] => []);
  for (let run = 0; run <= runs; run++) {
    for (const [index, contender] of inTurns([...contenders.entries()], run)) {
      await work.prepare?.(contender, scale);
      const rate = await work.run(contender.port, scale);
      if (run > 0) rates[index]!.push(rate);
    }
  }
  return rates;
}

/** Fills all servers and prints a row a work, pipeline and server. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  await using stack = new AsyncDisposableStack();
  const contenders = await startContenders(stack, flags.servers, "none");
  const elements = Number(flags.elements);
  for (const { port } of contenders) await fillAll(port, elements);
  const [{ name: reference }] = contenders as [Contender];
  const rows = [["work", "pipeline", reference, "server", "requests", "ratio"]];
  for (const work of readWorks(flags.works)) {
    for (const pipeline of flags.pipeline.split(",").map(Number)) {
      const scale = {
        elements,
        pipeline,
        connections: Number(flags.connections),
        requests: Number(flags.requests) *
          (pipeline > 1 ? PIPELINED_REQUESTS : 1),
      };
      const rates = await measure(work, contenders, scale, Number(flags.runs));
      contenders.slice(1).forEach(({ name }, index) => {
        rows.push([
          ...[
            work.name,
            String(pipeline),
            `${Math.round(median(rates[0]!))}/s`,
          ],
          ...[name, `${Math.round(median(rates[index + 1]!))}/s`],
          describeSpread(ratiosTo(rates[index + 1]!, rates[0]!)),
        ]);
      });
      console.error(`${work.name} at pipeline ${pipeline} done`);
    }
  }
  printTable(rows);
}

if (import.meta.main) await main(Deno.args);

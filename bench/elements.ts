/**
 * Memory an element: growth of `used_memory` over collections of each type,
 * each on a new server.
 *
 * ```text
 * deno run -A bench/elements.ts [--servers=redis,lanekv] [--elements=1000000]
 *   [--keys=1] [--kinds=hash,set,integers,zset,list,stream] [--runs=1]
 * ```
 *
 * `--keys=1000 --elements=1000` fills a thousand collections of a thousand.
 * Fields, members, items and values of entries are of 16 bytes, values of hashes
 * of 3, scores are integers.
 *
 * @module
 */

import {
  COLLECTION_KINDS,
  type CollectionKind,
  fillCollection,
  readKinds,
} from "./collections.ts";
import { startContender } from "./contender.ts";
import { readFlags } from "./flags.ts";
import { describeSpread, median, printTable, ratiosTo } from "./turns.ts";

const DEFAULTS = {
  servers: "redis,lanekv",
  elements: "1000000",
  keys: "1",
  kinds: COLLECTION_KINDS.join(","),
  runs: "1",
};

/** More than Redis is too much. */
const TARGET = 1;

/** Bytes an element on a new server. */
async function measure(
  server: string,
  kind: CollectionKind,
  keys: number,
  elements: number,
): Promise<number> {
  await using contender = await startContender(server, "none");
  const before = await contender.infoNumber("memory", "used_memory");
  for (let key = 0; key < keys; key++) {
    await fillCollection(contender.port, kind, `key:${key}`, elements);
  }
  await contender.settle();
  const after = await contender.infoNumber("memory", "used_memory");
  return (after - before) / (keys * elements);
}

/** Prints a table of all kinds and servers. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const [keys, elements] = [Number(flags.keys), Number(flags.elements)];
  const [reference = "", ...others] = flags.servers.split(",");
  const rows = [["kind", reference, "server", "bytes", "ratio", "result"]];
  for (const kind of readKinds(flags.kinds)) {
    const bytes = new Map<string, number[]>();
    for (const server of [reference, ...others]) {
      const found: number[] = [];
      for (let run = 0; run < Number(flags.runs); run++) {
        found.push(await measure(server, kind, keys, elements));
      }
      bytes.set(server, found);
    }
    const base = bytes.get(reference)!;
    for (const server of others) {
      const ratios = ratiosTo(bytes.get(server)!, base);
      rows.push([
        ...[kind, describeSpread(base, 1)],
        ...[server, describeSpread(bytes.get(server)!, 1)],
        describeSpread(ratios),
        median(ratios) > TARGET ? "MISSED" : "met",
      ]);
    }
  }
  console.log(`Bytes an element, ${keys} collections of ${elements}`);
  printTable(rows);
}

if (import.meta.main) await main(Deno.args);

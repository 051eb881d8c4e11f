/**
 * Memory a key: growth of `used_memory` over 1 M keys of 16 bytes, and what the
 * process holds beside its data.
 *
 * ```text
 * deno run -A bench/memory.ts [--servers=redis,lanekv] [--keys=1000000]
 *   [--value-bytes=3,100]
 * ```
 *
 * @module
 */

import { type Contender, startContender } from "./contender.ts";
import { readFlags } from "./flags.ts";
import { msetRequests, sendAll } from "./loading.ts";

const DEFAULTS = {
  "servers": "redis,lanekv",
  "keys": "1000000",
  "value-bytes": "3,100",
};

/** Bytes before and after loading. */
interface Growth {
  readonly usedBytesPerKey: number;
  readonly residentBytes: number;
  readonly otherBytes: number;
}

/** 16 bytes: a prefix and a number spread over the key space. */
function keyName(index: number): string {
  const spread = (index * 2_654_435_761) % 4_294_967_296;
  return `key:${String(spread).padStart(12, "0")}`;
}

async function measureGrowth(
  contender: Contender,
  keys: number,
  valueBytes: number,
): Promise<Growth> {
  const before = await contender.infoNumber("memory", "used_memory");
  const value = new Uint8Array(valueBytes).fill(0x78);
  await sendAll(contender.port, msetRequests(keys, keyName, value));
  const after = await contender.infoNumber("memory", "used_memory");
  const residentBytes = contender.process?.residentBytes() ??
    await contender.infoNumber("memory", "used_memory_rss");
  return {
    usedBytesPerKey: (after - before) / keys,
    residentBytes,
    otherBytes: residentBytes - after,
  };
}

const mebibytes = (bytes: number) => `${(bytes / 1048576).toFixed(1)} MiB`;

/** Prints a line a server and value size; ratios to the first server. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const keys = Number(flags.keys);
  for (const valueBytes of flags["value-bytes"].split(",").map(Number)) {
    let reference: number | undefined;
    for (const text of flags.servers.split(",")) {
      await using contender = await startContender(text, "none");
      const growth = await measureGrowth(contender, keys, valueBytes);
      reference ??= growth.usedBytesPerKey;
      console.log(
        `${contender.name}: ${keys} keys, values of ${valueBytes} bytes: ` +
          `${growth.usedBytesPerKey.toFixed(1)} bytes a key ` +
          `(${(growth.usedBytesPerKey / reference).toFixed(2)}x), resident ` +
          `${mebibytes(growth.residentBytes)}, beside used_memory ` +
          mebibytes(growth.otherBytes),
      );
    }
  }
}

if (import.meta.main) await main(Deno.args);

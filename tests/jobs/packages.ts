/**
 * The main job by hand, on the whole Debian package index of the machine.
 *
 * ```text
 * deno run -A tests/jobs/packages.ts [COUNT]
 * ```
 *
 * @module
 */

import { startSubject, withServers } from "../servers/mod.ts";
import { readPackageIndex } from "./package_index.ts";
import { runPackageJob } from "./package_job.ts";

/** Runs the job on the first `count` packages and prints what it did. */
export async function main(count = Infinity): Promise<void> {
  const records = (await readPackageIndex()).slice(0, count);
  await withServers(
    [startSubject({ durability: "always" })],
    async (server) => {
      const startedMs = performance.now();
      const middle = Math.floor(records.length / 2);
      const report = await runPackageJob(server, records, middle);
      const seconds = (performance.now() - startedMs) / 1000;
      console.log(`${JSON.stringify(report)} in ${seconds.toFixed(1)} s`);
    },
  );
}

if (import.meta.main) await main(Number(Deno.args[0] ?? Infinity));

/** The main job on a part of the package index, and its parser. */

import { assert, assertEquals } from "@std/assert";
import { hasProgram, startSubject, withServers } from "../servers/mod.ts";
import { parseIndex, readPackageIndex } from "./package_index.ts";
import { runPackageJob } from "./package_job.ts";

const PACKAGES = 3000;

Deno.test("parseIndex() keeps folded lines and one record a version", () => {
  const text = "Package: a\nVersion: 1\nArchitecture: all\n" +
    "Description: short\n long: line\n .\n\nPackage: a\nVersion: 1\n" +
    "Architecture: all\n\nPackage: b\n\n";
  const records = parseIndex(text);
  assertEquals(records.map(({ key }) => key), [
    "package:a:1:all",
    "package:b::",
  ]);
  assertEquals(records[1]!.fields.size, 1);
  const [whole] = parseIndex(text.slice(0, text.indexOf("\n\n")));
  assertEquals(whole!.fields.get("Description"), "short\n long: line\n .");
});

Deno.test({
  name: "the package index survives a kill in the middle of its load",
  ignore: !hasProgram("apt-cache"),
  fn: () =>
    withServers(
      [startSubject({ durability: "always" })],
      async (server) => {
        const records = (await readPackageIndex()).slice(0, PACKAGES);
        assert(records.length > 500, "the machine has a package index");
        const middle = Math.floor(records.length / 2);
        const report = await runPackageJob(server, records, middle);
        assert(report.acknowledgedBeforeKill >= middle);
        assert(report.events >= records.length);
      },
    ),
});

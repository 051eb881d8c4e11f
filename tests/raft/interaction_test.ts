/**
 * Runs etcd's interaction scenarios: several nodes, driven step by step.
 */

import { assertEquals } from "@std/assert";
import { type FileResult, type Level, runFile } from "./interaction/run.ts";
import { listScenarios, scenariosFolder } from "./scenarios.ts";

/** Files that are not expected to pass on a level, with the reason. */
const NOT_PASSING: Readonly<Record<Level, Readonly<Record<string, string>>>> = {
  semantic: {},
  exact: {},
};

const LEVELS: readonly Level[] = ["semantic", "exact"];
const folder = `${scenariosFolder()}/interaction`;
const names = listScenarios(folder);
if (names === undefined) {
  console.log(`raft scenarios interaction: skipped, there is no ${folder}`);
}

function printCounts(results: ReadonlyMap<string, FileResult>): void {
  const all = [...results.values()];
  const cases = all.reduce((sum, { total }) => sum + total, 0);
  for (const level of LEVELS) {
    const files = all.filter(({ passed, total }) => passed[level] === total);
    const passed = all.reduce((sum, one) => sum + one.passed[level], 0);
    console.log(
      `raft scenarios interaction, ${level}: ${passed}/${cases} cases, ` +
        `${files.length}/${all.length} files`,
    );
  }
}

function printProblems(results: ReadonlyMap<string, FileResult>): void {
  for (const [name, { firstProblem }] of results) {
    for (const level of LEVELS) {
      if (firstProblem[level] === undefined) continue;
      const reason = NOT_PASSING[level][name] ?? firstProblem[level];
      console.log(`does not pass, ${level}: ${name}: ${reason}`);
    }
  }
}

Deno.test({
  name: "raft scenarios of interaction print what they should",
  ignore: names === undefined,
  fn: () => {
    const results = new Map<string, FileResult>();
    for (const name of names ?? []) {
      results.set(name, runFile(Deno.readTextFileSync(`${folder}/${name}`)));
    }
    printProblems(results);
    printCounts(results);
    for (const level of LEVELS) {
      const failed = [...results].filter(([, { firstProblem }]) =>
        firstProblem[level] !== undefined
      ).map(([name]) => name);
      const known = Object.keys(NOT_PASSING[level]);
      assertEquals(failed, failed.filter((name) => known.includes(name)));
      const passing = known.filter((name) =>
        results.has(name) && !failed.includes(name)
      );
      assertEquals(passing, [], "files that pass need no reason");
    }
  },
});

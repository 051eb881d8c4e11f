/**
 * Runs interaction scenarios, several nodes driven step by step: etcd's, and our own for
 * what those leave out (reads, crashes, lost writes, the time after a start).
 */

import { assertEquals } from "@std/assert";
import { type FileResult, type Level, runFile } from "./interaction/run.ts";
import { listScenarios, OWN_SCENARIOS, scenariosFolder } from "./scenarios.ts";

type Reasons = Readonly<Record<Level, Readonly<Record<string, string>>>>;

const LEVELS: readonly Level[] = ["semantic", "exact"];

/** Files that are not expected to pass on a level, with the reason. */
const NOT_PASSING: Reasons = { semantic: {}, exact: {} };

function printCounts(
  title: string,
  results: ReadonlyMap<string, FileResult>,
): void {
  const all = [...results.values()];
  const cases = all.reduce((sum, { total }) => sum + total, 0);
  for (const level of LEVELS) {
    const files = all.filter(({ passed, total }) => passed[level] === total);
    const passed = all.reduce((sum, one) => sum + one.passed[level], 0);
    console.log(
      `raft scenarios ${title}, ${level}: ${passed}/${cases} cases, ` +
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

/** Whatever fails has its reason, and whatever has one fails. */
function checkReasons(
  results: ReadonlyMap<string, FileResult>,
  reasons: Reasons,
): void {
  for (const level of LEVELS) {
    const failed = [...results]
      .filter(([, { firstProblem }]) => firstProblem[level] !== undefined)
      .map(([name]) => name);
    const known = Object.keys(reasons[level]).filter((name) =>
      results.has(name)
    );
    assertEquals(failed, known.sort(), `files that do not pass, ${level}`);
  }
}

function testFolder(title: string, folder: string, reasons: Reasons): void {
  const names = listScenarios(folder);
  if (names === undefined) {
    console.log(`raft scenarios ${title}: skipped, there is no ${folder}`);
  }
  Deno.test({
    name: `raft scenarios of ${title} print what they should`,
    ignore: names === undefined,
    fn: () => {
      const results = new Map(
        (names ?? []).map((name) => {
          const text = Deno.readTextFileSync(`${folder}/${name}`);
          return [name, runFile(text)];
        }),
      );
      printProblems(results);
      printCounts(title, results);
      checkReasons(results, reasons);
    },
  });
}

const NONE: Reasons = { semantic: {}, exact: {} };
testFolder("own interaction", `${OWN_SCENARIOS}/interaction`, NONE);
testFolder("interaction", `${scenariosFolder()}/interaction`, NOT_PASSING);

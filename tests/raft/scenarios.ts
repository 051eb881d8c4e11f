/**
 * Runs folders of scenario files and counts their cases.
 *
 * Our own files are in `scenarios`. Those of etcd's raft are not part of this
 * repository: they are looked for in the folder that `LANEKV_RAFT_SCENARIOS` names,
 * or else in `shared/raft-scenarios` beside the repository. Both hold folders named
 * `quorum`, `confchange` and `interaction`.
 *
 * @module
 */

import { parseScenario, type ScenarioCase } from "./scenario_file.ts";

/** Runs the cases of one file, in order; returns what a case prints. */
export type ScenarioRunner = (scenario: ScenarioCase) => string;

/** Where the folders of scenario files are that are not ours. */
export function scenariosFolder(): string {
  return Deno.env.get("LANEKV_RAFT_SCENARIOS") ??
    new URL("../../../shared/raft-scenarios", import.meta.url).pathname;
}

/** Where the folders of our own scenario files are. */
export const OWN_SCENARIOS = new URL("./scenarios", import.meta.url).pathname;

/** Names of the scenario files in `folder`, sorted; undefined when there are none. */
export function listScenarios(folder: string): string[] | undefined {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(".txt")).sort();
    return names.length === 0 ? undefined : names;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}

/** `output` as files hold it: its last line ends. */
export function endLine(output: string): string {
  return output === "" || output.endsWith("\n") ? output : `${output}\n`;
}

/** What became of the cases of one file. */
interface FileResult {
  readonly passed: number;
  /** What is wrong with those that did not pass, a text each. */
  readonly problems: readonly string[];
}

/** What a case printed, or the error that ended it. */
function outcomeOf(scenario: ScenarioCase, run: ScenarioRunner): string {
  try {
    return endLine(run(scenario));
  } catch (cause) {
    // Cases before this one still count; the file fails by this text.
    return `${cause instanceof Error ? cause.stack : cause}\n`;
  }
}

/** Runs `cases` in order, all of them. */
function runFile(
  cases: readonly ScenarioCase[],
  run: ScenarioRunner,
): FileResult {
  let passed = 0;
  const problems: string[] = cases.length === 0 ? ["the file is empty"] : [];
  for (const scenario of cases) {
    const { line, command, expected } = scenario;
    const actual = outcomeOf(scenario, run);
    if (actual === expected) {
      passed++;
    } else {
      problems.push(
        `line ${line}, ${command}: expected\n${expected}but got\n${actual}`,
      );
    }
  }
  return { passed, problems };
}

/**
 * Registers a test of our own files of the folder `kind` and one of the others, with a
 * runner of its own for each file. They print how many cases passed. Without
 * files, the test is ignored.
 */
export function testScenarios(
  kind: string,
  makeRunner: () => ScenarioRunner,
): void {
  testFolder(`own ${kind}`, `${OWN_SCENARIOS}/${kind}`, makeRunner);
  testFolder(kind, `${scenariosFolder()}/${kind}`, makeRunner);
}

function testFolder(
  title: string,
  folder: string,
  makeRunner: () => ScenarioRunner,
): void {
  const names = listScenarios(folder);
  if (names === undefined) {
    console.log(
      `raft scenarios ${title}: skipped, there are none in ${folder}`,
    );
  }
  Deno.test({
    name: `raft scenarios of ${title} print what they should`,
    ignore: names === undefined,
    fn: async (test) => {
      const passed = { cases: 0, files: 0 };
      let total = 0;
      for (const name of names ?? []) {
        const text = Deno.readTextFileSync(`${folder}/${name}`);
        const cases = parseScenario(text);
        total += cases.length;
        await test.step(`${title}/${name}`, () => {
          const result = runFile(cases, makeRunner());
          passed.cases += result.passed;
          if (result.problems.length > 0) {
            throw new Error(result.problems.join("\n"));
          }
          passed.files++;
        });
      }
      console.log(
        `raft scenarios ${title}: ${passed.cases}/${total} cases, ` +
          `${passed.files}/${names?.length} files`,
      );
    },
  });
}

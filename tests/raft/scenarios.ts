/**
 * Runs folders of scenario files and counts their cases.
 *
 * The files are not part of this repository. They are looked for in the folder that
 * `LANEKV_RAFT_SCENARIOS` names, or else in `raft-scenarios` beside the
 * repository, in folders named `quorum`, `confchange` and `interaction`.
 *
 * @module
 */

import { parseScenario, type ScenarioCase } from "./scenario_file.ts";

/** Runs the cases of one file, in order; returns what a case prints. */
export type ScenarioRunner = (scenario: ScenarioCase) => string;

/** Where the folders of scenario files are. */
export function scenariosFolder(): string {
  return Deno.env.get("LANEKV_RAFT_SCENARIOS") ??
    new URL("../../../shared/raft-scenarios", import.meta.url).pathname;
}

/** Names of the scenario files in `folder`, sorted; undefined when there is none. */
export function listScenarios(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(".txt")).sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}

/** `output` as files hold it: its last line ends. */
export function endLine(output: string): string {
  return output === "" || output.endsWith("\n") ? output : `${output}\n`;
}

/** A case whose output is another one than expected. */
interface Mismatch {
  readonly scenario: ScenarioCase;
  readonly actual: string;
}

function runFile(
  cases: readonly ScenarioCase[],
  run: ScenarioRunner,
): Mismatch[] {
  return cases.flatMap((scenario) => {
    const actual = endLine(run(scenario));
    return actual === scenario.expected ? [] : [{ scenario, actual }];
  });
}

function describeMismatch({ scenario, actual }: Mismatch): string {
  const { line, command, expected } = scenario;
  return `line ${line}, ${command}: expected\n${expected}but got\n${actual}`;
}

/**
 * Registers a test of every file in the folder `kind`, with a runner of its own for
 * each, and prints how many cases passed. Without the folder, the test is ignored.
 */
export function testScenarios(
  kind: string,
  makeRunner: () => ScenarioRunner,
): void {
  const folder = `${scenariosFolder()}/${kind}`;
  const names = listScenarios(folder);
  if (names === undefined) {
    console.log(`raft scenarios ${kind}: skipped, there is no ${folder}`);
  }
  Deno.test({
    name: `raft scenarios of ${kind} print what they should`,
    ignore: names === undefined,
    fn: async (test) => {
      const passed = { cases: 0, files: 0 };
      let total = 0;
      for (const name of names ?? []) {
        const text = Deno.readTextFileSync(`${folder}/${name}`);
        const cases = parseScenario(text);
        total += cases.length;
        await test.step(`${kind}/${name}`, () => {
          const mismatches = runFile(cases, makeRunner());
          passed.cases += cases.length - mismatches.length;
          if (mismatches.length > 0) {
            throw new Error(mismatches.map(describeMismatch).join("\n"));
          }
          passed.files++;
        });
      }
      console.log(
        `raft scenarios ${kind}: ${passed.cases}/${total} cases, ` +
          `${passed.files}/${names?.length} files`,
      );
    },
  });
}

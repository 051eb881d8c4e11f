/**
 * Runs an interaction scenario and compares what it prints on two levels.
 *
 * @module
 */

import { parseScenario, type ScenarioCase } from "../scenario_file.ts";
import { endLine } from "../scenarios.ts";
import { DIRECTIVES } from "./directives.ts";
import { Environment } from "./environment.ts";
import { DirectiveError } from "./words.ts";

/**
 * How close the output has to be: `semantic` leaves log lines out, `exact` is every
 * character.
 */
export type Level = "semantic" | "exact";

/** What became of a file. */
export interface FileResult {
  /** Cases in it. */
  readonly total: number;
  /** Cases that print what they should, by level. */
  readonly passed: Readonly<Record<Level, number>>;
  /** The first other one, by level. */
  readonly firstProblem: Readonly<Record<Level, string | undefined>>;
}

/** Carries out one case; what it prints. */
function runCase(
  environment: Environment,
  scenario: ScenarioCase,
): string {
  const { output } = environment;
  const directive = DIRECTIVES[scenario.command];
  let problem = "";
  try {
    if (directive === undefined) throw new DirectiveError("unknown command");
    directive(environment, scenario);
  } catch (error) {
    if (!(error instanceof DirectiveError)) throw error;
    problem = error.message;
  }
  const text = output.take() + problem;
  return endLine(text === "" ? "ok" : text);
}

const LOG_LINE = /^\s*(DEBUG|INFO|WARN|ERROR) /;

/** `text` without log lines; a case that prints nothing else is the same as `ok`. */
function withoutLog(text: string): string {
  const lines = text.split("\n").filter((line) => !LOG_LINE.test(line));
  const rest = lines.join("\n");
  return rest === "ok\n" ? "" : rest;
}

function describeProblem(
  scenario: ScenarioCase,
  expected: string,
  actual: string,
): string {
  const { command, line } = scenario;
  return `line ${line}, ${command}: expected\n${expected}but got\n${actual}`;
}

/** Runs the cases of a file on nodes of its own, up to the first error. */
export function runFile(text: string): FileResult {
  const environment = new Environment();
  const cases = parseScenario(text);
  const passed = { semantic: 0, exact: 0 };
  const firstProblem: Record<Level, string | undefined> = {
    semantic: undefined,
    exact: undefined,
  };
  for (const scenario of cases) {
    const compare = (level: Level, expected: string, actual: string) => {
      if (actual === expected) passed[level]++;
      else firstProblem[level] ??= describeProblem(scenario, expected, actual);
    };
    let actual: string;
    try {
      actual = runCase(environment, scenario);
    } catch (error) {
      const reason = error instanceof Error ? error.stack : String(error);
      const problem = `line ${scenario.line}, ${scenario.command}: ${reason}`;
      firstProblem.semantic ??= problem;
      firstProblem.exact ??= problem;
      break;
    }
    const { expected } = scenario;
    compare("exact", expected, actual);
    compare("semantic", withoutLog(expected), withoutLog(actual));
  }
  return { total: cases.length, passed, firstProblem };
}

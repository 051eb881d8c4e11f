/**
 * The words behind a directive.
 *
 * @module
 */

import type { ScenarioCase } from "../scenario_file.ts";

/** A directive that cannot be carried out; printed as etcd's harness would. */
export class DirectiveError extends Error {
  override readonly name = "DirectiveError";
}

/** A whole number. */
export function toNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new DirectiveError(`not a number: ${text}`);
  return Number(text);
}

/** `true` or `false`. */
export function toBoolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new DirectiveError(`not a truth value: ${text}`);
}

/** The words without a value. */
export function plainWords(scenario: ScenarioCase): readonly string[] {
  return scenario.arguments.filter(({ values }) => values.length === 0)
    .map(({ key }) => key);
}

/** The node ids among the words. */
export function nodeIds(scenario: ScenarioCase): readonly number[] {
  return plainWords(scenario).map(toNumber);
}

/** The first word, a number. */
export function firstNumber({ arguments: words }: ScenarioCase): number {
  return toNumber(words[0]?.key ?? "");
}

/** The one value of `key`. */
export function valueOf(scenario: ScenarioCase, key: string): string {
  const value = scenario.arguments.find((word) => word.key === key)?.values[0];
  if (value === undefined) throw new DirectiveError(`missing argument: ${key}`);
  return value;
}

/** Every word with a value, one at a time, in order. */
export function* valuedWords(
  scenario: ScenarioCase,
): Generator<readonly [key: string, value: string]> {
  for (const { key, values } of scenario.arguments) {
    for (const value of values) yield [key, value];
  }
}

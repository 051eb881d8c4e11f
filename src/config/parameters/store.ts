/**
 * The values of CONFIG parameters.
 *
 * Source: https://redis.io/commands/config-set/
 *
 * @module
 */

import { assert } from "../../base/mod.ts";
import type { ParameterRow } from "./parameter_row.ts";
import { readValue, type SetProblem, showValue } from "./read_value.ts";
import { PARAMETERS } from "./sections/mod.ts";

const ROWS: ReadonlyMap<string, ParameterRow> = new Map(
  PARAMETERS.map((row) => [row.name, row]),
);

/** The row that holds the value of `name`, which may be another name of it. */
function holderOf(name: string): ParameterRow {
  const row = ROWS.get(name);
  assert(row !== undefined, `"${name}" is a parameter`);
  return row.aliasOf === undefined ? row : holderOf(row.aliasOf);
}

/** Parameters and their present values. */
export class ParameterStore {
  /** Values by name; an alias has none of its own. */
  readonly #values = new Map(
    PARAMETERS.filter(({ aliasOf }) => aliasOf === undefined)
      .map(({ name, initial }) => [name, initial]),
  );
  readonly #listeners = new Map<string, ((value: string) => void)[]>();

  /** The value of the parameter `name`, as text. */
  value(name: string): string {
    return this.#values.get(holderOf(name).name)!;
  }

  /** Sets a value from the command line, without telling anybody. */
  preset(name: string, value: string): void {
    this.#values.set(holderOf(name).name, value);
  }

  /** Calls `listener` whenever CONFIG SET gives `name` a value, under any name. */
  onChange(name: string, listener: (value: string) => void): void {
    const holder = holderOf(name).name;
    const others = this.#listeners.get(holder) ?? [];
    this.#listeners.set(holder, [...others, listener]);
  }

  /** Names and values for which `matches` holds, sorted by name. */
  select(matches: (name: string) => boolean): [string, string][] {
    return PARAMETERS.filter(({ name }) => matches(name))
      .map((row) => [row.name, showValue(row, this.value(row.name))]);
  }

  /** Sets all pairs, or none and says why. Names may be in any case. */
  set(pairs: readonly (readonly [string, string])[]): SetProblem | undefined {
    const values = this.#readAll(pairs);
    if (!(values instanceof Map)) return values;
    for (const [name, value] of values) this.#values.set(name, value);
    for (const [name, value] of values) {
      for (const listener of this.#listeners.get(name) ?? []) listener(value);
    }
    return undefined;
  }

  /** Values by the names of their holders; what is wrong with the first bad pair. */
  #readAll(
    pairs: readonly (readonly [string, string])[],
  ): Map<string, string> | SetProblem {
    const names = new Set<string>();
    for (const [given] of pairs) {
      const row = ROWS.get(given.toLowerCase());
      if (row === undefined) {
        return {
          text:
            `Unknown option or number of arguments for CONFIG SET - '${given}'`,
        };
      }
      if (!row.isMutable) return failed(given, "can't set immutable config");
      if (names.has(row.name)) return failed(given, "duplicate parameter");
      names.add(row.name);
    }
    const values = new Map<string, string>();
    for (const [given, text] of pairs) {
      const { name } = holderOf(given.toLowerCase());
      const present = values.get(name) ?? this.value(name);
      const value = readValue(ROWS.get(name)!, text, present);
      if (typeof value !== "string") return failed(given, value.text);
      values.set(name, value);
    }
    return values;
  }
}

function failed(name: string, why: string): SetProblem {
  return {
    text: `CONFIG SET failed (possibly related to argument '${name}') - ${why}`,
  };
}

/** Parameters that are accepted and change nothing. */
export function listNoOps(): readonly string[] {
  return PARAMETERS.filter(({ isEffective }) => !isEffective)
    .map(({ name }) => name);
}

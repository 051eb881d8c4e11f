/**
 * The values of CONFIG parameters.
 *
 * Source: https://redis.io/commands/config-set/
 *
 * @module
 */

import { parseBytes } from "../options.ts";
import type { ParameterRow } from "./parameter_row.ts";
import { PARAMETERS } from "./rows.ts";

/** What CONFIG SET found wrong; the text of the error without its code word. */
export interface SetProblem {
  /** Text after `ERR `. */
  readonly text: string;
}

const EVENT_CLASSES = "Ag$lshzxeKEtmdn";
/** The class characters in the order that CONFIG GET shows them. */
const EVENT_ORDER = "$lshzxetdmnKE";
const EVENTS_OF_ALL = "g$lshzxetd";

function compact(events: string): string {
  const all = EVENTS_OF_ALL.split("");
  const expanded = new Set(events.replace("A", EVENTS_OF_ALL).split(""));
  const hasAll = all.every((event) => expanded.has(event));
  const shown = hasAll
    ? ["A", ..."mnKE".split("").filter((event) => expanded.has(event))]
    : ["g", ...EVENT_ORDER.split("")].filter((event) => expanded.has(event));
  return shown.join("");
}

/** The value as it is kept, or what is wrong with the text. */
function read(row: ParameterRow, text: string): string | SetProblem {
  switch (row.kind) {
    case "bool": {
      const word = text.toLowerCase();
      if (word === "yes" || word === "no") return word;
      return { text: "argument must be 'yes' or 'no'" };
    }
    case "integer":
      if (!/^-?\d{1,19}$/.test(text)) {
        return { text: "argument couldn't be parsed into an integer" };
      }
      return bounded(row, Number(text));
    case "memory": {
      // Redis reads no digits at all as 0.
      const bytes = text === "" ? 0 : parseBytes(text);
      if (bytes === undefined) {
        return { text: "argument must be a memory value" };
      }
      return bounded(row, bytes);
    }
    case "enum": {
      const words = row.words ?? [];
      const word = words.find((known) => known === text.toLowerCase());
      if (word !== undefined) return word;
      const list = words.join(", ");
      return { text: `argument(s) must be one of the following: ${list}` };
    }
    case "save":
      if (/^(\s*\d+\s+\d+)*\s*$/.test(text)) return text.trim();
      return { text: "Invalid save parameters" };
    case "events": {
      const bad = [...text].some((event) => !EVENT_CLASSES.includes(event));
      if (!bad) return compact(text);
      return {
        text: `Invalid event class character. Use '${EVENT_CLASSES}'.`,
      };
    }
    default:
      return text;
  }
}

function bounded(row: ParameterRow, value: number): string | SetProblem {
  const { min = -Infinity, max = Infinity } = row;
  if (value >= min && value <= max) return `${value}`;
  const least = row.min ?? "-9223372036854775808";
  const most = row.max ?? "9223372036854775807";
  return { text: `argument must be between ${least} and ${most} inclusive` };
}

/** Parameters and their present values. */
export class ParameterStore {
  readonly #values = new Map(
    PARAMETERS.map((row) => [row.name, row.initial]),
  );
  readonly #listeners = new Map<string, (value: string) => void>();

  /** The value of `name`, as text. */
  value(name: string): string {
    return this.#values.get(name) ?? "";
  }

  /** Sets a value from the command line, without telling anybody. */
  preset(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** Calls `listener` whenever CONFIG SET gives `name` a value. */
  onChange(name: string, listener: (value: string) => void): void {
    this.#listeners.set(name, listener);
  }

  /** Names and values for which `matches` holds, sorted. */
  select(matches: (name: string) => boolean): [string, string][] {
    return [...this.#values].filter(([name]) => matches(name));
  }

  /** Sets all pairs, or none and says why. */
  set(pairs: readonly (readonly [string, string])[]): SetProblem | undefined {
    const read = this.#readAll(pairs);
    if (!(read instanceof Map)) return read;
    for (const [name, value] of read) {
      this.#values.set(name, value);
      this.#listeners.get(name)?.(value);
    }
    return undefined;
  }

  #readAll(
    pairs: readonly (readonly [string, string])[],
  ): Map<string, string> | SetProblem {
    const rows = new Map<string, ParameterRow>();
    for (const [given] of pairs) {
      const name = given.toLowerCase();
      const row = PARAMETERS.find((known) => known.name === name);
      if (row === undefined) {
        return {
          text:
            `Unknown option or number of arguments for CONFIG SET - '${given}'`,
        };
      }
      if (!row.isMutable) return failed(given, "can't set immutable config");
      if (rows.has(name)) return failed(given, "duplicate parameter");
      rows.set(name, row);
    }
    const values = new Map<string, string>();
    for (const [given, text] of pairs) {
      const name = given.toLowerCase();
      const value = read(rows.get(name)!, text);
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
  return PARAMETERS.filter(({ isEffective }) => !isEffective).map(({ name }) =>
    name
  );
}

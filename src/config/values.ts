/**
 * Values of flags as what they mean.
 *
 * @module
 */

import { OptionError } from "../base/mod.ts";
import { FLAGS, variableOf } from "./flags.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1_000_000,
  mb: 1024 ** 2,
  g: 1_000_000_000,
  gb: 1024 ** 3,
};

/** Bytes of a text such as `100mb`, units as in Redis's configuration. */
function parseBytes(text: string): number | undefined {
  const match = /^(\d+)([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? "?"];
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Values of all flags: from the command line, the environment, or what stands otherwise. */
export class Values {
  readonly #flags: Map<string, string>;
  readonly #environment: (name: string) => string | undefined;

  /** Reads `flags` first, then `environment`. */
  constructor(
    flags: Map<string, string>,
    environment: (name: string) => string | undefined,
  ) {
    this.#flags = flags;
    this.#environment = environment;
  }

  /** The value as it is. */
  text(name: string): string {
    const flag = FLAGS.find((row) => row.name === name)!;
    return this.#flags.get(name) ?? this.#environment(variableOf(name)) ??
      flag.fallback;
  }

  /** @throws {OptionError} Saying that `wanted` was wanted. */
  bad(name: string, wanted: string): never {
    throw new OptionError(
      `Flag --${name} must be ${wanted}, got "${this.text(name)}"`,
    );
  }

  /** A whole number within bounds. */
  integer(name: string, least: number, most: number): number {
    const text = this.text(name);
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    return this.bad(name, `a whole number from ${least} to ${most}`);
  }

  /** A size. */
  bytes(name: string): number {
    return parseBytes(this.text(name)) ??
      this.bad(name, "a size such as 100mb or 2gb");
  }

  /** One of `words`. */
  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const found = words.find((word) => word === this.text(name));
    return found ?? this.bad(name, `one of ${words.join(", ")}`);
  }
}

/**
 * The names under which clients know commands: Redis's own, but for those that
 * `rename-command` changes or takes away.
 *
 * Source: https://redis.io/docs/latest/operate/oss_and_stack/management/security/
 *
 * @module
 */

import { OptionError } from "../../base/mod.ts";
import type { CommandRow } from "./command_row.ts";
import { COMMANDS, findRow } from "./rows.ts";

/** A command's own name in lower case, and what it is to be called; empty = nothing. */
export type Rename = readonly [name: string, newName: string];

/** A name that stands for a command with another one. */
export interface OtherName {
  /** The name in lower case. */
  readonly name: string;
  /** Its command. */
  readonly row: CommandRow;
  /** The command's place in the table. */
  readonly id: number;
}

/** What clients call the commands of a server. */
export class CommandNames {
  readonly #rows = new Map(COMMANDS.map((row) => [row.name, row] as const));
  readonly #listed: ReadonlySet<CommandRow>;

  /**
   * Redis's names, changed by `renames` one after the other.
   *
   * @throws {OptionError} For a command that is none, or a name that is taken.
   */
  constructor(renames: readonly Rename[]) {
    for (const [given, newName] of renames) {
      const name = given.toLowerCase();
      const row = this.#rows.get(name);
      if (row === undefined) {
        throw new OptionError(`No such command in rename-command: "${given}"`);
      }
      this.#rows.delete(name);
      if (newName === "") continue;
      if (this.#rows.has(newName.toLowerCase())) {
        throw new OptionError(
          `Target command name already exists in rename-command: "${newName}"`,
        );
      }
      this.#rows.set(newName.toLowerCase(), row);
    }
    this.#listed = new Set(this.#rows.values());
  }

  /** The row that clients mean by `name`, or by `container|subcommand`, in any case. */
  find(name: string): CommandRow | undefined {
    const [container, subcommand] = name.toLowerCase().split("|");
    const row = this.#rows.get(container!);
    if (row === undefined || subcommand === undefined) return row;
    return findRow(`${row.name}|${subcommand}`);
  }

  /** Whether clients can call the command `row` by some name. */
  isListed(row: CommandRow): boolean {
    return this.#listed.has(row);
  }

  /** Places in the table of commands that their own names do not mean. */
  get lost(): readonly number[] {
    return COMMANDS.flatMap((row, id) =>
      this.#rows.get(row.name) === row ? [] : [id]
    );
  }

  /** Names that are not their commands' own. */
  get others(): readonly OtherName[] {
    return [...this.#rows].flatMap(([name, row]) =>
      name === row.name ? [] : [{ name, row, id: COMMANDS.indexOf(row) }]
    );
  }
}

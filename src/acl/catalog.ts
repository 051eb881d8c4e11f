/**
 * Commands as access rules know them: which there are, which categories hold
 * them, and the bit of each in a selector's set.
 *
 * Source: https://redis.io/docs/management/security/acl/
 *
 * @module
 */

/** What the catalog is told of one command. */
export interface CommandEntry {
  /** Lower-case name; `container|subcommand` for subcommands. */
  readonly name: string;
  /** Categories without their `@`. */
  readonly categories: readonly string[];
  /** Whether every client may run it, as AUTH. */
  readonly isOpen: boolean;
  /** Entries of a container's subcommands. */
  readonly subcommands: readonly CommandEntry[];
}

/** One command in the catalog. */
export interface KnownCommand {
  /** Lower-case name; `container|subcommand` for subcommands. */
  readonly name: string;
  /** Its place in a selector's set of commands. */
  readonly bit: number;
  /** Categories without their `@`. */
  readonly categories: ReadonlySet<string>;
  /** Whether every client may run it, as AUTH. */
  readonly isOpen: boolean;
  /** Whether it belongs to a container. */
  readonly isSubcommand: boolean;
  /** A container's subcommands. */
  readonly subcommands: readonly KnownCommand[];
}

/** All commands and categories. */
export class CommandCatalog {
  /** Categories in the order that Redis shows them. */
  readonly categories: readonly string[];
  /** Top-level commands, each with its subcommands. */
  readonly commands: readonly KnownCommand[];
  readonly #byName = new Map<string, KnownCommand>();

  /** Knows `entries`, which are of `categories`. */
  constructor(
    entries: readonly CommandEntry[],
    categories: readonly string[],
  ) {
    this.categories = categories;
    this.commands = entries.map((entry) => this.#add(entry, false));
  }

  #add(entry: CommandEntry, isSubcommand: boolean): KnownCommand {
    const { name, categories, isOpen } = entry;
    const command: KnownCommand = {
      name,
      bit: this.#byName.size,
      categories: new Set(categories),
      isOpen,
      isSubcommand,
      // Filled once the container has its bit.
      subcommands: [],
    };
    this.#byName.set(name, command);
    const subcommands = entry.subcommands.map((sub) => this.#add(sub, true));
    return Object.assign(command, { subcommands });
  }

  /** Number of commands and subcommands: bits run from 0 to it. */
  get size(): number {
    return this.#byName.size;
  }

  /**
   * The command that `parts` name, in any case: a command, or a container and one of
   * its subcommands. A second part is ignored where there are no subcommands.
   */
  find(parts: readonly string[]): KnownCommand | undefined {
    const base = this.#byName.get(parts[0]?.toLowerCase() ?? "");
    if (base === undefined || base.isSubcommand) return undefined;
    if (parts.length === 1 || base.subcommands.length === 0) return base;
    return this.#byName.get(`${base.name}|${parts[1]!.toLowerCase()}`);
  }

  /** The command that a rule names: `command` or `container|subcommand`. */
  findByRule(name: string): KnownCommand | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** Commands and subcommands, containers before what they hold. */
  *all(): Generator<KnownCommand> {
    for (const command of this.commands) {
      yield command;
      yield* command.subcommands;
    }
  }
}

/**
 * A selector: a set of commands, and the keys and channels they may touch. Each
 * user has a root selector and any number of others; one that allows a request as
 * a whole is enough.
 *
 * Source: https://redis.io/docs/management/security/acl/#selectors
 *
 * @module
 */

import type { CommandCatalog, KnownCommand } from "./catalog.ts";
import type { RuleProblem } from "./problems.ts";
import { hasSpaces } from "./words.ts";

/** A pattern of keys, and what may be done with keys that match it. */
export interface KeyPattern {
  /** Glob, one character a byte. */
  readonly pattern: string;
  /** Whether their values may be read. */
  readonly reads: boolean;
  /** Whether they may be changed. */
  readonly writes: boolean;
}

/** Commands, keys and channels that are allowed together. */
export class Selector {
  readonly #catalog: CommandCatalog;
  /** 1 at the bit of each allowed command; the last one stands for commands of the future. */
  #allowed: Uint8Array;
  /** Allowed first arguments of commands that are not, by bit, in lower case as they came. */
  #firstArguments = new Map<number, readonly string[]>();
  /** Whether all keys are allowed. */
  hasAllKeys = false;
  /** Whether all channels are allowed. */
  hasAllChannels: boolean;
  /** Allowed keys; empty if all are. */
  keyPatterns: readonly KeyPattern[] = [];
  /** Allowed channels; empty if all are. */
  channelPatterns: readonly string[] = [];

  /** Allows nothing, but all channels if `hasAllChannels`. */
  constructor(catalog: CommandCatalog, hasAllChannels: boolean) {
    this.#catalog = catalog;
    this.#allowed = new Uint8Array(catalog.size + 1);
    this.hasAllChannels = hasAllChannels;
  }

  /** Another one that allows the same. */
  copy(): Selector {
    const copy = new Selector(this.#catalog, this.hasAllChannels);
    copy.#allowed = this.#allowed.slice();
    copy.#firstArguments = new Map(this.#firstArguments);
    copy.hasAllKeys = this.hasAllKeys;
    copy.keyPatterns = this.keyPatterns;
    copy.channelPatterns = this.channelPatterns;
    return copy;
  }

  // -- Questions --

  /** Whether the command is in the set, whatever its arguments. */
  allows({ bit }: KnownCommand): boolean {
    return this.#allowed[bit] === 1;
  }

  /** Whether commands that do not exist yet are allowed: the set began with `+@all`. */
  get allowsFuture(): boolean {
    return this.#allowed[this.#catalog.size] === 1;
  }

  /** First arguments with which a command outside the set is allowed. */
  firstArguments({ bit }: KnownCommand): readonly string[] {
    return this.#firstArguments.get(bit) ?? [];
  }

  /** Whether it allows every command. */
  get hasAllCommands(): boolean {
    return this.#allowed.subarray(0, this.#catalog.size).every((bit) =>
      bit === 1
    );
  }

  /** Whether it allows everything. */
  get isUnrestricted(): boolean {
    return this.hasAllKeys && this.hasAllChannels && this.hasAllCommands;
  }

  /** Whether both allow the same commands, of the future as well. */
  hasSameCommands(other: Selector): boolean {
    return this.#allowed.every((bit, at) => bit === other.#allowed[at]);
  }

  // -- Rules --

  /** Applies one rule; what is wrong with it, in which case nothing changes. */
  apply(rule: string): RuleProblem | undefined {
    const change = this.#wholeRules[rule.toLowerCase()];
    if (change !== undefined) {
      change();
      return undefined;
    }
    switch (rule[0]) {
      case "~":
        return this.#addKeys(rule.slice(1), true, true);
      case "%":
        return this.#addLimitedKeys(rule);
      case "&":
        return this.#addChannels(rule.slice(1));
      case "+":
        if (rule[1] === "@") return this.#setCategory(rule.slice(2), true);
        return this.#allow(rule.slice(1));
      case "-":
        if (rule[1] === "@") return this.#setCategory(rule.slice(2), false);
        return this.#deny(rule.slice(1));
      default:
        return "syntax";
    }
  }

  readonly #wholeRules: Readonly<Record<string, () => void>> = {
    "allkeys": () => this.#setAllKeys(true),
    "~*": () => this.#setAllKeys(true),
    "resetkeys": () => this.#setAllKeys(false),
    "allchannels": () => this.#setAllChannels(true),
    "&*": () => this.#setAllChannels(true),
    "resetchannels": () => this.#setAllChannels(false),
    "allcommands": () => this.#setAllCommands(1),
    "+@all": () => this.#setAllCommands(1),
    "nocommands": () => this.#setAllCommands(0),
    "-@all": () => this.#setAllCommands(0),
  };

  #setAllKeys(isOn: boolean): void {
    this.hasAllKeys = isOn;
    this.keyPatterns = [];
  }

  #setAllChannels(isOn: boolean): void {
    this.hasAllChannels = isOn;
    this.channelPatterns = [];
  }

  #setAllCommands(bit: number): void {
    this.#allowed.fill(bit);
    this.#firstArguments.clear();
  }

  #addLimitedKeys(rule: string): RuleProblem | undefined {
    if (this.hasAllKeys) return "all-keys";
    const match = /^%(R|W|RW|WR)(?:~(.*))?$/is.exec(rule);
    if (match === null) return "syntax";
    const [, access = "", pattern = ""] = match;
    return this.#addKeys(pattern, /r/i.test(access), /w/i.test(access));
  }

  #addKeys(
    pattern: string,
    reads: boolean,
    writes: boolean,
  ): RuleProblem | undefined {
    if (this.hasAllKeys) return "all-keys";
    if (hasSpaces(pattern)) return "syntax";
    const at = this.keyPatterns.findIndex((old) => old.pattern === pattern);
    if (at < 0) {
      this.keyPatterns = [...this.keyPatterns, { pattern, reads, writes }];
      return undefined;
    }
    const old = this.keyPatterns[at]!;
    this.keyPatterns = this.keyPatterns.with(at, {
      pattern,
      reads: old.reads || reads,
      writes: old.writes || writes,
    });
    return undefined;
  }

  #addChannels(pattern: string): RuleProblem | undefined {
    if (this.hasAllChannels) return "all-channels";
    if (hasSpaces(pattern)) return "syntax";
    if (!this.channelPatterns.includes(pattern)) {
      this.channelPatterns = [...this.channelPatterns, pattern];
    }
    return undefined;
  }

  #allow(name: string): RuleProblem | undefined {
    const bar = name.lastIndexOf("|");
    const command = this.#catalog.findByRule(
      bar < 0 ? name : name.slice(0, bar),
    );
    if (command === undefined) return "unknown";
    if (bar < 0) return this.#set(command, true);
    if (command.isSubcommand) return "first-argument";
    const word = name.slice(bar + 1);
    if (word === "") return "syntax";
    if (command.subcommands.length > 0) {
      const subcommand = this.#catalog.findByRule(name);
      return subcommand === undefined ? "unknown" : this.#set(subcommand, true);
    }
    this.#addFirstArgument(command.bit, word);
    return undefined;
  }

  #addFirstArgument(bit: number, word: string): void {
    const words = this.#firstArguments.get(bit) ?? [];
    const isThere = words.some((old) =>
      old.toLowerCase() === word.toLowerCase()
    );
    if (!isThere) this.#firstArguments.set(bit, [...words, word]);
  }

  #deny(name: string): RuleProblem | undefined {
    const command = this.#catalog.findByRule(name);
    return command === undefined ? "unknown" : this.#set(command, false);
  }

  /** Allows a command or denies it, with its subcommands. */
  #set(command: KnownCommand, isAllowed: boolean): undefined {
    const bit = isAllowed ? 1 : 0;
    this.#allowed[command.bit] = bit;
    this.#firstArguments.delete(command.bit);
    for (const sub of command.subcommands) this.#allowed[sub.bit] = bit;
  }

  #setCategory(name: string, isAllowed: boolean): RuleProblem | undefined {
    const category = name.toLowerCase();
    if (!this.#catalog.categories.includes(category)) return "unknown";
    for (const command of this.#catalog.all()) {
      if (command.categories.has(category)) this.#set(command, isAllowed);
    }
    return undefined;
  }
}

/**
 * A user: whether they may log in, how, and what they may do then.
 *
 * Source: https://redis.io/commands/acl-setuser/
 *
 * @module
 */

import { createHash } from "node:crypto";
import { textBytes } from "../base/mod.ts";
import type { CommandCatalog } from "./catalog.ts";
import { describeSelector } from "./describe.ts";
import type { RuleProblem } from "./problems.ts";
import { Selector } from "./selector.ts";
import { splitWords } from "./words.ts";

/** What users start from. */
export interface UserDefaults {
  /** All commands. */
  readonly catalog: CommandCatalog;
  /** Whether new users and selectors may use all channels: `acl-pubsub-default`. */
  hasAllChannels: boolean;
}

/** SHA-256 of a password in hexadecimal digits; one character a byte. */
function hashPassword(password: string): string {
  const bytes = textBytes(password);
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
function isSameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) {
    difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  }
  return difference === 0;
}

/** How payloads of RESTORE are looked at; kept and shown, all of them are checked. */
type Sanitizing = "sanitize-payload" | "skip-sanitize-payload";

/** One user. Changes are made to a copy, so that all rules apply or none. */
export class User {
  /** Name, one character a byte. */
  readonly name: string;
  readonly #defaults: UserDefaults;
  #isOn = false;
  #needsNoPassword = false;
  #sanitizing: Sanitizing | undefined;
  /** SHA-256 of each password, in hexadecimal digits. */
  #passwords: readonly string[] = [];
  #root: Selector;
  #others: readonly Selector[] = [];

  /** A user who may not log in and may do nothing. */
  constructor(name: string, defaults: UserDefaults) {
    this.name = name;
    this.#defaults = defaults;
    this.#root = this.#newSelector();
  }

  #newSelector(): Selector {
    return new Selector(this.#defaults.catalog, this.#defaults.hasAllChannels);
  }

  /** Another one of the same rights and passwords. */
  copy(): User {
    const copy = new User(this.name, this.#defaults);
    copy.#isOn = this.#isOn;
    copy.#needsNoPassword = this.#needsNoPassword;
    copy.#sanitizing = this.#sanitizing;
    copy.#passwords = this.#passwords;
    copy.#root = this.#root.copy();
    copy.#others = this.#others.map((selector) => selector.copy());
    return copy;
  }

  // -- Questions --

  /** Whether new clients may log in. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether any password is right. */
  get needsNoPassword(): boolean {
    return this.#needsNoPassword;
  }

  /** Whether clients are this user without logging in: the default user on and without password. */
  get isOpen(): boolean {
    return this.#isOn && this.#needsNoPassword;
  }

  /** SHA-256 of each password, in hexadecimal digits. */
  get passwords(): readonly string[] {
    return this.#passwords;
  }

  /** The root selector, then the others. */
  get selectors(): readonly [root: Selector, ...others: Selector[]] {
    return [this.#root, ...this.#others];
  }

  /** Whether no request needs to be looked at: one selector allows everything. */
  get isUnrestricted(): boolean {
    return this.selectors.some((selector) => selector.isUnrestricted);
  }

  /** Whether a client may log in with `password`, one character a byte. */
  admits(password: string): boolean {
    if (!this.#isOn) return false;
    if (this.#needsNoPassword) return true;
    const hash = hashPassword(password);
    return this.#passwords.filter((own) => isSameText(hash, own)).length > 0;
  }

  /** Flags as ACL GETUSER shows them. */
  get flags(): readonly string[] {
    return [
      this.#isOn ? "on" : "off",
      ...(this.#needsNoPassword ? ["nopass"] : []),
      ...(this.#sanitizing === undefined ? [] : [this.#sanitizing]),
    ];
  }

  /** All rules that make this user, as ACL LIST shows them. */
  describe(): string {
    const { catalog } = this.#defaults;
    const others = this.#others.map((selector) =>
      `(${describeSelector(catalog, selector)})`
    );
    return [
      ...this.flags,
      ...this.#passwords.map((hash) => `#${hash}`),
      describeSelector(catalog, this.#root),
      ...others,
    ].join(" ");
  }

  // -- Rules --

  /** Applies one rule; what is wrong with it, in which case nothing changes. */
  apply(rule: string): RuleProblem | undefined {
    if (rule === "") return undefined;
    const change = this.#wholeRules[rule.toLowerCase()];
    if (change !== undefined) {
      change();
      return undefined;
    }
    switch (rule[0]) {
      case ">":
        return this.#addPassword(hashPassword(rule.slice(1)));
      case "<":
        return this.#dropPassword(hashPassword(rule.slice(1)));
      case "#":
        return this.#addPassword(rule.slice(1));
      case "!":
        return this.#dropPassword(rule.slice(1));
    }
    if (rule.startsWith("(") && rule.endsWith(")")) {
      return this.#addSelector(rule.slice(1, -1));
    }
    return this.#root.apply(rule);
  }

  readonly #wholeRules: Readonly<Record<string, () => void>> = {
    "on": () => this.#isOn = true,
    "off": () => this.#isOn = false,
    "nopass": () => this.#setNoPassword(true),
    "resetpass": () => this.#setNoPassword(false),
    "sanitize-payload": () => this.#sanitizing = "sanitize-payload",
    "skip-sanitize-payload": () => this.#sanitizing = "skip-sanitize-payload",
    "clearselectors": () => this.#others = [],
    "reset": () => this.#reset(),
  };

  #setNoPassword(isOn: boolean): void {
    this.#needsNoPassword = isOn;
    this.#passwords = [];
  }

  #reset(): void {
    this.#setNoPassword(false);
    this.#isOn = false;
    this.#sanitizing = "sanitize-payload";
    this.#root = this.#newSelector();
    this.#others = [];
  }

  #addPassword(hash: string): RuleProblem | undefined {
    if (!isHash(hash)) return "bad-hash";
    if (!this.#passwords.includes(hash)) {
      this.#passwords = [...this.#passwords, hash];
    }
    this.#needsNoPassword = false;
    return undefined;
  }

  #dropPassword(hash: string): RuleProblem | undefined {
    if (!isHash(hash)) return "bad-hash";
    if (!this.#passwords.includes(hash)) return "no-password";
    this.#passwords = this.#passwords.filter((own) => own !== hash);
    return undefined;
  }

  #addSelector(text: string): RuleProblem | undefined {
    const selector = this.#newSelector();
    // Unbalanced quotes make no rules, as in Redis.
    for (const rule of splitWords(text) ?? []) {
      const problem = selector.apply(rule);
      if (problem !== undefined) return problem;
    }
    this.#others = [...this.#others, selector];
    return undefined;
  }
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The users of a node.
 *
 * They are settings of the node, as its parameters: no entry of the log holds them.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { RuleProblem } from "./problems.ts";
import { User, type UserDefaults } from "./user.ts";

/** Name of the user that clients are until they log in. */
export const DEFAULT_USER = "default";

/** The default user as a node without settings has them: may do everything. */
function makeDefaultUser(defaults: UserDefaults): User {
  const user = new User(DEFAULT_USER, defaults);
  for (const rule of ["+@all", "~*", "&*", "on", "nopass"]) user.apply(rule);
  return user;
}

/** A rule that cannot be applied. */
export interface RefusedRule {
  /** The rule. */
  readonly rule: string;
  /** What is wrong with it. */
  readonly problem: RuleProblem;
}

/** Users by name; the default user is always among them. */
export class UserDirectory {
  readonly #defaults: UserDefaults;
  #users: ReadonlyMap<string, User>;

  /** Holds the default user alone. */
  constructor(defaults: UserDefaults) {
    this.#defaults = defaults;
    this.#users = new Map([[DEFAULT_USER, makeDefaultUser(defaults)]]);
  }

  /** What new users start from. */
  get defaults(): UserDefaults {
    return this.#defaults;
  }

  /** The default user. */
  get default(): User {
    const user = this.#users.get(DEFAULT_USER);
    assert(user !== undefined, "there is always a default user");
    return user;
  }

  /** The user called `name`. */
  find(name: string): User | undefined {
    return this.#users.get(name);
  }

  /** All users, sorted by name. */
  list(): readonly User[] {
    return [...this.#users.values()].sort((left, right) =>
      left.name < right.name ? -1 : 1
    );
  }

  /** Users as lines of a file of users. */
  describe(): readonly string[] {
    return this.list().map((user) => `user ${user.name} ${user.describe()}`);
  }

  /** Makes a user or changes one by `rules`: by all of them, or by none if one is wrong. */
  set(name: string, rules: readonly string[]): RefusedRule | undefined {
    const user = this.#users.get(name)?.copy() ??
      new User(name, this.#defaults);
    for (const rule of rules) {
      const problem = user.apply(rule);
      if (problem !== undefined) return { rule, problem };
    }
    this.#users = new Map(this.#users).set(name, user);
    return undefined;
  }

  /** Gives the default user one password, or with an empty one none: `requirepass`. */
  setDefaultPassword(password: string): void {
    const rules = password === "" ? ["nopass"] : ["resetpass", `>${password}`];
    const refused = this.set(DEFAULT_USER, rules);
    assert(refused === undefined, "a password can be set");
  }

  /** Removes a user who is not the default one; whether there was one. */
  remove(name: string): boolean {
    assert(name !== DEFAULT_USER, "the default user stays");
    const users = new Map(this.#users);
    const wasThere = users.delete(name);
    this.#users = users;
    return wasThere;
  }

  /** Puts `users` in place of all, with a default user of their own or a new one. */
  replace(users: readonly User[]): void {
    this.#users = new Map(
      [makeDefaultUser(this.#defaults), ...users].map((user) => [
        user.name,
        user,
      ]),
    );
  }
}

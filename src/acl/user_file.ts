/**
 * The text of a file of users: one line a user, `user NAME RULES…`.
 *
 * Source: https://redis.io/docs/management/security/acl/#use-an-external-acl-file
 *
 * @module
 */

import { PROBLEM_TEXTS } from "./problems.ts";
import { User, type UserDefaults } from "./user.ts";
import { hasSpaces, mergeSelectors } from "./words.ts";

/** Users of a file, or what is wrong with it. */
export type UserFile =
  | { readonly users: readonly User[] }
  /** Texts of all errors, one behind the other. */
  | { readonly errors: string };

/** Reads the content of the file called `file`; one character a byte. */
export function readUsers(
  content: string,
  file: string,
  defaults: UserDefaults,
): UserFile {
  const users = new Map<string, User>();
  let errors = "";
  for (const [index, line] of content.split("\n").entries()) {
    const place = `${file}:${index + 1}`;
    const read = readLine(trim(line), place, defaults);
    if (read === undefined) continue;
    if (typeof read === "string") errors += read;
    else if (users.has(read.name)) {
      errors += `WARNING: Duplicate user '${read.name}' found on line ` +
        `${index + 1}. `;
    } else users.set(read.name, read);
  }
  if (errors === "") return { users: [...users.values()] };
  return {
    errors: `${errors}WARNING: ACL errors detected, no change to the ` +
      "previously active ACL rules was performed",
  };
}

function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/** The user of a line, the text of its errors, or `undefined` for an empty line. */
function readLine(
  line: string,
  place: string,
  defaults: UserDefaults,
): User | string | undefined {
  if (line === "") return undefined;
  const [keyword, name, ...words] = line.split(" ");
  if (keyword !== "user" || name === undefined) {
    return `${place} should start with user keyword followed by the username. `;
  }
  if (hasSpaces(name)) {
    return `${place}: username '${name}' contains invalid characters. `;
  }
  const merged = mergeSelectors(words);
  if ("openAt" in merged) {
    return `${place}: Unmatched parenthesis in selector definition.`;
  }
  const user = new User(name, defaults);
  const errors = applyAll(user, merged.rules.map(trim), place);
  return errors === "" ? user : errors;
}

function applyAll(
  user: User,
  rules: readonly string[],
  place: string,
): string {
  let errors = "";
  let hasOther = false;
  for (const rule of rules) {
    const problem = user.apply(rule);
    if (problem === undefined) continue;
    const text = PROBLEM_TEXTS[problem];
    if (problem === "unknown") {
      errors += `${place}: Error in applying operation '${rule}': ${text}. `;
    } else if (!hasOther) {
      // The rest may follow from it, and may hold secrets.
      errors += `${place}: ${text}. `;
      hasOther = true;
    }
  }
  return errors;
}

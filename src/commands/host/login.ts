/**
 * Names and passwords in requests that log in.
 *
 * Source: https://redis.io/commands/auth/
 *
 * @module
 */

import { DEFAULT_USER } from "../../acl/mod.ts";
import { byteText } from "../../base/mod.ts";

/** Who a request says it is. */
export interface Login {
  /** Name of the user. */
  readonly user: string;
  /** The password, one character a byte. */
  readonly password: string;
}

function loginOfHello(words: readonly string[]): Login | undefined {
  for (let at = 2; at < words.length; at++) {
    const option = words[at]!.toLowerCase();
    if (option === "setname") at++;
    if (option !== "auth" || at + 2 >= words.length) continue;
    return { user: words[at + 1]!, password: words[at + 2]! };
  }
  return undefined;
}

/** Who the request `words` logs in as, if it is AUTH, or HELLO with AUTH. */
export function loginOf(words: readonly Uint8Array[]): Login | undefined {
  const [name, ...others] = words.map(byteText);
  if (/^hello$/i.test(name!)) return loginOfHello([name!, ...others]);
  if (!/^auth$/i.test(name!) || others.length > 2) return undefined;
  const password = others.at(-1) ?? "";
  return { user: others.length === 2 ? others[0]! : DEFAULT_USER, password };
}

/**
 * The notation of arguments in the command table, and its parser.
 *
 * ```text
 *   list     = item *( " " item )
 *   item     = name *( "?" | "*" | "+" ) [ kind ] [ "=" token ] [ "^" since ] [ "!" until ]
 *   kind     = ":" type [ "@" spec ]        a value
 *            | "@" spec                     a key; its number among the key specs
 *            | "<" item *( "|" item ) ">"   one of these
 *            | "{" list "}"                 all of these, in order
 *                                           nothing: the token alone
 * ```
 *
 * `?` is optional, `*` may be repeated, `+` is repeated with its token; `until` is
 * the version that deprecates it; `~` in a name stands for a colon. SET's expiry,
 * for example: `expiration?<seconds:integer=EX|keepttl=KEEPTTL^6.0.0>`.
 *
 * @module
 */

import { assert } from "../../base/mod.ts";

/** Types of arguments, as COMMAND DOCS names them. */
export type ArgumentType =
  | "string"
  | "integer"
  | "double"
  | "key"
  | "pattern"
  | "unix-time"
  | "pure-token"
  | "oneof"
  | "block";

/** One argument of a command. */
export interface ArgumentSpec {
  /** Its name. */
  readonly name: string;
  /** Its type. */
  readonly type: ArgumentType;
  /** Number of the key spec that finds it. */
  readonly keySpec?: number;
  /** The word before it, or the argument itself. */
  readonly token?: string;
  /** Version of Redis that has it first, when later than the command. */
  readonly since?: string;
  /** Version of Redis since which there is a better one. */
  readonly deprecatedSince?: string;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
  /** Whether it may be repeated. */
  readonly isMultiple: boolean;
  /** Whether its token is repeated with it. */
  readonly isTokenRepeated: boolean;
  /** Parts of a `oneof` or `block`. */
  readonly parts: readonly ArgumentSpec[];
}

/** Reads `syntax`; an empty one has no arguments. Stops the node if it is not in the notation. */
export function parseArguments(syntax: string): readonly ArgumentSpec[] {
  if (syntax === "") return [];
  const reader = new Reader(syntax);
  const items = reader.items(" ", "");
  reader.mustEnd();
  return items;
}

const TYPES: readonly string[] = [
  "string",
  "integer",
  "double",
  "pattern",
  "unix-time",
];

type Kind = Pick<ArgumentSpec, "type" | "parts" | "keySpec">;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Items with `separator` between them, up to `end`, which is taken too. */
  items(separator: string, end: string): ArgumentSpec[] {
    const items = [this.#item()];
    while (this.#takes(separator)) items.push(this.#item());
    assert(this.#takes(end), `"${end}" ends a list in "${this.#text}"`);
    return items;
  }

  mustEnd(): void {
    assert(this.#at === this.#text.length, `"${this.#text}" is read whole`);
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** The longest run of characters that `pattern` (sticky) matches. */
  #run(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #item(): ArgumentSpec {
    const name = this.#run(/[\w/~-]+/y).replaceAll("~", ":");
    assert(name !== "", `an argument of "${this.#text}" has a name`);
    const marks = this.#run(/[?*+]*/y);
    const kind = this.#kind();
    const token = this.#takes("=") ? this.#run(/[^ |>}^!]+/y) : undefined;
    const since = this.#takes("^") ? this.#run(/[\d.]+/y) : undefined;
    const until = this.#takes("!") ? this.#run(/[\d.]+/y) : undefined;
    return {
      name,
      ...kind,
      ...(token === undefined ? {} : { token }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { deprecatedSince: until }),
      isOptional: marks.includes("?"),
      isMultiple: marks.includes("*"),
      isTokenRepeated: marks.includes("+"),
    };
  }

  #kind(): Kind {
    if (this.#takes("<")) return { type: "oneof", parts: this.items("|", ">") };
    if (this.#takes("{")) return { type: "block", parts: this.items(" ", "}") };
    if (this.#takes(":")) {
      const type = this.#run(/[a-z-]+/y);
      assert(TYPES.includes(type), `"${type}" is a type of argument`);
      return { type: type as ArgumentType, parts: [], ...this.#keySpec() };
    }
    const spec = this.#keySpec();
    const type = spec.keySpec === undefined ? "pure-token" : "key";
    return { type, parts: [], ...spec };
  }

  #keySpec(): Pick<ArgumentSpec, "keySpec"> {
    return this.#takes("@") ? { keySpec: Number(this.#run(/\d+/y)) } : {};
  }
}

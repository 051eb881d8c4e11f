/**
 * Blanks comments, strings and regular expressions out of TypeScript text, so
 * that the checks of this folder see code alone.
 *
 * Every blanked character becomes a space and line ends stay, so positions in
 * the result are positions in the text.
 *
 * @module
 */

import { assert } from "@std/assert";

/** Words after which a slash begins a regular expression. */
const BEFORE_VALUE = new Set([
  ...["return", "typeof", "case", "in", "of", "do", "else", "void", "delete"],
  ...["throw", "new", "await", "yield", "instanceof"],
]);

class Masker {
  readonly #text: string;
  readonly #keepsStrings: boolean;
  readonly #out: string[];
  #at = 0;
  /** The last character of code that is not space, and the last word. */
  #last = "";
  #word = "";

  constructor(text: string, keepsStrings: boolean) {
    this.#text = text;
    this.#keepsStrings = keepsStrings;
    this.#out = [...text.split("")];
  }

  run(): string {
    this.#code(undefined);
    return this.#out.join("");
  }

  /** Reads code up to the end, or to the brace that ends a template's hole. */
  #code(end: "}" | undefined): void {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (two === "//") this.#blankTo(this.#find("\n"));
      else if (two === "/*") this.#blankTo(this.#find("*/") + 2);
      else if (char === '"' || char === "'") this.#string(char);
      else if (char === "`") this.#template();
      else if (char === "/" && this.#isValueNext()) this.#pattern();
      else {
        if (char === "{") depth++;
        if (char === "}" && depth-- === 0 && end === "}") return;
        this.#note(char);
        this.#at++;
      }
    }
    assert(end === undefined, "a template literal ends");
  }

  #note(char: string): void {
    if (/\s/.test(char)) return;
    const isWord = /[\w$]/.test(char);
    const isSame = isWord && /[\w$]/.test(this.#text[this.#at - 1] ?? " ");
    this.#word = isWord ? (isSame ? this.#word : "") + char : "";
    this.#last = char;
  }

  /** Whether a slash here begins a regular expression, not a division. */
  #isValueNext(): boolean {
    if (this.#word !== "") return BEFORE_VALUE.has(this.#word);
    return this.#last !== ")" && this.#last !== "]" && this.#last !== "}";
  }

  #find(text: string): number {
    const found = this.#text.indexOf(text, this.#at);
    return found < 0 ? this.#text.length : found;
  }

  #blankTo(end: number): void {
    for (; this.#at < end && this.#at < this.#text.length; this.#at++) {
      if (this.#text[this.#at] !== "\n") this.#out[this.#at] = " ";
    }
  }

  /** A literal's end counts as a value: a slash after it divides. */
  #endLiteral(): void {
    this.#last = ")";
    this.#word = "";
  }

  #string(quote: string): void {
    const start = ++this.#at;
    while (this.#text[this.#at] !== quote) {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
      assert(this.#at < this.#text.length, "a string ends");
    }
    const end = this.#at;
    this.#at = start;
    if (!this.#keepsStrings) this.#blankTo(end);
    this.#at = end + 1;
    this.#endLiteral();
  }

  #template(): void {
    this.#at++;
    while (this.#text[this.#at] !== "`") {
      assert(this.#at < this.#text.length, "a template literal ends");
      if (this.#text.startsWith("${", this.#at)) {
        this.#blankTo(this.#at + 2);
        this.#last = "{";
        this.#word = "";
        this.#code("}");
        this.#blankTo(this.#at + 1);
      } else {
        this.#blankTo(this.#at + (this.#text[this.#at] === "\\" ? 2 : 1));
      }
    }
    this.#at++;
    this.#endLiteral();
  }

  #pattern(): void {
    const start = this.#at++;
    let isClass = false;
    while (this.#text[this.#at] !== "/" || isClass) {
      const char = this.#text[this.#at];
      assert(char !== undefined && char !== "\n", "a pattern ends on its line");
      if (char === "[") isClass = true;
      if (char === "]") isClass = false;
      this.#at += char === "\\" ? 2 : 1;
    }
    const end = this.#at;
    this.#at = start;
    this.#blankTo(end + 1);
    this.#endLiteral();
  }
}

/** `text` with comments, strings' contents and patterns blanked. */
export function maskLiterals(text: string): string {
  return new Masker(text, false).run();
}

/** `text` with comments and patterns blanked, and the contents of quotes kept. */
export function maskComments(text: string): string {
  return new Masker(text, true).run();
}

/**
 * Reader of scenario files: transcripts of commands and their expected output.
 *
 * ```text
 * # A comment.
 * command word key=value key=(value, value)
 * lines of input, if any
 * ----
 * expected output up to a blank line
 * ```
 *
 * A second `----` right behind the first one means that the output holds blank lines
 * and ends with two such lines. A directive goes on in the next line
 * when it ends with a backslash.
 *
 * @module
 */

/** A word behind the command. */
export interface ScenarioArgument {
  /** The word, or what stands before its `=`. */
  readonly key: string;
  /** What stands behind the `=`: nothing, one value, or those in parentheses. */
  readonly values: readonly string[];
}

/** One command of a file and what it should print. */
export interface ScenarioCase {
  /** Line of the directive, from 1. */
  readonly line: number;
  /** The directive's first word. */
  readonly command: string;
  /** Its other words, in order. */
  readonly arguments: readonly ScenarioArgument[];
  /** Lines between the directive and `----`, without space around. */
  readonly input: string;
  /** The output; each line ends with a newline. */
  readonly expected: string;
}

const SEPARATOR = "----";

/** Splits a directive into words at spaces that are not within parentheses. */
function wordsOf(directive: string): string[] {
  const words: string[] = [];
  let word = "";
  let depth = 0;
  for (const char of directive) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (depth === 0 && /\s/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      word += char;
    }
  }
  if (word !== "") words.push(word);
  if (depth !== 0) throw new SyntaxError(`Unclosed "(" in "${directive}"`);
  return words;
}

function toArgument(word: string): ScenarioArgument {
  const at = word.indexOf("=");
  if (at < 0) return { key: word, values: [] };
  const key = word.slice(0, at);
  const value = word.slice(at + 1);
  if (!/^\(.+\)$/s.test(value)) return { key, values: [value] };
  const values = value.slice(1, -1).split(",").map((one) => one.trim());
  return { key, values };
}

/** Lines of a file, read one after the other. */
class Lines {
  readonly #lines: readonly string[];
  /** Number of the line that was read last, from 1. */
  number = 0;

  constructor(text: string) {
    this.#lines = text.replace(/\n$/, "").split("\n");
  }

  next(): string | undefined {
    const line = this.#lines[this.number];
    if (line !== undefined) this.number++;
    return line;
  }
}

function readDirective(first: string, lines: Lines): string {
  let directive = first.trim();
  while (directive.endsWith("\\")) {
    const more = lines.next();
    if (more === undefined) break;
    directive = `${directive.slice(0, -1)} ${more.trim()}`;
  }
  return directive;
}

/** Reads up to the separator; there may be none. */
function readInput(lines: Lines): { input: string; hasOutput: boolean } {
  const input: string[] = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line === SEPARATOR) {
      return { input: input.join("\n").trim(), hasOutput: true };
    }
    input.push(line);
  }
  return { input: input.join("\n").trim(), hasOutput: false };
}

function readExpected(lines: Lines): string {
  const first = lines.next();
  if (first === SEPARATOR) return readBlankLinesToo(lines);
  let expected = "";
  for (
    let line = first;
    line !== undefined && line.trim() !== "";
    line = lines.next()
  ) expected += `${line}\n`;
  return expected;
}

function readBlankLinesToo(lines: Lines): string {
  let expected = "";
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line === SEPARATOR) {
      const second = lines.next();
      if (second === undefined || second === SEPARATOR) break;
      expected += `${line}\n${second}\n`;
    } else {
      expected += `${line}\n`;
    }
  }
  return expected;
}

/**
 * The cases of a scenario file.
 *
 * @throws {SyntaxError} If a directive's parentheses do not match.
 */
export function parseScenario(text: string): ScenarioCase[] {
  const lines = new Lines(text);
  const cases: ScenarioCase[] = [];
  for (let first = lines.next(); first !== undefined; first = lines.next()) {
    if (first.trim().startsWith("#")) continue;
    const line = lines.number;
    const [command, ...words] = wordsOf(readDirective(first, lines));
    // Marks of parts of a file print nothing.
    if (command === undefined || command === "subtest") continue;
    const { input, hasOutput } = readInput(lines);
    const expected = hasOutput ? readExpected(lines) : "";
    cases.push({
      line,
      command,
      arguments: words.map(toArgument),
      input,
      expected,
    });
  }
  return cases;
}

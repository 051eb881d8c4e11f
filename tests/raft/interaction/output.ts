/**
 * What a case of an interaction scenario prints.
 *
 * @module
 */

const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE"] as const;

/** How grave a log line is; as a bound, `NONE` silences everything. */
export type LogLevel = typeof LEVELS[number];

/** The level of that name, in whatever case; undefined if there is none. */
export function parseLogLevel(name: string): LogLevel | undefined {
  return LEVELS.find((level) => level === name.toUpperCase());
}

/** What to answer to an unknown level. */
export const LOG_LEVEL_PROBLEM = `log levels must be either of [${
  LEVELS.join(" ")
}]`;

/** Text with log lines among it, of which only grave enough ones are kept. */
export class Output {
  /** The least grave level that is kept. */
  level: LogLevel = "DEBUG";
  #text = "";

  /** Whether nothing is kept at all, but errors of directives. */
  get isQuiet(): boolean {
    return this.level === "NONE";
  }

  /** The text since the last call, which is forgotten then. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  /** Adds `text`. */
  write(text: string): void {
    if (!this.isQuiet) this.#text += text;
  }

  /** Adds `text` and the end of the line. */
  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Adds a log line. */
  log(level: LogLevel, text: string): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.level)) return;
    this.line(`${level} ${text}`);
  }

  /** Indents all lines that `write` adds. */
  indent(write: () => void): void {
    const before = this.take();
    write();
    const lines = this.take().replace(/\n$/, "");
    this.#text = before;
    if (lines !== "") this.#text += lines.replace(/^/gm, "  ") + "\n";
  }
}

/**
 * Log lines: one a message, to stderr, with time, thread and level.
 *
 * @module
 */

import { type Clock, systemClock } from "./clock.ts";

/** Levels from the most to the least talkative, Redis's names. */
export const LOG_LEVELS = ["debug", "verbose", "notice", "warning"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Where finished lines go. */
export type LogSink = (line: string) => void;

const encoder = new TextEncoder();

/** Writes a line to stderr. */
const stderrSink: LogSink = (line) => {
  Deno.stderr.writeSync(encoder.encode(line + "\n"));
};

/** Prints the messages of one thread. */
export class Logger {
  readonly #thread: string;
  readonly #sink: LogSink;
  readonly #clock: Clock;
  #level: number;

  /** Prints messages of `level` and above as thread `thread`. */
  constructor(
    thread: string,
    level: LogLevel,
    sink: LogSink = stderrSink,
    clock: Clock = systemClock,
  ) {
    this.#thread = thread;
    this.#level = LOG_LEVELS.indexOf(level);
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Changes the lowest level printed. */
  setLevel(level: LogLevel): void {
    this.#level = LOG_LEVELS.indexOf(level);
  }

  /** Prints `message`, its line ends replaced, if `level` is printed. */
  log(level: LogLevel, message: string): void {
    if (LOG_LEVELS.indexOf(level) < this.#level) return;
    const time = new Date(this.#clock.wallMs()).toISOString();
    const line = message.replaceAll(/[\r\n]+/g, " ");
    this.#sink(`${time} ${this.#thread} ${level}: ${line}`);
  }
}

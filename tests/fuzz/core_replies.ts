/**
 * Replies as texts of one byte a character, for RESP2 and RESP3.
 *
 * @module
 */

/** The reply to a write that answers no data. */
export const OK = "+OK\r\n";
/** The error for a key that holds another type. */
export const WRONG_TYPE =
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
/** The error for what is no integer. */
export const NOT_INTEGER = "-ERR value is not an integer or out of range\r\n";
/** The error of sums beyond 64 bits. */
export const OVERFLOW = "-ERR increment or decrement would overflow\r\n";

/** An integer. */
export function integer(value: number | bigint): string {
  return `:${value}\r\n`;
}

/** A bulk string. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** The head of an array. */
export function arrayHead(count: number): string {
  return `*${count}\r\n`;
}

/** An array of bulk strings. */
export function bulks(texts: readonly string[]): string {
  let reply = arrayHead(texts.length);
  for (const text of texts) reply += bulk(text);
  return reply;
}

/** Replies that look different in RESP2 and RESP3. */
export class ProtocolReplies {
  /** A value that is missing. */
  readonly nil: string;
  /** An array that is missing. */
  readonly nilArray: string;
  /** RESP version. */
  readonly version: 2 | 3;

  /** Replies of `version`. */
  constructor(version: 2 | 3) {
    this.version = version;
    this.nil = version === 3 ? "_\r\n" : "$-1\r\n";
    this.nilArray = version === 3 ? "_\r\n" : "*-1\r\n";
  }

  /** A bulk string, or nil. */
  value(text: string | undefined): string {
    return text === undefined ? this.nil : bulk(text);
  }

  /** The head of a set. */
  setHead(count: number): string {
    return this.version === 3 ? `~${count}\r\n` : arrayHead(count);
  }

  /** The head of a map of `pairs`. */
  mapHead(pairs: number): string {
    return this.version === 3 ? `%${pairs}\r\n` : arrayHead(pairs * 2);
  }
}

/** A reply taken apart: texts of bulks, statuses, numbers and errors; arrays; null. */
export type Parsed = string | null | Parsed[];

/** Takes the one reply in `text` apart. Maps become arrays of keys and values in turn. */
export function parseReply(text: string): Parsed {
  const [value, end] = parseAt(text, 0);
  if (end !== text.length) throw new Error("There is more than one reply");
  return value;
}

function parseAt(text: string, at: number): [Parsed, number] {
  const lineEnd = text.indexOf("\r\n", at);
  const line = text.slice(at + 1, lineEnd);
  const next = lineEnd + 2;
  switch (text[at]) {
    case "_":
      return [null, next];
    case "$": {
      const length = Number(line);
      if (length < 0) return [null, next];
      return [text.slice(next, next + length), next + length + 2];
    }
    case "*":
    case "%":
    case "~":
      return parseItems(text, next, Number(line) * (text[at] === "%" ? 2 : 1));
    default:
      return [line, next];
  }
}

function parseItems(
  text: string,
  from: number,
  count: number,
): [Parsed, number] {
  if (count < 0) return [null, from];
  const items: Parsed[] = [];
  let at = from;
  for (let index = 0; index < count; index++) {
    const [item, end] = parseAt(text, at);
    items.push(item);
    at = end;
  }
  return [items, at];
}

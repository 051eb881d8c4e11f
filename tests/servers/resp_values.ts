/**
 * RESP2 and RESP3 replies as a test sees them: where one ends, what it holds,
 * and how it prints.
 *
 * The reader is strict about framing and keeps every type byte, so that two
 * servers can be compared byte for byte, yet a comparison can also look inside.
 *
 * @module
 */

/** A reply, with its type byte in `tag`; `:1` and `+1` stay different. */
export type RespValue =
  | { readonly kind: "line"; readonly tag: string; readonly bytes: Uint8Array }
  | { readonly kind: "bulk"; readonly tag: string; readonly bytes: Uint8Array }
  | { readonly kind: "null"; readonly tag: string }
  | {
    readonly kind: "list";
    readonly tag: string;
    readonly items: readonly RespValue[];
  };

/** A reply as ordinary JavaScript: see {@linkcode toPlain}. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | ReplyError
  | PlainValue[];

/** An error reply. Not an exception: tests compare its `text`. */
export class ReplyError {
  /** The line after the `-`, without CR LF. */
  readonly text: string;

  /** Keeps `text` as the server sent it. */
  constructor(text: string) {
    this.text = text;
  }
}

/** Thrown for bytes that are no RESP reply. */
export class RespFramingError extends Error {
  /** The name shown in test output. */
  override readonly name = "RespFramingError";
}

const LINE_TAGS = "+-:,(#";
const BULK_TAGS = "$=!";
const LIST_TAGS = "*~>%|";
const CR = 13;
const LF = 10;

/** One header line: its end (after LF) and the number it holds, if any. */
interface Header {
  readonly end: number;
  readonly count: number;
}

function readHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): Header | undefined {
  const lf = bytes.indexOf(LF, start + 1);
  if (lf < 0 || lf >= end) return undefined;
  if (bytes[lf - 1] !== CR) {
    throw new RespFramingError(
      `Cannot read reply: LF without CR at byte ${lf}`,
    );
  }
  let count = 0;
  let at = start + 1;
  const isNegative = bytes[at] === 45;
  if (isNegative) at++;
  for (; at < lf - 1; at++) count = count * 10 + (bytes[at]! - 48);
  return { end: lf + 1, count: isNegative ? -count : count };
}

/**
 * Where the reply that begins at `start` ends.
 *
 * @returns The offset after its last byte, or -1 when bytes are still missing.
 * @throws {RespFramingError} When the bytes are no reply.
 */
export function findReplyEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let at = start;
  let pending = 1;
  while (pending > 0) {
    if (at >= end) return -1;
    const tag = String.fromCharCode(bytes[at]!);
    const header = readHeader(bytes, at, end);
    if (header === undefined) return -1;
    pending--;
    at = header.end;
    if (BULK_TAGS.includes(tag)) {
      if (header.count >= 0) at += header.count + 2;
      if (at > end) return -1;
    } else if (LIST_TAGS.includes(tag)) {
      const factor = tag === "%" || tag === "|" ? 2 : 1;
      if (header.count > 0) pending += header.count * factor;
      if (tag === "|") pending++;
    } else if (!LINE_TAGS.includes(tag) && tag !== "_") {
      throw new RespFramingError(
        `Cannot read reply: type byte ${JSON.stringify(tag)}`,
      );
    }
  }
  return at;
}

/** Parses one whole reply; `bytes` must hold it from `start` on. */
export function parseReply(bytes: Uint8Array, start = 0): RespValue {
  return parseAt(bytes, start).value;
}

function parseAt(
  bytes: Uint8Array,
  start: number,
): { readonly value: RespValue; readonly end: number } {
  const header = readHeader(bytes, start, bytes.length);
  if (header === undefined) throw new RespFramingError("Reply is cut short");
  const tag = String.fromCharCode(bytes[start]!);
  if (tag === "_" || ("$*".includes(tag) && header.count < 0)) {
    return { value: { kind: "null", tag }, end: header.end };
  }
  if (LINE_TAGS.includes(tag)) {
    const line = bytes.subarray(start + 1, header.end - 2);
    return { value: { kind: "line", tag, bytes: line }, end: header.end };
  }
  if (BULK_TAGS.includes(tag)) {
    const last = header.end + header.count;
    const body = bytes.subarray(header.end, last);
    return { value: { kind: "bulk", tag, bytes: body }, end: last + 2 };
  }
  const count = tag === "%" || tag === "|" ? header.count * 2 : header.count;
  const items: RespValue[] = [];
  let at = header.end;
  for (let index = 0; index < count; index++) {
    const item = parseAt(bytes, at);
    items.push(item.value);
    at = item.end;
  }
  return { value: { kind: "list", tag, items }, end: at };
}

/** Bytes as a string of code points 0..255, and back by {@linkcode fromLatin1}. */
export function toLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return text;
}

/** Bytes of a string whose code points are all below 256. */
export function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    bytes[index] = text.charCodeAt(index);
  }
  return bytes;
}

/** Whether the reply is an error (`-` or `!`). */
export function isErrorReply(value: RespValue): boolean {
  return value.tag === "-" || value.tag === "!";
}

/** The bytes of a line or bulk reply as latin-1; "" for lists and null. */
export function textOf(value: RespValue): string {
  return value.kind === "line" || value.kind === "bulk"
    ? toLatin1(value.bytes)
    : "";
}

/** The items of a list reply; none for every other reply. */
export function itemsOf(value: RespValue): readonly RespValue[] {
  return value.kind === "list" ? value.items : [];
}

/**
 * A reply as ordinary JavaScript: text is decoded as UTF-8, integers are
 * numbers while safe, maps are flat lists of keys and values, errors are
 * {@linkcode ReplyError}.
 */
export function toPlain(value: RespValue): PlainValue {
  if (value.kind === "null") return null;
  if (value.kind === "list") return value.items.map(toPlain);
  const text = new TextDecoder().decode(value.bytes);
  switch (value.tag) {
    case "-":
    case "!":
      return new ReplyError(text);
    case ":":
    case "(": {
      const number = Number(text);
      return Number.isSafeInteger(number) ? number : BigInt(text);
    }
    case ",":
      return Number(text.replace("inf", "Infinity"));
    case "#":
      return text === "t";
    case "=":
      return text.slice(4);
    default:
      return text;
  }
}

/** Printable form of any bytes, in quotes, the rest as `\xNN`. */
export function quoteBytes(text: string, charactersMax = 300): string {
  const shown = text.length > charactersMax
    ? text.slice(0, charactersMax)
    : text;
  // deno-lint-ignore no-control-regex
  const escaped = shown.replace(/[\\"\x00-\x1f\x7f-\xff]/g, (character) => {
    if (character === "\\" || character === '"') return `\\${character}`;
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    return `\\x${code}`;
  });
  const rest = text.length > charactersMax ? `… (${text.length} bytes)` : "";
  return `"${escaped}"${rest}`;
}

/** A reply on as few lines as it needs, type bytes shown. */
export function formatReply(value: RespValue, itemsMax = 40): string {
  if (value.kind === "null") return `${value.tag}nil`;
  if (value.kind !== "list") return value.tag + quoteBytes(textOf(value));
  const shown = value.items.slice(0, itemsMax)
    .map((item) => formatReply(item, itemsMax)).join(", ");
  const rest = value.items.length > itemsMax
    ? `, … (${value.items.length} items)`
    : "";
  return `${value.tag}[${shown}${rest}]`;
}

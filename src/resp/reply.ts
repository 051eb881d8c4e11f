/**
 * Replies that the host makes, as values; `encode.ts` turns them into bytes.
 *
 * Text holds one character a byte: a character below 256 is that byte, so text
 * that came from a client goes back as it was. Characters above are written in
 * UTF-8.
 *
 * @module
 */

/** One reply, or a part of one. */
export type Reply =
  /** A simple string; line ends in it become spaces. */
  | { readonly kind: "status"; readonly text: string }
  /** An error whose text starts with its code word; line ends become spaces. */
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: number | bigint }
  | { readonly kind: "bulk"; readonly bytes: Uint8Array | string }
  /** Text for people; a bulk string in RESP2. */
  | { readonly kind: "verbatim"; readonly text: string }
  /** No value, where there would be a string. */
  | { readonly kind: "null" }
  /** No value, where there would be an array. */
  | { readonly kind: "null-array" }
  /** A bulk string in RESP2. */
  | { readonly kind: "double"; readonly value: number }
  /** 0 or 1 in RESP2. */
  | { readonly kind: "boolean"; readonly value: boolean }
  /** A whole number of any size; a bulk string in RESP2. */
  | { readonly kind: "big-number"; readonly value: bigint }
  | { readonly kind: "array"; readonly items: readonly Reply[] }
  /** An array in RESP2. */
  | { readonly kind: "set"; readonly items: readonly Reply[] }
  /** A message outside of the order of replies; an array in RESP2. */
  | { readonly kind: "push"; readonly items: readonly Reply[] }
  /** In RESP2 an array of keys and values. */
  | {
    readonly kind: "map";
    readonly pairs: readonly (readonly [Reply, Reply])[];
  }
  /** One reply after the other. */
  | { readonly kind: "sequence"; readonly items: readonly Reply[] }
  /** Nothing at all, as after CLIENT REPLY OFF. */
  | { readonly kind: "none" };

/** `+OK`. */
export const OK: Reply = { kind: "status", text: "OK" };

/** No string. */
export const NULL: Reply = { kind: "null" };

/** Nothing is sent. */
export const NONE: Reply = { kind: "none" };

/** A simple string. */
export function status(text: string): Reply {
  return { kind: "status", text };
}

/** An error; `text` starts with its code word. */
export function error(text: string): Reply {
  return { kind: "error", text };
}

/** A bulk string. */
export function bulk(bytes: Uint8Array | string): Reply {
  return { kind: "bulk", bytes };
}

/** Text for people. */
export function verbatim(text: string): Reply {
  return { kind: "verbatim", text };
}

/** An integer. */
export function integer(value: number | bigint): Reply {
  return { kind: "integer", value };
}

/** An array. */
export function array(items: readonly Reply[]): Reply {
  return { kind: "array", items };
}

/** A set. */
export function set(items: readonly Reply[]): Reply {
  return { kind: "set", items };
}

/** A map; in RESP2 an array of keys and values. */
export function map(pairs: readonly (readonly [Reply, Reply])[]): Reply {
  return { kind: "map", pairs };
}

/** A map whose keys are bulk strings. */
export function record(fields: Readonly<Record<string, Reply>>): Reply {
  return map(
    Object.entries(fields).map(([name, value]) => [bulk(name), value]),
  );
}

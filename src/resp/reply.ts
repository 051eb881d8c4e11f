/**
 * Replies that the host makes, as values; `encode.ts` turns them into bytes.
 *
 * @module
 */

/** One reply, or a part of one. */
export type Reply =
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: number | bigint }
  | { readonly kind: "bulk"; readonly bytes: Uint8Array | string }
  | { readonly kind: "verbatim"; readonly text: string }
  | { readonly kind: "null" }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "array"; readonly items: readonly Reply[] }
  | { readonly kind: "set"; readonly items: readonly Reply[] }
  | { readonly kind: "push"; readonly items: readonly Reply[] }
  | {
    readonly kind: "map";
    readonly pairs: readonly (readonly [Reply, Reply])[];
  }
  /** Nothing at all, as after CLIENT REPLY OFF. */
  | { readonly kind: "none" };

/** `+OK`. */
export const OK: Reply = { kind: "status", text: "OK" };

/** No value. */
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

/** An integer. */
export function integer(value: number | bigint): Reply {
  return { kind: "integer", value };
}

/** An array. */
export function array(items: readonly Reply[]): Reply {
  return { kind: "array", items };
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

/**
 * What commands do to keys, as the core notes it while somebody may listen. Rows and
 * bits follow core-as/keys/events.ts.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { CoreMemory } from "./memory.ts";

/** Classes of what is noted: Redis's bits, and one for all changes. */
export const EVENT_CLASSES = {
  /** `g`: commands about keys of any type. */
  generic: 1 << 2,
  /** `$` */
  string: 1 << 3,
  /** `l` */
  list: 1 << 4,
  /** `s` */
  set: 1 << 5,
  /** `h` */
  hash: 1 << 6,
  /** `z` */
  sortedSet: 1 << 7,
  /** `x`: keys whose time was over. */
  expired: 1 << 8,
  /** `e`: keys removed to free memory. */
  evicted: 1 << 9,
  /** `t` */
  stream: 1 << 10,
  /** `m`: keys that were looked for and not there. */
  miss: 1 << 11,
  /** `n` */
  new: 1 << 14,
  /** Every change of a key, for those who keep copies. */
  change: 1 << 16,
} as const;

/** One note of the core. */
export type CoreEvent =
  /** Event `name` has happened to a key. */
  | {
    readonly kind: "event";
    readonly database: number;
    readonly name: string;
    readonly key: Uint8Array;
  }
  /** A key has changed or gone. */
  | { readonly kind: "change"; readonly key: Uint8Array }
  /** A request of a client that keeps copies has read keys; `command` is its id. */
  | {
    readonly kind: "read";
    readonly command: number;
    readonly words: readonly Uint8Array[];
  }
  /** A database was emptied. */
  | { readonly kind: "emptied" }
  /** What stands before this happened before the reply that ends at this many bytes of output. */
  | { readonly kind: "reply"; readonly outputBytes: number };

const ROW_HEADER = 12;
const KINDS = ["event", "change", "read", "emptied", "reply"] as const;
const decoder = new TextDecoder("latin1");

/** Reads the rows in `[address, address + bytes)`, whose bytes it copies. */
export function readEvents(
  memory: CoreMemory,
  address: number,
  bytes: number,
): CoreEvent[] {
  const events: CoreEvent[] = [];
  const end = address + bytes;
  for (let at = address; at < end; at += memory.u32(at)) {
    events.push(readRow(memory, at));
  }
  return events;
}

function readRow(memory: CoreMemory, at: number): CoreEvent {
  const word = memory.u32(at + 4);
  const length = memory.u32(at + 8);
  const copy = (from: number, bytes: number) =>
    memory.bytes(at + ROW_HEADER + from, bytes).slice();
  const nameBytes = word >>> 16;
  const kind = KINDS[word & 0xff];
  assert(kind !== undefined, "the core writes rows of known kinds");
  switch (kind) {
    case "event": {
      const name = decoder.decode(copy(0, nameBytes));
      const database = (word >>> 8) & 0xff;
      return { kind, database, name, key: copy(nameBytes, length) };
    }
    case "change":
      return { kind, key: copy(0, length) };
    case "read": {
      const words = readWords(memory, at + ROW_HEADER, length);
      return { kind, command: nameBytes, words };
    }
    case "emptied":
      return { kind };
    case "reply":
      return { kind, outputBytes: length };
  }
}

function readWords(
  memory: CoreMemory,
  from: number,
  count: number,
): Uint8Array[] {
  let at = from;
  return Array.from({ length: count }, () => {
    const length = memory.u32(at);
    const word = memory.bytes(at + 4, length).slice();
    at += 4 + length;
    return word;
  });
}

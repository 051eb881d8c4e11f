/**
 * The bytes of a membership change in a log entry.
 *
 * ```text
 *   (empty)                                          LEAVE_JOINT
 *   transition u8, count varint,
 *     count × (kind u8, node id varint), context     any other change
 * ```
 *
 * Varints are base 128, lowest digits first, as in protobuf.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  type ChangeTransition,
  type ConfChange,
  LEAVE_JOINT,
  type NodeChange,
  type NodeChangeKind,
} from "./change.ts";

/** Transitions by their byte. Entries on disk hold them: never reorder. */
const TRANSITIONS: readonly ChangeTransition[] = [
  "auto",
  "joint-implicit",
  "joint-explicit",
];

/** Kinds by their byte. Entries on disk hold them: never reorder. */
const KINDS: readonly NodeChangeKind[] = [
  "add-node",
  "remove-node",
  "update-node",
  "add-learner-node",
];

/** The bytes of `change`. */
export function encodeConfChange(change: ConfChange): Uint8Array {
  const { transition, changes, context } = change;
  if (
    transition === "auto" && changes.length === 0 && context.length === 0
  ) return new Uint8Array(0);
  const head = [TRANSITIONS.indexOf(transition)];
  pushVarint(head, changes.length);
  for (const { kind, nodeId } of changes) {
    head.push(KINDS.indexOf(kind));
    pushVarint(head, nodeId);
  }
  const bytes = new Uint8Array(head.length + context.length);
  bytes.set(head);
  bytes.set(context, head.length);
  return bytes;
}

/**
 * The change that `bytes` hold, undefined when `encodeConfChange` never makes
 * such bytes. The context is copied.
 */
export function decodeConfChange(bytes: Uint8Array): ConfChange | undefined {
  if (bytes.length === 0) return LEAVE_JOINT;
  const reader = new Reader(bytes);
  const transition = TRANSITIONS[reader.byte() ?? -1];
  const count = reader.varint();
  if (transition === undefined || count === undefined) return undefined;
  const changes: NodeChange[] = [];
  for (let at = 0; at < count; at++) {
    const kind = KINDS[reader.byte() ?? -1];
    const nodeId = reader.varint();
    if (kind === undefined || nodeId === undefined) return undefined;
    changes.push({ kind, nodeId });
  }
  return { transition, changes, context: reader.rest() };
}

/** Adds `value` to `bytes`. Requires: a safe integer, not negative. */
function pushVarint(bytes: number[], value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, "ids are safe integers");
  let rest = value;
  while (rest >= 0x80) {
    bytes.push(0x80 | rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Reads from the front. Each part is undefined when it is not there. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number | undefined {
    return this.#bytes[this.#at++];
  }

  varint(): number | undefined {
    let value = 0;
    for (let scale = 1; value <= Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = this.byte();
      // The last digit is never 0 but in the number 0 itself.
      if (byte === undefined || (byte === 0 && scale > 1)) return undefined;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : undefined;
    }
    return undefined;
  }

  rest(): Uint8Array {
    return this.#bytes.slice(this.#at);
  }
}

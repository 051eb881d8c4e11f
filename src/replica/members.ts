/**
 * The members of a group, and where they are, as bytes and as the log makes them.
 *
 * ```text
 *   members  = flags u8 (1: the group leaves the joint configuration by itself,
 *                        2: addresses follow)
 *              list × 4: voters, outgoing voters, learners, learners to be
 *              [addresses]
 *   list     = count u32, count × (node id u64), little-endian
 *   addresses = count u32, count × (node id u64, length u16, UTF-8 `host:port`)
 * ```
 *
 * A change that adds one node carries its address as the context. Nodes with which the group
 * began have none here: each node was told where they are at its start.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  type ConfChange,
  type ConfState,
  decodeConfChange,
  type Entry,
  MemoryLog,
  RawNode,
} from "../raft/mod.ts";

/** Who belongs to a group. */
export interface GroupMembers {
  /** Their ids, by role. */
  readonly confState: ConfState;
  /** `host:port` by node id, of those that were added while the group ran. */
  readonly addresses: ReadonlyMap<number, string>;
}

/** The members of a group that has none yet, or is heard of for the first time. */
export const NO_MEMBERS: GroupMembers = {
  confState: {
    voters: [],
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  },
  addresses: new Map(),
};

const AUTO_LEAVE = 1;
const HAS_ADDRESSES = 2;

class Writer {
  readonly bytes: number[] = [];

  /** A number of `width` bytes. */
  number(value: number, width: number): void {
    let rest = BigInt(value);
    for (let at = 0; at < width; at++) {
      this.bytes.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
  }
}

/** The bytes of `members`. */
function encodeMembers({ addresses, confState }: GroupMembers): Uint8Array {
  const writer = new Writer();
  const flags = (confState.autoLeave ? AUTO_LEAVE : 0) |
    (addresses.size > 0 ? HAS_ADDRESSES : 0);
  writer.number(flags, 1);
  const { voters, votersOutgoing, learners, learnersNext } = confState;
  for (const list of [voters, votersOutgoing, learners, learnersNext]) {
    writer.number(list.length, 4);
    for (const id of list) writer.number(id, 8);
  }
  if (addresses.size === 0) return new Uint8Array(writer.bytes);
  writer.number(addresses.size, 4);
  for (const [id, address] of addresses) {
    const text = new TextEncoder().encode(address);
    writer.number(id, 8);
    writer.number(text.length, 2);
    writer.bytes.push(...text);
  }
  return new Uint8Array(writer.bytes);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Whether more was asked for than there is. */
  isShort = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return !this.isShort && this.#at === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.isShort = true;
    if (this.isShort) return new Uint8Array(0);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  number(width: number): number {
    let value = 0n;
    for (const byte of this.take(width).toReversed()) {
      value = value << 8n | BigInt(byte);
    }
    return Number(value);
  }

  ids(): number[] {
    const ids: number[] = [];
    const count = this.number(4);
    while (ids.length < count && !this.isShort) ids.push(this.number(8));
    return ids;
  }

  addresses(): Map<number, string> {
    const addresses = new Map<number, string>();
    for (let left = this.number(4); left > 0 && !this.isShort; left--) {
      const id = this.number(8);
      const text = this.take(this.number(2));
      addresses.set(id, new TextDecoder().decode(text));
    }
    return addresses;
  }
}

/** The members that `bytes` hold; undefined for bytes that hold none. */
export function decodeMembers(bytes: Uint8Array): GroupMembers | undefined {
  const reader = new Reader(bytes);
  const flags = reader.number(1);
  if (flags > (AUTO_LEAVE | HAS_ADDRESSES)) return undefined;
  const confState = {
    voters: reader.ids(),
    votersOutgoing: reader.ids(),
    learners: reader.ids(),
    learnersNext: reader.ids(),
    autoLeave: (flags & AUTO_LEAVE) !== 0,
  };
  const addresses = flags & HAS_ADDRESSES ? reader.addresses() : new Map();
  return reader.isAtEnd ? { confState, addresses } : undefined;
}

/** All ids in `confState`, in ascending order. */
export function idsOf(confState: ConfState): number[] {
  const { voters, votersOutgoing, learners, learnersNext } = confState;
  const ids = [...voters, ...votersOutgoing, ...learners, ...learnersNext];
  return [...new Set(ids)].sort((one, other) => one - other);
}

/** The members of a node's group, kept up to date with the log. */
export class MembersLedger {
  readonly #node: RawNode;
  #members: GroupMembers;

  /** Goes on from `members`, making the changes at `node`. */
  constructor(node: RawNode, members: GroupMembers) {
    this.#node = node;
    this.#members = members;
  }

  /** The members after all entries so far. */
  get members(): GroupMembers {
    return this.#members;
  }

  /** Makes the membership change of a committed `entry`; the members as bytes. */
  apply(entry: Entry): Uint8Array {
    const change = decodeConfChange(entry.data);
    assert(change !== undefined, "a change in the log can be read");
    const confState = this.#node.applyChange(entry.index, change);
    const addresses = changedAddresses(this.#members.addresses, change);
    this.#members = { confState, addresses };
    return encodeMembers(this.#members);
  }
}

function changedAddresses(
  before: ReadonlyMap<number, string>,
  { changes, context }: ConfChange,
): ReadonlyMap<number, string> {
  const addresses = new Map(before);
  for (const { kind, nodeId } of changes) {
    if (kind === "remove-node") addresses.delete(nodeId);
  }
  const [only] = changes;
  if (changes.length === 1 && context.length > 0) {
    addresses.set(only!.nodeId, new TextDecoder().decode(context));
  }
  return addresses;
}

/** Follows the members through entries that are known to be committed, before raft runs. */
export function replayMembers(members: GroupMembers): MembersLedger {
  const node = new RawNode({
    // Any id does: this node sees no message and no tick.
    id: Number.MAX_SAFE_INTEGER,
    confState: members.confState,
    stable: new MemoryLog(),
    random: () => 0,
  });
  return new MembersLedger(node, members);
}

/**
 * The members of a group as bytes, and as the log makes them.
 *
 * ```text
 *   members = flags u8 (1: the group leaves the joint configuration by itself)
 *             list × 4: voters, outgoing voters, learners, learners to be
 *   list    = count u32, count × (node id u64), little-endian
 * ```
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import {
  type ConfState,
  decodeConfChange,
  type Entry,
  MemoryLog,
  RawNode,
} from "../raft/mod.ts";

/** The members of a group that has none yet, or is heard of for the first time. */
export const NO_MEMBERS: ConfState = {
  voters: [],
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

/** The bytes of `members`. */
function encodeMembers(members: ConfState): Uint8Array {
  const lists = [
    members.voters,
    members.votersOutgoing,
    members.learners,
    members.learnersNext,
  ];
  const ids = lists.reduce((sum, list) => sum + list.length, 0);
  const bytes = new Uint8Array(1 + 4 * lists.length + 8 * ids);
  const view = new DataView(bytes.buffer);
  bytes[0] = members.autoLeave ? 1 : 0;
  let at = 1;
  for (const list of lists) {
    view.setUint32(at, list.length, true);
    at += 4;
    for (const id of list) {
      view.setBigUint64(at, BigInt(id), true);
      at += 8;
    }
  }
  return bytes;
}

/** The members that `bytes` hold; undefined for bytes that hold none. */
export function decodeMembers(bytes: Uint8Array): ConfState | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lists: number[][] = [];
  let at = 1;
  for (let list = 0; list < 4; list++) {
    if (at + 4 > bytes.length) return undefined;
    const count = view.getUint32(at, true);
    at += 4;
    if (at + 8 * count > bytes.length) return undefined;
    const ids = Array.from(
      { length: count },
      (_, place) => Number(view.getBigUint64(at + 8 * place, true)),
    );
    lists.push(ids);
    at += 8 * count;
  }
  if (at !== bytes.length || bytes[0]! > 1) return undefined;
  const [voters, votersOutgoing, learners, learnersNext] = lists;
  return {
    voters: voters!,
    votersOutgoing: votersOutgoing!,
    learners: learners!,
    learnersNext: learnersNext!,
    autoLeave: bytes[0] === 1,
  };
}

/** Makes the membership change of a committed `entry` at `node`; the members as bytes. */
export function applyChangeOf(node: RawNode, entry: Entry): Uint8Array {
  const change = decodeConfChange(entry.data);
  assert(change !== undefined, "a change in the log can be read");
  return encodeMembers(node.applyChange(entry.index, change));
}

/** Follows the members through entries that are known to be committed, before raft runs. */
export class MembersReplay {
  readonly #node: RawNode;

  /** Goes on from `members`. */
  constructor(members: ConfState) {
    this.#node = new RawNode({
      // Any id does: this node sees no message and no tick.
      id: Number.MAX_SAFE_INTEGER,
      confState: members,
      stable: new MemoryLog(),
      random: () => 0,
    });
  }

  /** The members after all entries so far. */
  get members(): ConfState {
    return this.#node.confState();
  }

  /** Makes the change of `entry`; the members as bytes. */
  apply(entry: Entry): Uint8Array {
    return applyChangeOf(this.#node, entry);
  }
}

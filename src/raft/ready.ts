/**
 * The work that a node hands out.
 *
 * @module
 */

import type { Entry } from "./entry.ts";
import type { HardState } from "./hard_state.ts";
import type { Message, PeerMessage } from "./message.ts";
import type { ReadState } from "./read_queue.ts";
import type { Role } from "./role.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a node is, as others like to know at once. */
export interface SoftState {
  /** The leader as far as known, 0 = none. */
  readonly leader: number;
  /** This node's role. */
  readonly role: Role;
}

/**
 * The work of one `RawNode.ready()`. Three kinds that may go on at once, each in
 * the order of the `Ready`s they came with:
 *
 * 1. `messages` may be sent at once, in order for each receiver.
 * 2. The *append*: write `snapshot` (always synced), then `entries`, then `hardState`,
 *    as one unit that is found whole or not at all after a crash; sync it if `mustSync`.
 *    When it is durable, restore the stable log and the state machine from `snapshot`,
 *    add `entries` to the stable log, then deliver `afterAppend`, in order: `step()`
 *    those addressed to this node, send the others. There is an append if
 *    `hasAppend` says so. One that `canWait` says so of may be kept back and done
 *    together with the next one.
 * 3. The *apply*: feed `committed` to the state machine, then `step()`
 *    `afterApply`. All of `committed` is in the stable log already (with
 *    `synchronousStorage`, when the append is done). An entry whose kind is a change
 *    goes to `RawNode.applyChange()`.
 *
 * The next `Ready` may be taken before any of this is done. Arrays are the
 * receiver's to keep, not to change.
 */
export interface Ready {
  /** The role and the leader, when either changed. */
  readonly softState: SoftState | undefined;
  /** A snapshot to write. It replaces the whole log; `entries` follow it. */
  readonly snapshot: Snapshot | undefined;
  /** Entries to write, in order. They replace all at or behind the first one's index. */
  readonly entries: readonly Entry[];
  /** The hard state to write, when it changed. */
  readonly hardState: HardState | undefined;
  /** Whether the append must be synced before `afterAppend` is delivered. */
  readonly mustSync: boolean;
  /** Messages that promise what the append makes durable. */
  readonly afterAppend: readonly Message[];
  /** Entries to apply, in order and without gaps from the `Ready` before. */
  readonly committed: readonly Entry[];
  /** Messages for this node that say that `committed` is applied. */
  readonly afterApply: readonly Message[];
  /** Messages to other nodes that promise nothing about this node's disk. */
  readonly messages: readonly PeerMessage[];
  /** Reads of this node that have got their index. */
  readonly reads: readonly ReadState[];
}

/** Whether `ready` has something for the disk, or something that waits for its turn there. */
export function hasAppend(ready: Ready): boolean {
  return ready.entries.length > 0 || ready.hardState !== undefined ||
    ready.snapshot !== undefined || ready.afterAppend.length > 0;
}

/**
 * Whether the append of `ready` may be kept back until the next append: it holds a
 * newer commit index and reports about entries of appends before it, which report
 * for themselves as well. Nothing waits for it.
 */
export function canWait(ready: Ready): boolean {
  return !ready.mustSync && ready.entries.length === 0 &&
    ready.snapshot === undefined &&
    ready.afterAppend.every((message) =>
      message.kind === "storage-append-response"
    );
}

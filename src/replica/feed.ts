/**
 * Frames to the serve Worker while the log is recovered.
 *
 * @module
 */

import { ROOM_WAIT_MS } from "../config/mod.ts";
import type { LinkEnd } from "../link/mod.ts";
import type { Entry } from "../raft/mod.ts";
import { HandOver } from "./hand_over.ts";
import type { SnapshotPoint } from "../storage/mod.ts";
import type { MembersLedger } from "./members.ts";
import { RaftToServe, ServeToRaft } from "./messages.ts";
import { OwnProposals } from "./own_proposals.ts";

/**
 * Writes frames, blocking the thread while the ring is full: nothing else can go on
 * before the log is recovered.
 *
 * Every method returns whether to go on: not when the serve Worker has sent STOP.
 */
export class Feed {
  readonly #link: LinkEnd;
  readonly #handOver: HandOver;

  /** Feeds the other end of `link`, and brings `members` up to date. */
  constructor(link: LinkEnd, members: MembersLedger) {
    this.#link = link;
    this.#handOver = new HandOver(
      link.writer,
      new OwnProposals(),
      (entry) => members.apply(entry),
    );
  }

  /** A block of the snapshot's content, which begins at `offset` of it. */
  snapshotBlock(offset: number, block: Uint8Array): boolean {
    const { writer } = this.#link;
    const { SNAPSHOT_BLOCK } = RaftToServe;
    for (let at = 0; at < block.length; at += writer.payloadBytesMax) {
      const part = block.subarray(at, at + writer.payloadBytesMax);
      const push = () => writer.tryPush(SNAPSHOT_BLOCK, offset + at, 0, part);
      if (!untilDone(this.#link, push)) return false;
    }
    return true;
  }

  /** The end of the snapshot, which holds the log up to `index` of `term`, and who the members are. */
  snapshotEnd({ index, term, members }: SnapshotPoint): boolean {
    const { MEMBERS, SNAPSHOT_END } = RaftToServe;
    const { writer } = this.#link;
    const push = () => writer.tryPush(SNAPSHOT_END, index, term);
    if (!untilDone(this.#link, push)) return false;
    if (members === undefined) return true;
    return untilDone(
      this.#link,
      () => writer.tryPush(MEMBERS, index, term, members),
    );
  }

  /** Committed entries, behind all before. */
  entries(entries: readonly Entry[]): boolean {
    if (entries.length === 0) return true;
    this.#handOver.add(entries, []);
    return untilDone(this.#link, () => {
      this.#handOver.pump(() => {});
      return this.#handOver.isDone;
    });
  }
}

/**
 * Tries until `attempt` is done, or gives up when the serve Worker has sent STOP; false
 * then. Wakes it after each attempt: it has something new, or must make room.
 */
export function untilDone(link: LinkEnd, attempt: () => boolean): boolean {
  const { reader, ownBell, otherBell } = link;
  for (;;) {
    const ticket = ownBell.ticket();
    if (reader.peek()?.kind === ServeToRaft.STOP) return false;
    const isDone = attempt();
    otherBell.ring();
    if (isDone) return true;
    ownBell.wait(ticket, ROOM_WAIT_MS);
  }
}

/**
 * The protocol between the serve Worker and the raft Worker of one shard.
 *
 * Each message is one frame of a ring of `src/link`: a `kind`, two numbers `a`
 * and `b` (non-negative safe integers) and a payload. Rings keep their order,
 * so the order of messages below is a promise.
 *
 * ```text
 *   raft → serve   SNAPSHOT_BLOCK* SNAPSHOT_END   (when there is a snapshot)
 *                  (ENTRY_PART* ENTRY)*           (the log behind it)
 *                  RECOVERED
 *   serve → raft   ((PROPOSE_PART* PROPOSE) | APPLIED | SNAPSHOT_TAKEN | …)*
 *   raft → serve   (COMMITTED | (ENTRY_PART* ENTRY) | SNAPSHOT_WANTED | …)*
 *   serve → raft   STOP
 *   raft → serve   STOPPED
 * ```
 *
 * Rules:
 *
 * 1. Before RECOVERED the serve Worker sends nothing but STOP.
 * 2. What fits into one frame is one frame (PROPOSE, ENTRY). What does not is
 *    cut into any number of `…_PART` frames followed by the closing frame of
 *    the same id or index; nothing but other parts of the same message comes
 *    in between. The first part's `b` tells how many bytes follow it, so the
 *    receiver allocates once.
 * 3. Proposal ids start at 1 and rise by one, whatever becomes of the proposals. Each
 *    accepted proposal becomes one log entry, in order of ids, and is answered by a
 *    COMMITTED whose `b` is at least its id, or by FAILED for all that are open. In a
 *    group of several nodes one may be REFUSED or LOST instead; each id ends in exactly
 *    one of the three ways.
 * 4. A full ring towards raft is the back-pressure: `tryPush` returns false, the
 *    proposal was not accepted, and the serve Worker tries again after the
 *    doorbell that raft rings when it has made room. The raft Worker stops
 *    reading the ring while its bound of proposals in flight is reached.
 * 5. A full ring towards serve makes the raft Worker wait, never drop. The serve Worker
 *    rings raft's doorbell after it has released frames with a payload (they can fill
 *    the ring), and need not after the others: that would only wake raft for nothing.
 * 6. Only a member of a group is sent LEADERSHIP, REFUSED, LOST, MEMBERS, READ_AT,
 *    READ_REFUSED, RESTORE or CHANGED, and may be asked for READ_INDEX or CHANGE, or
 *    told CLOCK. Its RECOVERED comes
 *    before it has a leader; proposals are REFUSED until it leads.
 *
 * @module
 */

/** Kinds of frames that the serve Worker writes and the raft Worker reads. */
export const ServeToRaft = {
  /**
   * A proposal, whole or its last part. `a`: proposal id. `b`: 0. Payload: the
   * entry's data, or the last part of it when PROPOSE_PART frames of the same
   * id came before.
   */
  PROPOSE: 1,
  /**
   * A part, not the last, of a proposal larger than a frame. `a`: proposal id.
   * `b`: bytes of the data that follow this frame. Payload: the part.
   */
  PROPOSE_PART: 2,
  /**
   * A snapshot file is complete and durable. `a`: index of the last entry that
   * it holds. `b`: bytes of the file. No payload. The raft Worker then trims
   * the WAL and removes older snapshots.
   */
  SNAPSHOT_TAKEN: 3,
  /**
   * The core has applied the log up to an index. `a`: that index. `b`: 0. No
   * payload. Lets raft drop entries from its memory. Not urgent: one a turn at
   * most, pushed without ringing the doorbell, left out when the ring is full
   * (a later one says more).
   */
  APPLIED: 4,
  /**
   * Asks for an orderly stop. `a`, `b`: 0. No payload. The last frame of this
   * ring. Proposals before it are still committed and answered, then the WAL
   * is closed with its mark of a clean stop and STOPPED is sent.
   */
  STOP: 5,
  /**
   * Asks for an index at which a read is linearizable. `a`: the request's id; ids start at
   * 1 and rise by one. `b`: 0. No payload. Requests that come while one is on its
   * way share the next one. Answered by READ_AT or READ_REFUSED.
   */
  READ_INDEX: 6,
  /**
   * What the serve Worker's monotonic clock says; before the first lease, and then now
   * and again. `a`: milliseconds, with fractions. `b`: 0. No payload. The two clocks have
   * starts of their own; see `lease_page.ts`.
   */
  CLOCK: 7,
  /**
   * Asks for a change of the group, which only its leader makes. `a`: the request's id;
   * ids start at 1 and rise by one. `b`: the node that it is about. Payload: the bytes
   * of `changes.ts`. Answered by CHANGED.
   */
  CHANGE: 8,
} as const;

/** Whether a frame of `kind` is a proposal or a part of one. */
export function isProposal(kind: number): boolean {
  return kind === ServeToRaft.PROPOSE || kind === ServeToRaft.PROPOSE_PART;
}

/** Kinds of frames that the raft Worker writes and the serve Worker reads. */
export const RaftToServe = {
  /**
   * Part of the newest snapshot, in file order. `a`: offset of this part in the
   * snapshot's content. `b`: 0. Payload: the part. Only before RECOVERED here.
   */
  SNAPSHOT_BLOCK: 1,
  /**
   * The snapshot is complete. `a`: index of the last entry it holds. `b`: term
   * of that entry. No payload.
   */
  SNAPSHOT_END: 2,
  /**
   * A committed entry that the serve Worker has not proposed itself in this
   * run: apply it, answer nobody. `a`: index, without gaps from the one before.
   * `b`: term. Payload: the entry's data, or the last part of it. An empty
   * payload without parts before it is an entry that changes nothing, such as
   * the one that starts a term: it only moves the applied index.
   */
  ENTRY: 3,
  /**
   * A part, not the last, of an entry's data larger than a frame. `a`: index.
   * `b`: bytes of the data that follow this frame. Payload: the part.
   */
  ENTRY_PART: 4,
  /**
   * All of the log that was known to be committed has been sent, and proposals
   * are welcome. `a`: index of the last entry sent (0 when the log is empty), to be
   * applied before the first request is served. `b`: the current term, the
   * term of the entries to come. No payload. Where this node is the only voter
   * it is leader of term `b` by now, and its log ended at `a`.
   */
  RECOVERED: 5,
  /**
   * The serve Worker's own proposals are committed (durable by the fsync
   * policy). `a`: index of the newest. `b`: its proposal id. No payload. All
   * proposals up to `b` are committed; within one term they hold consecutive
   * indexes, so proposal `p` has index `a - (b - p)`. To be applied in order of
   * ids.
   */
  COMMITTED: 6,
  /**
   * The WAL has outgrown its bound: take a snapshot of the applied state and
   * answer SNAPSHOT_TAKEN. `a`: bytes of WAL written since the last snapshot. The
   * bound is an option, or the size of that snapshot if it is larger.
   * `b`: 0. No payload. Sent again, as one may have failed, each time that the WAL has
   * grown by its bound once more without a SNAPSHOT_TAKEN.
   */
  SNAPSHOT_WANTED: 7,
  /**
   * This node can no longer promise durability and stops. `a`, `b`: 0. Payload:
   * UTF-8 text of the error, with file and action. The last frame. Open
   * proposals have an unknown outcome: they may be on disk or not.
   */
  FAILED: 8,
  /**
   * The answer to STOP: all is on disk and closed. After a STOP before RECOVERED it comes
   * as soon as the raft Worker notices, in place of the rest of the log. `a`: last index committed.
   * `b`: highest proposal id committed. No payload. The last frame.
   */
  STOPPED: 9,
  /**
   * Who leads has changed, or this node may serve as the leader now. `a`: the term. `b`:
   * the leader's node id, 0 when none is known. Payload: one byte, 1 if this node
   * leads and an entry of its term came before this frame: all that earlier leaders
   * committed did, too.
   */
  LEADERSHIP: 10,
  /**
   * Proposals that were not appended anywhere, and will never be: this node does not
   * lead, or hands over, or too much waits to be committed. `a`: the lowest id. `b`: the
   * highest. No payload.
   */
  REFUSED: 11,
  /**
   * Proposals that were appended, and whose fate is not known since this node does not
   * lead any more: they may come as an ENTRY later, which applies to the state, or never.
   * `a`: the lowest id. `b`: the highest. No payload.
   */
  LOST: 12,
  /**
   * A committed entry that has changed the members of the group. It moves the applied
   * index as an ENTRY does. `a`: index. `b`: term. Payload: the members from this
   * entry on, in the bytes of `members.ts`: what a snapshot taken from now on must
   * hold. Behind a SNAPSHOT_END it has the same index, and tells what that snapshot holds.
   */
  MEMBERS: 13,
  /**
   * Reads are linearizable if they see all entries up to an index. `a`: the highest id of
   * the requests that this answers; all below it that are open are answered too.
   * `b`: the index. No payload.
   */
  READ_AT: 14,
  /**
   * Reads get no index: no leader is known, or it was lost meanwhile. Ask again.
   * `a`: the highest id, as in READ_AT. `b`: 0. No payload.
   */
  READ_REFUSED: 15,
  /**
   * A leader's snapshot takes the place of the log: the state is void. What comes
   * before the first RECOVERED comes again, up to another RECOVERED: the snapshot and
   * what is behind it. Ids of proposals and reads go on; none is open. What the serve Worker
   * sends meanwhile waits. `a`: index of the snapshot. `b`: its term. No payload.
   */
  RESTORE: 16,
  /**
   * What became of a CHANGE. `a`: the request's id. `b`: 0. Payload: nothing when it is done,
   * else UTF-8 text of what is wrong, an error code word first.
   */
  CHANGED: 17,
} as const;

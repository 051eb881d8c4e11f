/**
 * Who is told what of that which the raft Worker tells the serve Worker.
 *
 * @module
 */

import type { Engine, LogEvents } from "../engine/mod.ts";
import type { Membership } from "./membership.ts";
import type { Recovery } from "./recovery.ts";
import type { SlowEvents } from "./slow_events.ts";
import type { SnapshotDuty } from "./snapshot_duty.ts";
import type { Snapshots } from "./snapshots.ts";
import type { WriteWaits } from "./write_waits.ts";

/** Parts of the serve Worker, some of which are made later. */
export interface LogEventParts
  extends Pick<LogEvents, "failed" | "recovered" | "stopped"> {
  /** The engine. */
  readonly engine: () => Engine;
  /** The group. */
  readonly membership: () => Membership;
  /** Loads what is on disk. */
  readonly recovery: Recovery;
  /** Files of snapshots. */
  readonly snapshots: Snapshots;
  /** Takes them. */
  readonly snapshotDuty: SnapshotDuty;
  /** Notes what takes long. */
  readonly slowEvents: SlowEvents;
  /** Clients that wait for others to have their writes. */
  readonly writeWaits: Pick<WriteWaits, "look">;
}

/** What the link to the raft Worker calls. */
export function logEvents(parts: LogEventParts): LogEvents {
  const { engine, membership, recovery } = parts;
  return {
    snapshotPiece: (piece) => recovery.piece(piece),
    snapshotEnd: (index, term) => {
      membership().restored(term);
      engine().restored(index);
      parts.snapshots.restored(index);
    },
    entry: (index, term, data) =>
      membership().entry(index, term, data, recovery.isLoading),
    recovered: parts.recovered,
    committed: (index, id) => {
      parts.slowEvents.committed();
      membership().committed(index, id);
    },
    leadership: (term, leader, isServing) =>
      membership().leadership(term, leader, isServing),
    abandoned: (id, isLost) => engine().standing.abandoned(id, isLost),
    members: (index, term, members) =>
      membership().membersChanged(index, term, members),
    readAt: (id, index) => engine().readGate!.readAt(id, index),
    readRefused: (id) => engine().readGate!.refused(id),
    changed: (id, problem) => membership().view!.changed(id, problem),
    restore: () => recovery.begin(),
    snapshotWanted: () => parts.snapshotDuty.want(),
    failed: parts.failed,
    stopped: parts.stopped,
    room: () => {
      engine().onLogRoom();
      parts.writeWaits.look();
    },
  };
}

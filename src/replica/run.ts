/**
 * The whole life of a shard's raft Worker: recover, run, stop.
 *
 * @module
 */

import { type Clock, Logger, type Random } from "../base/mod.ts";
import { LAST_FRAME_WAIT_MS, ROOM_WAIT_MS } from "../config/mod.ts";
import { LinkEnd } from "../link/mod.ts";
import type { Snapshot } from "../raft/mod.ts";
import {
  checkAlone,
  claimDirectory,
  type DirectoryIdentity,
  type FileSystem,
} from "../storage/mod.ts";
import type { GroupPorts } from "./group_options.ts";
import { runReplica } from "./loop.ts";
import type { GroupMembers } from "./members.ts";
import { RaftToServe } from "./messages.ts";
import { checkOptions, type ReplicaOptions } from "./options.ts";
import { untilDone } from "./feed.ts";
import type { PeerPort } from "./peers.ts";
import { mayLackItsEnd, type RecoveredLog } from "./recovered_log.ts";
import { recover } from "./recovery.ts";
import { Replica } from "./replica.ts";
import type { ToRaft } from "./start.ts";
import { Session } from "./session.ts";
import { StoredSnapshots } from "./snapshots.ts";
import { RaftStatistics } from "./statistics.ts";
import { TimedWriter } from "./timed_writer.ts";
import { BlockWhenIdle, EventLoopWait } from "./waiting.ts";

const encoder = new TextEncoder();

/** The connections of a member of a group to the others. */
export interface GroupConnection {
  /** Sends messages. */
  readonly peers: PeerPort;
  /** Memory of `LEASE_PAGE_BYTES` bytes. */
  readonly leasePage: SharedArrayBuffer;
  /** Memory of `PROGRESS_PAGE_BYTES` bytes. */
  readonly progressPage: SharedArrayBuffer;
  /** The members are these from now on; also called at each start of a replica. */
  membersChanged(members: GroupMembers): void;
  /** Messages that come from now on may be given to `replica`, and to none before it. */
  started(replica: Replica): void;
  /**
   * Makes a snapshot that came for a message the newest one on disk, if it is still there:
   * otherwise the node goes on from the log that it has. Resolves when that is durable;
   * rejects when the node must stop.
   */
  adopt(snapshot: Snapshot): Promise<void>;
  /** Ends all connections. */
  close(): void;
}

/** Makes the connections of the member whose directory it is. */
export type Connect = (identity: DirectoryIdentity) => Promise<GroupConnection>;

/**
 * Recovers the log in `files`, serves the other end of the link, and returns when STOP
 * has been answered. With `connect` it is a member of a group.
 *
 * Rejects when the node must stop: by the disk, by damage, or by a broken invariant. The
 * serve Worker has been sent FAILED then.
 */
export async function runShard(
  clock: Clock,
  random: Random,
  files: FileSystem,
  start: ToRaft,
  connect?: Connect,
): Promise<void> {
  const link = new LinkEnd(start.link);
  try {
    checkOptions(start.options);
    const [index, id] = await serve(
      clock,
      random,
      files,
      link,
      start,
      connect,
    );
    sendLast(clock, link, RaftToServe.STOPPED, index, id, new Uint8Array(0));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const payload = encoder.encode(reason);
    sendLast(clock, link, RaftToServe.FAILED, 0, 0, payload);
    throw cause;
  }
}

/** Runs until STOP; the last index and the last proposal committed. */
async function serve(
  clock: Clock,
  random: Random,
  files: FileSystem,
  link: LinkEnd,
  start: ToRaft,
  connect: Connect | undefined,
): Promise<readonly [number, number]> {
  const identity = await checkDirectory(files, random, start.options);
  const connection = identity && await connect?.(identity);
  try {
    const session = new Session();
    for (;;) {
      const life = await live(clock, random, files, link, start, {
        connection,
        session,
      });
      if (life === undefined) return [0, 0];
      const { replacement, phase, committedIndex } = life;
      if (phase === "drained" || replacement === undefined) {
        return [committedIndex, session.own.committedId];
      }
      await connection?.adopt(replacement);
      if (!announce(link, replacement)) return [0, session.own.committedId];
    }
  } finally {
    connection?.close();
  }
}

/** What is there besides for a member of a group. */
interface Surroundings {
  readonly connection: GroupConnection | undefined;
  readonly session: Session;
}

/** One replica from its recovery to its end; undefined if STOP came before it began. */
async function live(
  clock: Clock,
  random: Random,
  files: FileSystem,
  link: LinkEnd,
  start: ToRaft,
  { connection, session }: Surroundings,
): Promise<Replica | undefined> {
  const { options, shard, segmentBytes, logLevel } = start;
  const logger = new Logger(`raft-${shard}`, logLevel);
  const recovered = await recover(
    files,
    {
      segmentBytes,
      preparesSegments: options.fsync === "always",
      stamp: () => random.u32(),
      log: (message) => logger.log("notice", message),
    },
    link,
    options.group?.retainedBytesMax,
  );
  if (recovered === undefined) return undefined;
  const { wal, log } = recovered;
  warnOfLog(log, options, logger);
  const statistics = new RaftStatistics(start.statistics);
  const replica = new Replica(
    clock,
    (bound) => random.below(bound),
    link,
    new TimedWriter(wal, clock, statistics),
    log,
    statistics,
    options,
    connection && portsOf(connection, files),
    session,
  );
  connection?.started(replica);
  const isAlone = connection === undefined;
  const policy = isAlone ? new BlockWhenIdle() : new EventLoopWait();
  await runReplica(replica, link.ownBell, policy);
  await wal.close(replica.isWhole);
  return replica;
}

/** Says when this member has no vote, or has one only since an operator wants it. */
function warnOfLog(
  log: RecoveredLog,
  { fsync, group }: ReplicaOptions,
  logger: Logger,
): void {
  if (group === undefined || !mayLackItsEnd(log, fsync)) return;
  const what = group.trustsLog
    ? "is trusted, as --trust-log=yes says: start without that next time"
    : "has no vote before it has all that a leader has committed";
  logger.log(
    "warning",
    `The node did not stop in order, and --fsync is ${fsync}: its log may lack its end, and it ${what}`,
  );
}

function portsOf(
  connection: GroupConnection,
  files: FileSystem,
): GroupPorts {
  const { leasePage, peers, progressPage } = connection;
  return {
    peers,
    leasePage,
    progressPage,
    snapshots: new StoredSnapshots(files),
    membersChanged: (members) => connection.membersChanged(members),
  };
}

/** Sends RESTORE; false when the serve Worker has sent STOP. */
function announce(link: LinkEnd, { index, term }: Snapshot): boolean {
  const { RESTORE } = RaftToServe;
  return untilDone(link, () => link.writer.tryPush(RESTORE, index, term));
}

/** Makes sure that the directory is this node's; whose it is, for a member of a group. */
async function checkDirectory(
  files: FileSystem,
  random: Random,
  { group, nodeId }: ReplicaOptions,
): Promise<DirectoryIdentity | undefined> {
  if (group === undefined) {
    checkAlone(files);
    return undefined;
  }
  const { cluster, mayBegin } = group;
  const directory = random.u32() * 2 ** 20 + random.below(2 ** 20);
  return await claimDirectory(
    files,
    { cluster, node: nodeId },
    mayBegin ? directory : undefined,
  );
}

/** Sends the last frame of the ring; gives up when nobody makes room. */
function sendLast(
  clock: Clock,
  link: LinkEnd,
  kind: number,
  a: number,
  b: number,
  payload: Uint8Array,
): void {
  const untilMs = clock.monotonicMs() + LAST_FRAME_WAIT_MS;
  for (;;) {
    const ticket = link.ownBell.ticket();
    const isSent = link.writer.tryPush(kind, a, b, payload);
    link.otherBell.ring();
    if (isSent || clock.monotonicMs() >= untilMs) return;
    link.ownBell.wait(ticket, ROOM_WAIT_MS);
  }
}

/**
 * A node from its start to its end: what `src/replica/run.ts` does in a Worker, as far as
 * that waits for threads, over the real replica, storage and transport.
 *
 * @module
 */

import { type Clock, SeededRandom } from "../../../src/base/mod.ts";
import type { LinkEnd } from "../../../src/link/mod.ts";
import type { PeerMessage, Snapshot } from "../../../src/raft/mod.ts";
import { untilDone } from "../../../src/replica/feed.ts";
import { runReplica } from "../../../src/replica/loop.ts";
import {
  LEASE_PAGE_BYTES,
  type PeerPort,
  PROGRESS_PAGE_BYTES,
  RaftStatistics,
  RaftToServe,
  STATISTICS_BYTES,
} from "../../../src/replica/mod.ts";
import { recover, type Recovered } from "../../../src/replica/recovery.ts";
import { Session } from "../../../src/replica/session.ts";
import { StoredSnapshots } from "../../../src/replica/snapshots.ts";
import { TimedWriter } from "../../../src/replica/timed_writer.ts";
import { claimDirectory, type FileSystem } from "../../../src/storage/mod.ts";
import type { PeerConnection } from "../../../src/workers/peer_connection.ts";
import type { Chance } from "../kernel/chance.ts";
import { makeLink } from "./bells.ts";
import { EventWait } from "./event_wait.ts";
import { CLUSTER, replicaOptions } from "./options.ts";
import { NotedReplica } from "./noted_replica.ts";
import { connect, withAddresses } from "./peers.ts";
import type { PromisedLog } from "./promised_log.ts";
import { ReplicaLife } from "./replica_life.ts";
import { ServeSide } from "./serve_side.ts";
import { takeSnapshot } from "./snapshot_taker.ts";
import type { Thread } from "./thread.ts";
import type { World } from "./world.ts";

/** What a process is given. */
export interface ProcessParts {
  readonly id: number;
  readonly world: World;
  readonly chance: Chance;
  /** The disk, in the process's own view. */
  readonly files: FileSystem;
  /** The two Workers. */
  readonly raftThread: Thread;
  readonly serveThread: Thread;
  /** Their clocks. */
  readonly raftClock: Clock;
  readonly serveClock: Clock;
  /** The group's first voters; none for a node that joins. */
  readonly voters: readonly number[];
  /** Whether the directory may be that of a new node. */
  readonly mayBegin: boolean;
  /** See `GroupOptions`. */
  readonly trustsLog: boolean;
  readonly promised: PromisedLog;
  /** The directory is the node's. */
  claimed(): void;
  /** The replica has taken a turn. */
  turned(): void;
  /** A leader has told how far a log must come that may have forgotten some of it. */
  owes(index: number): void;
}

/** Frames that the serve side takes at once, at most. */
const FRAMES_MAX = 20;

/** See the module. */
export class NodeProcess {
  readonly #parts: ProcessParts;
  readonly #link: LinkEnd;
  readonly #wait: EventWait;
  readonly #serve: ServeSide;
  readonly #random: SeededRandom;
  readonly #leasePage = new SharedArrayBuffer(LEASE_PAGE_BYTES);
  readonly #progressPage = new SharedArrayBuffer(PROGRESS_PAGE_BYTES);
  #peers: PeerConnection | undefined;
  #life: ReplicaLife | undefined;
  #isServeWoken = false;
  #isSnapshotRunning = false;
  /** Index of the newest snapshot that was begun. */
  #snapshotIndex = 0;

  /** A process that has not begun. */
  constructor(parts: ProcessParts) {
    this.#parts = parts;
    const { chance, raftThread, world: { settings } } = parts;
    this.#random = new SeededRandom(chance.below(2 ** 32));
    this.#wait = new EventWait(
      raftThread,
      () => chance.waiting(settings.turnMs),
      () => this.#turned(),
    );
    const { raft, serve } = makeLink(settings.replica.ringBytes, {
      raftRung: () => this.#wait.ring(),
      serveRung: () => this.#wakeServe(),
      raftWaits: () => void this.#serve.drain(Infinity),
      writes: (kind, index, payload) =>
        this.#life?.writes(kind, index, payload),
    });
    this.#link = raft;
    this.#serve = this.#makeServe(serve);
  }

  /** The serve side. */
  get serve(): ServeSide {
    return this.#serve;
  }

  /** The replica while there is one. */
  get life(): ReplicaLife | undefined {
    return this.#life;
  }

  // -- The raft Worker --

  /** Resolves when the node has stopped in order; rejects as the real one does. */
  async run(): Promise<void> {
    const { files, id, mayBegin, raftClock, raftThread, world } = this.#parts;
    const identity = await claimDirectory(
      files,
      { cluster: CLUSTER, node: id },
      mayBegin ? this.#random.u32() : undefined,
    );
    this.#parts.claimed();
    const peers = await connect({
      identity,
      files,
      world,
      thread: raftThread,
      clock: raftClock,
      random: this.#random,
      leasePage: this.#leasePage,
      progressPage: this.#progressPage,
    });
    this.#peers = peers;
    const session = new Session();
    for (;;) {
      const replacement = await this.#live(peers, session);
      if (replacement === undefined) return;
      world.counts.restores++;
      await peers.adopt(replacement);
      this.#parts.promised.adopted(replacement);
      this.#announce(replacement);
    }
  }

  #announce({ index, term }: Snapshot): void {
    const { RESTORE } = RaftToServe;
    const { writer } = this.#link;
    untilDone(this.#link, () => writer.tryPush(RESTORE, index, term));
  }

  /** One replica; the snapshot that takes the place of its log, if one does. */
  async #live(
    peers: PeerConnection,
    session: Session,
  ): Promise<Snapshot | undefined> {
    const { files, promised, world: { settings } } = this.#parts;
    const recovered = await recover(
      files,
      {
        segmentBytes: settings.replica.segmentBytes,
        preparesSegments: settings.fsync === "always",
        stamp: () => this.#random.u32(),
        log: () => {},
      },
      this.#link,
      settings.replica.retainedBytesMax,
    );
    if (recovered === undefined) return undefined;
    const sent: PeerMessage[] = [];
    const life = new ReplicaLife(this.#parts, recovered.log, sent);
    const writer = promised.watch(recovered.wal, (unit) => life.unit(unit));
    const replica = this.#makeReplica(recovered, writer, session, {
      ...peers.peers,
      send: (messages) => {
        for (const message of messages) sent.push(message);
        peers.peers.send(messages);
      },
    });
    life.start(replica);
    peers.started(replica);
    this.#life = life;
    await runReplica(replica, this.#link.ownBell, this.#wait);
    this.#turned();
    this.#life = undefined;
    await recovered.wal.close(replica.isWhole);
    return replica.phase === "drained" ? undefined : replica.replacement;
  }

  #makeReplica(
    { log }: Recovered,
    writer: ConstructorParameters<typeof TimedWriter>[0],
    session: Session,
    peers: PeerPort,
  ): NotedReplica {
    const { files, id, raftClock, trustsLog, voters, world } = this.#parts;
    const memory = new SharedArrayBuffer(STATISTICS_BYTES);
    const statistics = new RaftStatistics(memory);
    return new NotedReplica(
      {
        received: (message) => world.note(message.kind, message, id),
        owes: (index) => this.#parts.owes(index),
        snapshotSent: (to, isSent) => world.note("sent", { to, isSent }, id),
      },
      raftClock,
      (bound) => this.#random.below(bound),
      this.#link,
      new TimedWriter(writer, raftClock, statistics),
      log,
      statistics,
      replicaOptions(id, voters, trustsLog, world.settings),
      {
        peers,
        leasePage: this.#leasePage,
        progressPage: this.#progressPage,
        snapshots: new StoredSnapshots(files),
        membersChanged: (members) =>
          this.#peers!.membersChanged(withAddresses(members)),
      },
      session,
    );
  }

  #turned(): void {
    this.#life?.turned();
    this.#parts.turned();
  }

  /** Something was asked of the replica. */
  nudge(): void {
    this.#wait.ring();
  }

  // -- The serve Worker --

  #makeServe(link: LinkEnd): ServeSide {
    const { id, serveClock, world } = this.#parts;
    const { fates, history, settings } = world;
    return new ServeSide({
      id,
      link,
      history,
      fates,
      clock: serveClock,
      leasePage: settings.hasLeases ? this.#leasePage : undefined,
      counts: world.counts,
      answer: (answer) => world.answer(id, answer),
      snapshotWanted: () => this.#snapshot(),
      stopped: () => {},
    });
  }

  #wakeServe(): void {
    if (this.#isServeWoken) return;
    this.#isServeWoken = true;
    const { chance, serveThread, world } = this.#parts;
    serveThread.after(chance.waiting(world.settings.serveMs), () => {
      this.#isServeWoken = false;
      if (this.#serve.drain(chance.between(1, FRAMES_MAX))) this.#wakeServe();
      const entries = this.#serve.applied - this.#snapshotIndex;
      if (entries >= world.settings.snapshotEntries) this.#snapshot();
    });
  }

  #snapshot(): void {
    const { state } = this.#serve;
    if (state === undefined || this.#isSnapshotRunning) return;
    this.#isSnapshotRunning = true;
    this.#snapshotIndex = state.index;
    const { files, serveThread, world: { settings } } = this.#parts;
    this.#parts.world.counts.snapshots++;
    const end = (then: () => void) =>
      serveThread.run(() => {
        this.#isSnapshotRunning = false;
        then();
      });
    takeSnapshot(files, state, settings.paddingBytes).then(
      (bytes) => end(() => this.#serve.snapshotTaken(state.index, bytes)),
      // It is asked for again.
      () => end(() => {}),
    );
  }
}

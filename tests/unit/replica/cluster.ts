/**
 * Several replicas in one thread: a network in memory, a clock that moves when told to,
 * and a simulated disk each.
 *
 * @module
 */

import { assert } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import {
  type Entry,
  INITIAL_HARD_STATE,
  MemoryLog,
  type PeerMessage,
} from "../../../src/raft/mod.ts";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";
import {
  LEASE_PAGE_BYTES,
  LeaseReader,
} from "../../../src/replica/lease_page.ts";
import type { ReplicaOptions } from "../../../src/replica/options.ts";
import {
  PROGRESS_PAGE_BYTES,
  ProgressReader,
} from "../../../src/replica/progress_page.ts";
import type { RecoveredLog } from "../../../src/replica/recovered_log.ts";
import { Replica } from "../../../src/replica/replica.ts";
import { NO_PORTS } from "../../../src/transport/mod.ts";
import { type FrameText, ServeSide } from "./harness.ts";
import { SimulatedWriter } from "./simulated_writer.ts";

/** Milliseconds of a tick. */
export const TICK_MS = 100;

/** Ticks of the shortest election timeout. */
export const ELECTION_TICKS = 10;

/** Settings of the nodes of a test. */
export function memberOptions(
  nodeId: number,
  voters: readonly number[],
  changes: Partial<ReplicaOptions> = {},
): ReplicaOptions {
  return {
    nodeId,
    voters,
    fsync: "always",
    tickMs: TICK_MS,
    electionTicks: ELECTION_TICKS,
    proposedBytesMax: 1024,
    applyingBytesMax: 2048,
    snapshotBytes: 1_000_000,
    group: {
      cluster: "test",
      mayBegin: true,
      trustsLog: false,
      incomingMessagesMax: 512,
      incomingBytesMax: 1_000_000,
      appendBytesMax: 10_000,
      inflightAppendsMax: 16,
      inflightBytesMax: 100_000,
      commitNewsMs: 0,
      retainedBytesMax: 1_000_000,
      catchUpBytesMax: 4_000_000,
      leaseDriftMax: 0.01,
      leaseSlackMs: 100,
    },
    ...changes,
  };
}

/** One node in one run. */
export class Member {
  readonly id: number;
  readonly serve: ServeSide;
  readonly raftEnd: LinkEnd;
  readonly writer = new SimulatedWriter();
  readonly statistics = new RaftStatistics(
    new SharedArrayBuffer(STATISTICS_BYTES),
  );
  readonly leasePage = new SharedArrayBuffer(LEASE_PAGE_BYTES);
  readonly lease = new LeaseReader(this.leasePage);
  readonly progressPage = new SharedArrayBuffer(PROGRESS_PAGE_BYTES);
  readonly progress = new ProgressReader(this.progressPage);
  readonly replica: Replica;
  /** All frames so far. */
  readonly frames: FrameText[] = [];
  /** Whether flushes end. */
  hasDisk = true;
  /** Whether it takes turns, and messages get to it. */
  isRunning = true;
  /** Whether it takes no turns for a while; messages wait. */
  isAsleep = false;

  constructor(
    id: number,
    clock: ManualClock,
    options: ReplicaOptions,
    log: RecoveredLog,
    send: (messages: readonly PeerMessage[]) => void,
  ) {
    this.id = id;
    const link = createLink(64 * 1024);
    this.serve = new ServeSide(new LinkEnd(link.near));
    this.raftEnd = new LinkEnd(link.far);
    this.replica = new Replica(
      clock,
      // The lower the id, the earlier it campaigns.
      (bound) => Math.min(bound - 1, 2 * (id - 1)),
      this.raftEnd,
      this.writer,
      log,
      this.statistics,
      options,
      {
        peers: {
          send,
          isConnected: (other) => other !== id,
          portsOf: () => NO_PORTS,
        },
        leasePage: this.leasePage,
        progressPage: this.progressPage,
      },
    );
  }

  /** Frames whose text begins with one of `words`. */
  of(...words: string[]): FrameText[] {
    return this.frames.filter((frame) =>
      words.some((word) => frame.startsWith(`${word} `))
    );
  }

  /** Whether this node leads. */
  get isLeader(): boolean {
    return this.replica.status().role === "leader";
  }
}

/** See the module. */
export class Cluster {
  readonly clock = new ManualClock();
  readonly members = new Map<number, Member>();
  /** Pairs "from>to" over which nothing comes. */
  readonly cuts = new Set<string>();
  /** Messages on their way. */
  messages: PeerMessage[] = [];
  /** All messages that were sent. */
  readonly sent: PeerMessage[] = [];
  readonly #voters: readonly number[];
  readonly #changes: Partial<ReplicaOptions>;

  constructor(
    voters: readonly number[] = [1, 2, 3],
    changes: Partial<ReplicaOptions> = {},
  ) {
    this.#voters = voters;
    this.#changes = changes;
    for (const id of voters) this.start(id);
  }

  /** Starts node `id` with `log`, or none. */
  start(
    id: number,
    log?: RecoveredLog,
    voters = this.#voters,
    changes: Partial<ReplicaOptions> = this.#changes,
  ): Member {
    const empty = {
      stable: new MemoryLog(),
      hardState: INITIAL_HARD_STATE,
      snapshotBytes: 0,
    };
    const member = new Member(
      id,
      this.clock,
      memberOptions(id, voters, changes),
      log ?? empty,
      (messages) => {
        this.messages.push(...messages);
        this.sent.push(...messages);
        const isAsked = messages.some(({ kind }) => kind === "timeout-now");
        const nowMs = this.clock.monotonicMs();
        assert(
          !(isAsked && member.lease.permits(nowMs, 0, Infinity)),
          "no lease when another node is asked to campaign",
        );
      },
    );
    this.members.set(id, member);
    return member;
  }

  /** Starts node `id` again from what its disk has synced. */
  restart(id: number): Member {
    const { writer } = this.node(id);
    const member = this.start(id, logOf(writer));
    member.writer.written.push(...writer.written.slice(0, writer.synced));
    member.writer.synced = writer.synced;
    return member;
  }

  /** The node `id`. */
  node(id: number): Member {
    return this.members.get(id)!;
  }

  /** The node that leads in the newest term. */
  get leader(): Member | undefined {
    const leaders = [...this.members.values()].filter((one) =>
      one.isRunning && one.isLeader
    );
    leaders.sort((a, b) => b.replica.status().term - a.replica.status().term);
    return leaders[0];
  }

  /** Cuts `id` off from all others, both ways, or joins it again. */
  isolate(id: number, isCut = true): void {
    for (const other of this.members.keys()) {
      for (const pair of [`${id}>${other}`, `${other}>${id}`]) {
        if (isCut) this.cuts.add(pair);
        else this.cuts.delete(pair);
      }
    }
  }

  /** Turns, disks and messages until nothing is left to do at this time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 200; round++) {
      for (const member of this.members.values()) this.#turn(member);
      let isBusy = this.#deliver();
      for (const { writer, hasDisk } of this.members.values()) {
        if (hasDisk && writer.isSyncing) await writer.endSync();
        if (!hasDisk || !writer.isFlushing) continue;
        await writer.endFlush();
        isBusy = true;
      }
      if (!isBusy) return;
    }
    assert(false, "the group comes to rest");
  }

  #turn(member: Member): void {
    if (!member.isRunning || member.isAsleep) return;
    member.replica.turn();
    member.frames.push(...member.serve.frames());
  }

  #deliver(): boolean {
    const { messages } = this;
    this.messages = [];
    for (const message of messages) {
      if (this.cuts.has(`${message.from}>${message.to}`)) continue;
      const to = this.members.get(message.to);
      if (to?.isRunning) to.replica.receive(message);
    }
    return messages.length > 0;
  }

  /** Lets `ticks` ticks pass, one at a time. */
  async tick(ticks = 1): Promise<void> {
    for (let tick = 0; tick < ticks; tick++) {
      this.clock.advance(TICK_MS);
      await this.settle();
    }
  }

  /**
   * Lets time pass until a node, another one than `old`, leads and has committed an entry
   * of its term.
   */
  async elect(old?: Member): Promise<Member> {
    for (let tick = 0; tick < 100; tick++) {
      await this.tick();
      const { leader } = this;
      if (leader === old) continue;
      if (
        leader?.frames.findLast((frame) => frame.startsWith("LEADERSHIP"))
          ?.endsWith("\x01")
      ) return leader;
    }
    throw new Error("nobody was elected");
  }
}

/** What the disk of `writer` holds after a crash. */
export function logOf(writer: SimulatedWriter): RecoveredLog {
  const stable = new MemoryLog();
  let hardState = INITIAL_HARD_STATE;
  const entries: Entry[] = [];
  for (const unit of writer.written.slice(0, writer.synced)) {
    entries.push(...unit.entries);
    stable.append(unit.entries);
    hardState = unit.hardState ?? hardState;
  }
  return { stable, hardState, snapshotBytes: 0 };
}

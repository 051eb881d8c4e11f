/**
 * What a seed decides before anything happens: which faults there are in this run, and
 * how bad each is. Some runs have few, so that each kind is also seen alone.
 *
 * @module
 */

import type { Chance } from "../kernel/chance.ts";
import type { RaftSettings } from "../node/options.ts";
import type { DiskSettings } from "./disk.ts";
import type { PostSettings } from "./post.ts";

/** Mean times between faults of a kind; Infinity = none. */
export interface FaultSettings {
  /** Crashes of a node. */
  readonly crashMs: number;
  /** Probability of a crash right after a node has worked on something. */
  readonly boundaryProbability: number;
  /** Time after which a new leader crashes. */
  readonly reignMs: number;
  /**
   * Whether such a leader stays down until the next ones have crashed, so that each time
   * other nodes elect.
   */
  readonly areRelayed: boolean;
  /** Time for which a node is down. */
  readonly downMs: number;
  /** Pauses of a node, which then goes on as if nothing had been. */
  readonly pauseMs: number;
  /** Length of a pause. */
  readonly pausedMs: number;
  /** Partitions. */
  readonly partitionMs: number;
  /** Length of a partition. */
  readonly partedMs: number;
  /** Jams of a link. */
  readonly jamMs: number;
  /** Leaders that hear others late, and are not heard. */
  readonly isolateMs: number;
  /** Stalls of a disk. */
  readonly stallMs: number;
  /** Membership changes. */
  readonly changeMs: number;
  /** Leadership transfers. */
  readonly transferMs: number;
  /** Operators that make a node forget its leader. */
  readonly forgetMs: number;
  /** Disks that are lost for ever, with the node's id. */
  readonly wipeMs: number;
}

/** Clients of a run. */
export interface ClientSettings {
  /** How many. */
  readonly clients: number;
  /** Registers in use at a time. */
  readonly keys: number;
  /** Mean time between two requests of a client. */
  readonly thinkMs: number;
  /** Times as long as that when a request was refused. */
  readonly refusedFactor: number;
  /** Time after which a client gives an answer up. */
  readonly timeoutMs: number;
  /** Probability that a request is a read. */
  readonly readProbability: number;
  /** Bytes of a command. */
  readonly commandBytes: number;
  /** Probability that a client asks another node than the newest leader. */
  readonly strayProbability: number;
}

/** Everything of a run. */
export interface Settings {
  /** Voters at the start. */
  readonly nodes: number;
  /** Whether the log begins with the entries that make them voters. */
  readonly isBootstrapped: boolean;
  /** Length of the part with faults. */
  readonly durationMs: number;
  /** A tick of a node. */
  readonly tickMs: number;
  /** Largest relative error of a node's clock. */
  readonly driftMax: number;
  /** Mean time of a portion for the state machine. */
  readonly applyMs: number;
  /** Mean time of a start. */
  readonly startMs: number;
  /** See {@linkcode RaftSettings}. */
  readonly raft: RaftSettings;
  /** Entries from one snapshot to the next. */
  readonly snapshotEntries: number;
  /** Ticks after which a read is asked for again. */
  readonly readRetryTicks: number;
  /** Whether appends that may wait do. */
  readonly mergesAppends: boolean;
  /** See {@linkcode PostSettings}. */
  readonly post: PostSettings;
  /** See {@linkcode DiskSettings}. */
  readonly disk: DiskSettings;
  /** See {@linkcode FaultSettings}. */
  readonly faults: FaultSettings;
  /** See {@linkcode ClientSettings}. */
  readonly clients: ClientSettings;
}

/** Probability of {@linkcode shortReigns}. */
const SHORT_REIGNS_PROBABILITY = 0.1;

/** The settings of a seed. */
export function drawSettings(chance: Chance): Settings {
  const settings = drawAll(chance);
  return chance.happens(SHORT_REIGNS_PROBABILITY)
    ? shortReigns(settings, chance)
    : settings;
}

/**
 * Leaders that crash about when their first entries arrive at others: logs that differ in
 * many terms (thesis figures 3.6 and 3.7). Other faults are left out, so that there are
 * many elections.
 */
function shortReigns(settings: Settings, chance: Chance): Settings {
  const { raft, post, disk, faults } = settings;
  const delayMs = Math.min(post.delayMs, 30);
  const syncMs = Math.min(disk.syncMs, 20);
  const roundMs = 2 * (post.delayMsMin + delayMs) + syncMs;
  return {
    ...settings,
    nodes: chance.pick([3, 3, 5]),
    raft: { ...raft, appendBytesMax: 0, synchronousStorage: false },
    post: { ...post, delayMs, lossProbability: 0 },
    disk: { ...disk, syncMs, errorProbability: 0 },
    faults: {
      ...faults,
      reignMs: roundMs * chance.pick([0.5, 1, 2, 4]),
      areRelayed: chance.happens(0.7),
      downMs: chance.pick([500, 1500]),
      boundaryProbability: 0,
      crashMs: Infinity,
      pauseMs: Infinity,
      partitionMs: Infinity,
      isolateMs: Infinity,
      stallMs: chance.pick([Infinity, 1000, 3000]),
      changeMs: Infinity,
      wipeMs: Infinity,
    },
  };
}

function drawAll(chance: Chance): Settings {
  return {
    nodes: chance.pick([1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 6, 7]),
    isBootstrapped: chance.happens(0.5),
    durationMs: chance.between(10_000, 30_000),
    tickMs: 100,
    driftMax: chance.pick([0, 0.01, 0.1]),
    applyMs: chance.pick([0.1, 1, 50, 500]),
    startMs: chance.pick([1, 50, 500]),
    raft: drawRaft(chance.stream("raft")),
    snapshotEntries: chance.pick([3, 5, 10, 30, 1000]),
    readRetryTicks: chance.pick([1, 2, 5]),
    mergesAppends: chance.happens(0.5),
    post: drawPost(chance.stream("post")),
    disk: drawDisk(chance.stream("disk")),
    faults: drawFaults(chance.stream("faults")),
    clients: drawClients(chance.stream("clients")),
  };
}

function drawRaft(chance: Chance): RaftSettings {
  return {
    electionTicks: 10,
    preVote: chance.happens(0.6),
    checkQuorum: chance.happens(0.6),
    quietTicks: chance.pick([0, 0, 10]),
    stepDownOnRemoval: chance.happens(0.7),
    disableProposalForwarding: chance.happens(0.5),
    synchronousStorage: chance.happens(0.2),
    appendBytesMax: chance.pick([0, 100, 1000, Infinity]),
    inflightAppendsMax: chance.pick([1, 2, 8, 256]),
    inflightBytesMax: chance.pick([64, 1000, Infinity]),
    applyingBytesMax: chance.pick([1, 200, Infinity]),
    uncommittedBytesMax: chance.pick([100, 1000, Infinity, Infinity]),
  };
}

function drawPost(chance: Chance): PostSettings {
  return {
    delayMsMin: chance.pick([0.1, 1, 10]),
    delayMs: chance.pick([0.5, 5, 5, 30, 100]),
    lossProbability: chance.pick([0, 0, 0.01, 0.1, 0.3]),
    duplicateProbability: chance.pick([0, 0.01, 0.1, 0.5]),
    keepsOrder: chance.happens(0.3),
    noticeProbability: chance.pick([0, 0.2, 1]),
    snapshotSlowness: chance.pick([1, 3, 10]),
  };
}

function drawDisk(chance: Chance): DiskSettings {
  return {
    syncMs: chance.pick([0.2, 2, 20, 100]),
    writeMs: chance.pick([0.05, 5]),
    snapshotMs: chance.pick([1, 100, 1000]),
    errorProbability: chance.pick([0, 0, 0.002, 0.01]),
    lossProbability: chance.pick([0.5, 0.8, 1]),
    keptEntries: chance.pick([0, 0, 2, 20]),
  };
}

function drawFaults(chance: Chance): FaultSettings {
  const mean = (probability: number, choices: readonly number[]): number => {
    const ms = chance.pick(choices);
    return chance.happens(probability) ? ms : Infinity;
  };
  return {
    crashMs: mean(0.7, [1000, 3000, 10_000]),
    boundaryProbability: chance.pick([0, 0, 0, 0.0003, 0.003, 0.01]),
    reignMs: mean(0.1, [20, 200, 1000]),
    areRelayed: false,
    downMs: chance.pick([10, 500, 3000]),
    pauseMs: mean(0.5, [2000, 10_000]),
    pausedMs: chance.pick([100, 1000, 4000]),
    partitionMs: mean(0.6, [1000, 5000, 15_000]),
    partedMs: chance.pick([500, 2000, 8000]),
    jamMs: mean(0.4, [1000, 5000]),
    isolateMs: mean(0.3, [3000, 8000]),
    stallMs: mean(0.4, [2000, 10_000]),
    changeMs: mean(0.6, [200, 1000, 4000]),
    transferMs: mean(0.4, [1000, 5000]),
    forgetMs: mean(0.2, [2000, 10_000]),
    wipeMs: mean(0.3, [4000, 15_000]),
  };
}

function drawClients(chance: Chance): ClientSettings {
  return {
    clients: chance.between(1, 8),
    keys: chance.between(1, 5),
    thinkMs: chance.pick([20, 100, 500]),
    refusedFactor: 1,
    timeoutMs: chance.pick([500, 2000, 5000]),
    readProbability: chance.pick([0.2, 0.5, 0.8]),
    commandBytes: chance.pick([16, 64, 256]),
    strayProbability: chance.pick([0.05, 0.3, 1]),
  };
}

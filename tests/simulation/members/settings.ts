/**
 * What a seed decides before anything happens to whole nodes.
 *
 * @module
 */

import {
  type FsyncPolicy,
  SNAPSHOT_BYTES_MIN,
} from "../../../src/config/mod.ts";
import type { Chance } from "../kernel/chance.ts";
import type { NetworkNature } from "../pipe.ts";
import type { ClientSettings, FaultSettings } from "../world/settings.ts";

/** How a disk behaves. */
export interface DiskNature {
  /** Mean time of a sync. */
  readonly syncMs: number;
  /** Mean time of anything else. */
  readonly writeMs: number;
  /** Probability that an operation fails. */
  readonly errorProbability: number;
}

/** Mean times between faults that only whole nodes know; Infinity = none. */
export interface NodeFaultSettings {
  /** Connections between two nodes that break. */
  readonly breakMs: number;
  /** Disks without room. */
  readonly fullMs: number;
  /** How long they are. */
  readonly fullForMs: number;
  /** Serve Workers that are stopped. */
  readonly serveStopMs: number;
  /** Machines that sleep, with their monotonic clocks. */
  readonly sleepMs: number;
  /** Wall clocks that are set. */
  readonly wallStepMs: number;
  /** Leaders that hear others late, and then not at all. */
  readonly lagMs: number;
  /** Nodes that stop in order, and start again. */
  readonly stopMs: number;
}

/** Bounds of a replica; small ones are reached. */
export interface ReplicaSettings {
  readonly proposedBytesMax: number;
  readonly applyingBytesMax: number;
  readonly snapshotBytes: number;
  readonly segmentBytes: number;
  readonly retainedBytesMax: number;
  readonly appendBytesMax: number;
  readonly inflightAppendsMax: number;
  readonly incomingMessagesMax: number;
  readonly ringBytes: number;
}

/** Everything of a run. */
export interface MemberSettings {
  /** Voters at the start. */
  readonly nodes: number;
  /** Length of the part with faults. */
  readonly durationMs: number;
  /** A tick of a node. */
  readonly tickMs: number;
  /** Largest relative error of a clock, and what leases allow for. */
  readonly driftMax: number;
  /** See `ReplicaOptions.fsync`. */
  readonly fsync: FsyncPolicy;
  /** Whether reads trust leases. */
  readonly hasLeases: boolean;
  /** Mean time until a thread runs that has something to do. */
  readonly turnMs: number;
  /** Mean time until the serve Worker looks at what it was sent. */
  readonly serveMs: number;
  /** Mean time of a start. */
  readonly startMs: number;
  /** Entries after which the serve Worker takes a snapshot by itself. */
  readonly snapshotEntries: number;
  /** Bytes by which a snapshot is larger than it need be. */
  readonly paddingBytes: number;
  /** Bytes of snapshots sent in a second. */
  readonly snapshotBytesPerSecond: number;
  readonly replica: ReplicaSettings;
  readonly network: NetworkNature;
  readonly disk: DiskNature;
  readonly faults: FaultSettings;
  readonly nodeFaults: NodeFaultSettings;
  readonly clients: ClientSettings;
}

/** The settings of a seed. */
export function drawMemberSettings(chance: Chance): MemberSettings {
  const settings = drawAll(chance);
  if (chance.happens(LEASE_TRIAL_PROBABILITY)) {
    return leaseTrial(settings, chance);
  }
  return settings.fsync === "always" ? settings : relaxed(settings);
}

/** Where nobody leads, to be refused again and again finds nothing and takes most of the time. */
const REFUSED_FACTOR = 5;

/** Probability of {@linkcode leaseTrial}. */
const LEASE_TRIAL_PROBABILITY = 0.25;

/**
 * Leaders that are cut off, or sleep, or hand over, while clients read from them and write
 * elsewhere: all else is quick, so that the times of leases and elections decide.
 */
function leaseTrial(settings: MemberSettings, chance: Chance): MemberSettings {
  const { clients, faults, nodeFaults, replica } = settings;
  return {
    ...settings,
    // The more voters, the sooner one of them campaigns.
    nodes: chance.pick([3, 5, 5]),
    driftMax: chance.pick([0, 0.05, 0.05]),
    fsync: "always",
    hasLeases: true,
    startMs: 1,
    turnMs: 0.02,
    serveMs: chance.pick([0.02, 0.02, 5]),
    snapshotEntries: 100,
    paddingBytes: 0,
    replica: { ...replica, proposedBytesMax: 100_000, ringBytes: 65_536 },
    network: { delayMs: chance.pick([[0.1, 1], [1, 10]]), windowBytes: 65_536 },
    disk: { syncMs: 0.2, writeMs: 0.02, errorProbability: 0 },
    faults: {
      ...faults,
      crashMs: chance.pick([Infinity, 200, 1_000]),
      boundaryProbability: 0,
      reignMs: Infinity,
      downMs: 10,
      pauseMs: chance.pick([Infinity, 500]),
      pausedMs: chance.pick([300, 1_000]),
      partitionMs: chance.pick([Infinity, 700, 700]),
      partedMs: 1_500,
      jamMs: Infinity,
      isolateMs: chance.pick([Infinity, 1_000]),
      stallMs: Infinity,
      changeMs: Infinity,
      transferMs: chance.pick([Infinity, 200]),
      wipeMs: Infinity,
    },
    nodeFaults: {
      ...nodeFaults,
      breakMs: Infinity,
      fullMs: Infinity,
      sleepMs: chance.pick([Infinity, 500]),
      wallStepMs: chance.pick([Infinity, Infinity, 1_000]),
      lagMs: chance.pick([Infinity, 1_500]),
      stopMs: Infinity,
    },
    clients: {
      ...clients,
      clients: 6,
      keys: 2,
      thinkMs: 5,
      refusedFactor: REFUSED_FACTOR,
      timeoutMs: 200,
      readProbability: 0.7,
      strayProbability: 0.7,
    },
  };
}

/**
 * Without syncs what was promised is lost when more than one disk forgets or fails at a
 * time, so that there are no further losses of disks.
 */
function relaxed(settings: MemberSettings): MemberSettings {
  const { disk, faults } = settings;
  return {
    ...settings,
    disk: { ...disk, errorProbability: 0 },
    faults: { ...faults, changeMs: Infinity, wipeMs: Infinity },
  };
}

/** Lengths by ticks: enough of either for elections, and for the faults, whose times are fixed. */
const DURATIONS_MS: Readonly<Record<number, readonly [number, number]>> = {
  20: [2_500, 6_000],
  50: [3_000, 8_000],
};

function drawAll(chance: Chance): MemberSettings {
  const tickMs = chance.pick([20, 20, 50]);
  return {
    nodes: chance.pick([1, 2, 3, 3, 3, 3, 3, 3, 4, 5]),
    durationMs: chance.between(...DURATIONS_MS[tickMs]!),
    tickMs,
    driftMax: chance.pick([0, 0.01, 0.05]),
    fsync: chance.pick(
      ["always", "always", "always", "always", "everysec", "no"],
    ),
    hasLeases: chance.happens(0.7),
    turnMs: chance.pick([0.02, 0.02, 0.5, 3]),
    serveMs: chance.pick([0.02, 0.02, 0.5, 5]),
    startMs: chance.pick([1, 50, 300]),
    snapshotEntries: chance.pick([3, 10, 10, 30, 100, 1_000]),
    paddingBytes: chance.pick([0, 0, 0, 0, 0, 2_000, 2_000, 300_000]),
    snapshotBytesPerSecond: chance.pick([100_000, 10_000_000]),
    replica: drawReplica(chance.stream("replica")),
    network: {
      delayMs: chance.pick([[0.1, 1], [1, 10], [5, 60]]),
      windowBytes: chance.pick([1_000, 65_536]),
    },
    disk: {
      syncMs: chance.pick([0.2, 2, 2, 20, 60]),
      writeMs: chance.pick([0.02, 0.02, 2]),
      errorProbability: chance.pick([0, 0, 0, 0.0005, 0.003]),
    },
    faults: drawFaults(chance.stream("faults")),
    nodeFaults: drawNodeFaults(chance.stream("node faults")),
    clients: drawClients(chance.stream("clients")),
  };
}

function drawReplica(chance: Chance): ReplicaSettings {
  return {
    proposedBytesMax: chance.pick([200, 2_000, 100_000]),
    applyingBytesMax: chance.pick([200, 2_000, 100_000]),
    snapshotBytes: chance.pick([SNAPSHOT_BYTES_MIN, 1_000_000]),
    segmentBytes: chance.pick([8_192, 16_384, 65_536]),
    retainedBytesMax: chance.pick([500, 500, 5_000, 100_000]),
    appendBytesMax: chance.pick([1, 500, 10_000]),
    inflightAppendsMax: chance.pick([1, 4, 64]),
    incomingMessagesMax: chance.pick([4, 512, 512]),
    ringBytes: chance.pick([1_024, 4_096, 65_536]),
  };
}

function drawFaults(chance: Chance): FaultSettings {
  const mean = (probability: number, choices: readonly number[]): number => {
    const ms = chance.pick(choices);
    return chance.happens(probability) ? ms : Infinity;
  };
  return {
    crashMs: mean(0.7, [700, 2_000, 6_000]),
    boundaryProbability: chance.pick([0, 0, 0, 0.0005, 0.005]),
    reignMs: mean(0.1, [20, 200, 1_000]),
    areRelayed: false,
    downMs: chance.pick([10, 300, 1_500]),
    pauseMs: mean(0.4, [1_000, 4_000]),
    pausedMs: chance.pick([50, 500, 2_000]),
    partitionMs: mean(0.6, [700, 3_000, 8_000]),
    partedMs: chance.pick([300, 1_500, 4_000]),
    jamMs: mean(0.4, [700, 3_000]),
    isolateMs: mean(0.3, [2_000, 5_000]),
    stallMs: mean(0.4, [1_000, 5_000]),
    changeMs: mean(0.5, [100, 300, 1_000]),
    transferMs: mean(0.4, [500, 3_000]),
    forgetMs: Infinity,
    wipeMs: mean(0.2, [3_000, 8_000]),
  };
}

function drawNodeFaults(chance: Chance): NodeFaultSettings {
  const mean = (probability: number, choices: readonly number[]): number => {
    const ms = chance.pick(choices);
    return chance.happens(probability) ? ms : Infinity;
  };
  return {
    breakMs: mean(0.4, [200, 1_000, 4_000]),
    fullMs: mean(0.15, [2_000, 5_000]),
    fullForMs: chance.pick([100, 1_000]),
    serveStopMs: mean(0.3, [500, 2_000]),
    sleepMs: mean(0.3, [2_000, 5_000]),
    wallStepMs: mean(0.3, [1_000, 4_000]),
    lagMs: mean(0.2, [3_000]),
    stopMs: mean(0.3, [1_000, 5_000]),
  };
}

function drawClients(chance: Chance): ClientSettings {
  return {
    clients: chance.between(1, 6),
    keys: chance.between(1, 4),
    thinkMs: chance.pick([10, 20, 100]),
    refusedFactor: REFUSED_FACTOR,
    timeoutMs: chance.pick([300, 1_000, 3_000]),
    readProbability: chance.pick([0.2, 0.5, 0.8]),
    commandBytes: chance.pick([16, 16, 64, 256, 1_500]),
    strayProbability: chance.pick([0.05, 0.05, 0.3, 1]),
  };
}

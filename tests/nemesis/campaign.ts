/**
 * A cluster under load and faults, in rounds: faults for a while, then none, so that the cluster
 * must serve again. At the end everything is read again.
 *
 * @module
 */

import { Random } from "../differential/random.ts";
import { sleep } from "../servers/mod.ts";
import { Cluster, type ClusterOptions } from "./cluster/cluster.ts";
import { MEMBER_FAULTS } from "./faults/members.ts";
import type { LogFigures } from "./cluster/log_figures.ts";
import { NETWORK_FAULTS } from "./faults/partitions.ts";
import { PROCESS_FAULTS } from "./faults/processes.ts";
import { type FaultCounts, makeFaults } from "./faults/schedule.ts";
import type { Fault, Stage } from "./faults/stage.ts";
import { HistoryClock } from "./histories/history.ts";
import { Client } from "./workloads/client.ts";
import { LISTS_IN_MULTI, SETS } from "./workloads/collections.ts";
import { EXPIRING_KEYS } from "./workloads/expiring_keys.ts";
import { Ledger } from "./workloads/ledger.ts";
import { QUEUES } from "./workloads/queues.ts";
import { COUNTERS, REGISTERS } from "./workloads/registers.ts";
import type { Workload } from "./workloads/subject.ts";
import { WorkloadRun } from "./workloads/workload_run.ts";

/** All workloads. */
export const WORKLOADS: readonly Workload[] = [
  REGISTERS,
  COUNTERS,
  SETS,
  LISTS_IN_MULTI,
  QUEUES,
  EXPIRING_KEYS,
];

/** All faults. */
export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...NETWORK_FAULTS,
  ...MEMBER_FAULTS,
];

/** What a campaign does. */
export interface CampaignOptions extends ClusterOptions {
  readonly seconds: number;
  /** Repeats the choices, as far as processes and time let it. */
  readonly seed: number;
  readonly workloads: readonly Workload[];
  readonly faults: readonly Fault[];
  /** Milliseconds a client waits between two operations, on average. */
  readonly thinkMs: number;
  /** Told of what happens, for people to read. */
  readonly say: (text: string) => void;
}

/** What a campaign has done. */
export interface CampaignFigures {
  readonly ledger: Ledger;
  readonly output: LogFigures;
  readonly faults: FaultCounts;
  rounds: number;
  /** The longest time until a write succeeded after all was made good. */
  recoveryMsMax: number;
  /** Where the nodes' data and output are; only when something is wrong. */
  kept: readonly string[];
}

const ROUND_MS_MIN = 15_000;
const ROUND_MS_MAX = 40_000;
const CALM_MS = 2_000;
/** Only the last part of what a node prints is kept. */
const READ_OUTPUT_MS = 2_000;
const DIGEST = /^[0-9a-f]{40}$/;
const DIGEST_PAUSE_MS = 100;
/** A cluster in which nothing is in the way serves again so soon. */
const RECOVERY_MS_MAX = 30_000;

/** See the module. */
class Campaign {
  readonly #options: CampaignOptions;
  readonly #random: Random;
  readonly #cluster: Cluster;
  readonly #ledger = new Ledger();
  readonly #untilMs: number;
  readonly #probe: Client;
  readonly #runs: readonly WorkloadRun[];
  #probes = 0;
  readonly figures: CampaignFigures;

  constructor(options: CampaignOptions, random: Random, cluster: Cluster) {
    this.#options = options;
    this.#random = random;
    this.#cluster = cluster;
    this.#untilMs = performance.now() + options.seconds * 1000;
    const ports = () => cluster.ports;
    const { seed, thinkMs } = options;
    this.#probe = new Client(0, ports, new Random(seed, 1), {
      ended: () => {},
      strange: (_request, error) =>
        options.say(`a probe was answered: ${error}`),
    });
    const clock = new HistoryClock();
    const ledger = this.#ledger;
    let firstClient = 1;
    this.#runs = options.workloads.map((workload) => {
      const context = { ports, seed, clock, ledger, thinkMs, firstClient };
      // One more is the auditor.
      firstClient += workload.clients + 1;
      return new WorkloadRun(workload, context);
    });
    const faults: FaultCounts = new Map();
    const output = cluster.figures;
    this.figures = {
      ...{ ledger, output, faults },
      ...{ rounds: 0, recoveryMsMax: 0, kept: [] },
    };
  }

  async run(): Promise<void> {
    await this.#recover("the start");
    const working = this.#runs.map((run) => run.run());
    const reading = setInterval(
      () => this.#cluster.readOutput(),
      READ_OUTPUT_MS,
    );
    try {
      while (!this.#isOver()) {
        await this.#round();
        await this.#recover("faults");
        await sleep(CALM_MS);
        this.figures.rounds++;
      }
    } finally {
      clearInterval(reading);
      for (const run of this.#runs) run.stop();
      await Promise.all(working);
    }
    if (this.#ledger.violationCount > 0) return;
    this.#options.say("reading everything again");
    await Promise.all(this.#runs.map((run) => run.finish()));
    this.#probe.close();
    await this.#compare();
  }

  /** All nodes must come to hold the same. */
  async #compare(): Promise<void> {
    const untilMs = performance.now() + RECOVERY_MS_MAX;
    for (;;) {
      const digests = await this.#cluster.digests();
      const isSame = new Set(digests).size === 1;
      if (isSame && DIGEST.test(digests[0]!)) return;
      if (performance.now() > untilMs) {
        return this.#ledger.accuse("digests", {
          rule: "all nodes hold the same",
          detail: digests.join(", "),
          operations: [],
        });
      }
      await sleep(DIGEST_PAUSE_MS);
    }
  }

  #isOver(): boolean {
    return performance.now() >= this.#untilMs ||
      this.#ledger.violationCount > 0;
  }

  async #round(): Promise<void> {
    const endMs = Math.min(
      this.#untilMs,
      performance.now() + this.#random.between(ROUND_MS_MIN, ROUND_MS_MAX),
    );
    const stage: Stage = {
      cluster: this.#cluster,
      random: this.#random,
      isOver: () => performance.now() >= endMs || this.#isOver(),
      say: this.#options.say,
    };
    const { faults } = this.#options;
    const of = (all: readonly Fault[]) =>
      all.filter((fault) => faults.includes(fault));
    await Promise.all([
      makeFaults(stage, of(PROCESS_FAULTS), this.figures.faults),
      makeFaults(stage, of(NETWORK_FAULTS), this.figures.faults),
      makeFaults(stage, of(MEMBER_FAULTS), this.figures.faults),
    ]);
  }

  /** Waits until a write succeeds: nothing is in the way any more. */
  async #recover(since: string): Promise<void> {
    const beganMs = performance.now();
    for (;;) {
      const answer = await this.#probe.ask("SET", "probe", ++this.#probes);
      const tookMs = performance.now() - beganMs;
      if (answer.outcome === "ok") {
        this.figures.recoveryMsMax = Math.max(
          this.figures.recoveryMsMax,
          tookMs,
        );
        return;
      }
      if (tookMs > RECOVERY_MS_MAX) {
        return this.#ledger.accuse("probe", {
          rule: "the cluster answers when nothing is in the way",
          detail: `no write in ${RECOVERY_MS_MAX} ms since ${since}: ` +
            answer.reason,
          operations: [],
        });
      }
    }
  }
}

/**
 * Runs a campaign. What was found is in the figures.
 *
 * @throws {Error} When a node does not start, or not again; its data is kept.
 */
export async function runCampaign(
  options: CampaignOptions,
): Promise<CampaignFigures> {
  const random = new Random(options.seed);
  const cluster = await Cluster.start(options, random);
  let isGood = false;
  try {
    const campaign = new Campaign(options, random, cluster);
    await campaign.run();
    isGood = campaign.figures.ledger.violationCount === 0;
    if (!isGood) campaign.figures.kept = cluster.dirs;
    return campaign.figures;
  } finally {
    if (!isGood) {
      cluster.keepOutput();
      options.say(`data of the nodes, and their output: ${cluster.dirs}`);
    }
    await cluster.close(!isGood);
  }
}

/**
 * Many rounds on two running servers: RESP2 and RESP3 in turn, differences
 * minimised and described, counts kept.
 *
 * @module
 */

import { fromLatin1, RespClient, textOf } from "../servers/mod.ts";
import { SHARED_PARAMETERS } from "./groups/server_group.ts";
import type { Unit } from "./commands.ts";
import { minimise } from "./minimise.ts";
import {
  type Difference,
  formatCommand,
  type RoundOptions,
  type RoundResult,
  runRound,
  type ServerPorts,
} from "./round.ts";
import { type GroupName, makeSequence } from "./sequence.ts";

/** What to run. */
export interface CampaignOptions {
  /** 32-bit seed; round `r` is made from it and `r` alone. */
  readonly seed: number;
  /** Commands to compare altogether, at least. */
  readonly commandCount: number;
  /** Commands a round. @default {4000} */
  readonly roundCommands?: number;
  /** First round, to replay one. @default {0} */
  readonly firstRound?: number;
  /** Groups of commands to draw from. */
  readonly groups: readonly GroupName[];
  /** Commands to leave out, upper case. */
  readonly skipped?: ReadonlySet<string>;
  /** Different differences after which the run ends. @default {1} */
  readonly differencesMax?: number;
  /** Takes each line as soon as it is known. */
  readonly print: (line: string) => void;
}

/** What came of it. */
export interface CampaignResult {
  /** Commands whose replies were compared. */
  readonly commandCount: number;
  /** Rounds run. */
  readonly roundCount: number;
  /** How often each explanation was used. */
  readonly explained: ReadonlyMap<string, number>;
  /** Every different unexplained difference, described with its sequence. */
  readonly differences: readonly string[];
}

const BATCHES = [1, 20, 100, 200];
/** Connections of a round, by every second round. */
const CONNECTIONS = [1, 1, 3, 2, 5];

const SAMPLES: readonly (readonly string[])[] = [
  ["SET", "sample", ""],
  ["SET", "sample", "a"],
  ["SET", "sample", "12345"],
  ["SET", "sample", "-70000"],
  ["SET", "sample", "9223372036854775807"],
  ["SET", "sample", "\x00\xff binary"],
  ["SET", "sample", "compressible ".repeat(40)],
  ["SET", "sample", "abcdefghijklmnopqrst".repeat(1000)],
  ["SETBIT", "sample", "1000", "1"],
  ["HSET", "sample", "f0", "v", "f1", "12", "f2", "\x00", "f3", "x".repeat(60)],
  ["HSET", "sample", "f0", "y".repeat(70), "f1", "z".repeat(300)],
  ["RPUSH", "sample", "a", "12", "-70000", "", "z".repeat(300), "\x00"],
  ["RPUSH", "sample", ..."abcdefghij".split("").map((c) => c.repeat(3000))],
  ["SADD", "sample", "1", "-70000", "9223372036854775807"],
  ["SADD", "sample", "7", "-7"],
  ["SADD", "sample", "a", "12", "", "z".repeat(300)],
  ["XADD", "sample", "1-1", "f0", "v0", "f1", "-5"],
  ["ZADD", "sample", "1", "m0", "-0.5", "m1", "inf", "m2", "300", "17"],
  ["ZADD", "sample", "1", "m".repeat(70), "-inf", "m1", "0.25", ""],
];

/** DUMP payloads of sample values as the oracle makes them. */
export async function makePayloads(port: number): Promise<string[]> {
  using client = await RespClient.connect(port);
  // As in the rounds: what `~` trims depends on the nodes that a payload has.
  const nodes = "stream-node-max-entries";
  await client.call("CONFIG", "SET", nodes, SHARED_PARAMETERS[nodes]!);
  const payloads: string[] = [];
  for (const sample of SAMPLES) {
    await client.call("DEL", "sample");
    await client.call(...sample.map(fromLatin1));
    payloads.push(textOf(await client.call("DUMP", "sample")));
  }
  for (let index = 0; index < 150; index++) {
    await client.call("HSET", "sample:wide", `field${index}`, index * 3);
    await client.call("RPUSH", "sample:list", `item${index % 20}`, index);
    await client.call("SADD", "sample:set", `member${index}`);
    await client.call("XADD", "sample:long", `5-${index + 1}`, "f", index);
  }
  await client.call("XDEL", "sample:long", "5-3", "5-150");
  const wide = ["sample:wide", "sample:list", "sample:set", "sample:long"];
  for (const key of wide) {
    payloads.push(textOf(await client.call("DUMP", key)));
  }
  return payloads;
}

function describe(
  difference: Difference,
  units: readonly Unit[],
  replay: string,
): string {
  const lines = units.flatMap(({ commands, pauseMs, afterPause }) => [
    ...commands.map((command) => `    ${formatCommand(command)}`),
    ...(pauseMs === undefined ? [] : [`    (wait ${pauseMs} ms)`]),
    ...(afterPause ?? []).map((command) => `    ${formatCommand(command)}`),
  ]);
  return [
    `DIFFERENCE: ${difference.description}`,
    `  sequence of ${units.length} units:`,
    ...lines,
    `  replay: ${replay}`,
  ].join("\n");
}

/** Runs rounds one after the other; holds what they found. */
class Campaign {
  readonly #ports: ServerPorts;
  readonly #options: CampaignOptions;
  readonly #payloads: readonly string[];
  readonly #signatures = new Set<string>();
  readonly #differences: string[] = [];
  readonly #explained = new Map<string, number>();
  #commandCount = 0;
  #roundCount = 0;

  constructor(
    ports: ServerPorts,
    options: CampaignOptions,
    payloads: readonly string[],
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#payloads = payloads;
  }

  async run(): Promise<CampaignResult> {
    const { commandCount, differencesMax = 1 } = this.#options;
    while (
      this.#commandCount < commandCount &&
      this.#differences.length < differencesMax
    ) {
      await this.#runOne((this.#options.firstRound ?? 0) + this.#roundCount);
      this.#roundCount++;
      this.#maybePrintProgress();
    }
    return {
      commandCount: this.#commandCount,
      roundCount: this.#roundCount,
      explained: this.#explained,
      differences: this.#differences,
    };
  }

  async #runOne(round: number): Promise<void> {
    const { seed, groups, skipped, roundCommands = 4000 } = this.#options;
    const units = makeSequence({
      seed,
      round,
      commandCount: roundCommands,
      groups,
      skipped: skipped ?? new Set(),
      payloads: this.#payloads,
    });
    const options: RoundOptions = {
      protocol: round % 2 === 0 ? 2 : 3,
      // Small batches are slow, so only one round in forty goes one by one.
      batchCommands: round % 40 === 39 ? 1 : BATCHES[1 + (round % 3)]!,
      connectionCount: CONNECTIONS[(round >> 1) % CONNECTIONS.length]!,
      comparesKeyspace: true,
      reloadsKeyspace: round % 8 === 5,
    };
    const result = await runRound(this.#ports, units, options);
    this.#count(result);
    const { difference } = result;
    if (!difference || this.#signatures.has(difference.signature)) return;
    this.#signatures.add(difference.signature);
    const replay = `--seed=${seed} --round=${round}`;
    this.#options.print(
      `difference in round ${round} (${replay}), minimising:\n` +
        difference.description,
    );
    const least = await minimise(this.#ports, units, difference, options);
    const text = describe(least.difference, least.units, replay);
    this.#differences.push(text);
    this.#options.print(text);
  }

  #count({ commandCount, explained }: RoundResult): void {
    this.#commandCount += commandCount;
    for (const [name, count] of explained) {
      this.#explained.set(name, (this.#explained.get(name) ?? 0) + count);
    }
  }

  #maybePrintProgress(): void {
    if (this.#roundCount % 25 !== 0) return;
    this.#options.print(
      `round ${this.#roundCount}: ${this.#commandCount} commands, ` +
        `${this.#differences.length} differences`,
    );
  }
}

/** Compares both servers until enough commands or differences are seen. */
export async function runCampaign(
  ports: ServerPorts,
  options: CampaignOptions,
): Promise<CampaignResult> {
  const payloads = await makePayloads(ports.oracle);
  return await new Campaign(ports, options, payloads).run();
}

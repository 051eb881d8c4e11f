/**
 * kill -9 again and again: under load, in the middle of snapshots, of segments being
 * begun and removed, and of starts.
 *
 * @module
 */

import { Random } from "../differential/random.ts";
import {
  type Durability,
  lanekvCommand,
  ReplyTimeoutError,
  RespClient,
  ServerProcess,
  sleep,
} from "../servers/mod.ts";
import { isConnectionLoss, Writer } from "./acknowledgement_log.ts";

/** What a campaign does. */
export interface KillOptions {
  /** Kills under load. */
  readonly kills: number;
  /** Repeats the moments, as far as the machine lets it. */
  readonly seed: number;
  /** fsync policies, in turns; a killed process loses nothing under any. */
  readonly policies: readonly Durability[];
}

/** What happened. */
export interface KillFigures {
  /** Kills under load. */
  kills: number;
  /** Kills before the server served. */
  killsWhileStarting: number;
  /** Writes acknowledged. */
  acknowledged: number;
  /** INCRs acknowledged, each exactly once. */
  increments: number;
  /** Kills that left a snapshot half written. */
  halfSnapshots: number;
  /** Kills that left a segment half made. */
  halfSegments: number;
  /** Starts that passed over the torn end of a write. */
  tornEnds: number;
  /** Snapshots that were taken. */
  snapshots: number;
  /** Segments that were begun, and those that were removed behind a snapshot. */
  segments: number;
  segmentsRemoved: number;
  /** The longest start, in milliseconds. */
  startMsMax: number;
}

const WRITERS = 6;
const LOAD_MS_MIN = 20;
const LOAD_MS_MAX = 600;
/** Some lives wait so long for a snapshot. */
const LONG_LOAD_MS_MAX = 4000;
/** A kill comes this much behind what it waited for, at most. */
const LATER_MS_MAX = 10;
const START_MS_MAX = 400;
/** The server takes a snapshot after so much log. */
const SNAPSHOT_BYTES = 64 * 1024;

/** Keys that nobody writes, so that snapshots take their time. */
const BALLAST_KEYS = 30_000;

/** Asks for snapshots at random moments until the server goes away. */
async function takeSnapshots(port: number, random: Random): Promise<void> {
  try {
    using client = await RespClient.connect(port, { timeoutMs: 20_000 });
    for (;;) {
      await sleep(random.between(1, 120));
      await client.call(random.below(2) === 0 ? "SAVE" : "BGSAVE");
    }
  } catch (error) {
    if (!isConnectionLoss(error) && !(error instanceof ReplyTimeoutError)) {
      throw error;
    }
  }
}

async function addBallast(server: ServerProcess): Promise<void> {
  using client = await server.connect();
  const keys = String(BALLAST_KEYS);
  await client.plain("DEBUG", "POPULATE", keys, "ballast", "100");
}

/** Files that the steps of a snapshot, and what follows it, bring; `undefined`: any moment. */
const STEP_ENDINGS = [undefined, ".snap.tmp", ".snap", ".log"] as const;

/** A server that is killed and started again, and what it acknowledged. */
class Campaign {
  readonly #random: Random;
  readonly #dir: string;
  readonly #writers = Array.from(
    { length: WRITERS },
    (_, id) => new Writer(id),
  );
  readonly figures: KillFigures = {
    kills: 0,
    killsWhileStarting: 0,
    acknowledged: 0,
    increments: 0,
    halfSnapshots: 0,
    halfSegments: 0,
    tornEnds: 0,
    snapshots: 0,
    segments: 0,
    segmentsRemoved: 0,
    startMsMax: 0,
  };

  constructor(random: Random, dir: string) {
    this.#random = random;
    this.#dir = dir;
  }

  /** One start, load, kill, and the check behind it. */
  async round(durability: Durability): Promise<void> {
    const command = await lanekvCommand({
      durability,
      dir: this.#dir,
      args: [`--snapshot-bytes=${SNAPSHOT_BYTES}`],
    });
    if (this.#random.below(4) === 0) {
      await using starting = ServerProcess.startUnready(command);
      await sleep(this.#random.between(1, START_MS_MAX));
      await starting.kill();
      this.figures.killsWhileStarting++;
      this.#look();
    }
    const startedMs = performance.now();
    await using server = await ServerProcess.start(command);
    const startMs = performance.now() - startedMs;
    this.figures.startMsMax = Math.max(this.figures.startMsMax, startMs);
    if (server.log.includes("torn end")) this.figures.tornEnds++;
    await this.#verify(server);
    if (this.figures.kills === 0) await addBallast(server);
    const loads = this.#writers.map((one) => one.writeUntilGone(server.port));
    loads.push(takeSnapshots(server.port, this.#random));
    await this.#waitForMoment();
    await server.kill();
    await Promise.all(loads);
    this.figures.kills++;
    this.figures.snapshots +=
      server.log.match(/Snapshot of \d+ bytes/g)?.length ?? 0;
    this.#look();
  }

  /** Waits for any moment, or for a step of a snapshot and what follows it. */
  async #waitForMoment(): Promise<void> {
    await sleep(this.#random.between(LOAD_MS_MIN, LOAD_MS_MAX));
    const ending = STEP_ENDINGS[this.#random.below(STEP_ENDINGS.length)];
    if (ending !== undefined) await this.#waitForNew(ending);
    await sleep(this.#random.below(LATER_MS_MAX));
  }

  /** Waits until the newest file whose name ends so is another one, or long enough. */
  async #waitForNew(ending: string): Promise<void> {
    const newest = () =>
      this.#names().filter((name) => name.endsWith(ending)).at(-1);
    const before = newest();
    const untilMs = performance.now() + LONG_LOAD_MS_MAX;
    while (newest() === before && performance.now() < untilMs) await sleep(1);
  }

  #names(): string[] {
    return Array.from(Deno.readDirSync(this.#dir), ({ name }) => name).sort();
  }

  /** Starts once more and checks everything. */
  async finish(): Promise<KillFigures> {
    const command = await lanekvCommand({ dir: this.#dir });
    await using server = await ServerProcess.start(command);
    await this.#verify(server);
    for (const writer of this.#writers) {
      this.figures.acknowledged += writer.acknowledgedCount;
      this.figures.increments += writer.incrementsAcknowledgedCount;
    }
    return this.figures;
  }

  async #verify(server: ServerProcess): Promise<void> {
    using client = await server.connect();
    for (const writer of this.#writers) await writer.verify(client);
    if (this.figures.kills === 0) return;
    const last = await client.plain("GET", `ballast:${BALLAST_KEYS - 1}`);
    if (String(last).length !== 100) throw new Error("The ballast is lost");
  }

  /** Looks at what the kill left. */
  #look(): void {
    const names = this.#names();
    const { figures } = this;
    if (names.some((name) => name.endsWith(".snap.tmp"))) {
      figures.halfSnapshots++;
    }
    if (names.some((name) => name.endsWith(".log.tmp"))) figures.halfSegments++;
    const sequences = names.flatMap((name) => {
      const digits = /^wal-([0-9a-f]{16})\.log$/.exec(name)?.[1];
      return digits === undefined ? [] : [Number.parseInt(digits, 16)];
    });
    figures.segments = sequences.at(-1) ?? 0;
    figures.segmentsRemoved = (sequences[0] ?? 1) - 1;
  }
}

/**
 * Kills as `options` say.
 *
 * @throws {Error} Naming the first key that lost or repeated a write, or when the
 * server does not start.
 */
export async function runKills(options: KillOptions): Promise<KillFigures> {
  const { kills, seed, policies } = options;
  const random = new Random(seed);
  const dir = await Deno.makeTempDir({ prefix: "lanekv-kills-" });
  const campaign = new Campaign(random, dir);
  for (let kill = 0; kill < kills; kill++) {
    await campaign.round(policies[kill % policies.length]!);
  }
  const figures = await campaign.finish();
  // What a failed run left behind stays, to be looked at.
  await Deno.remove(dir, { recursive: true });
  return figures;
}

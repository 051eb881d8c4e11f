/**
 * Removing much at once: DEL and UNLINK of large collections, and many keys that
 * come due within one second, beside redis-server in turns.
 *
 * ```text
 * deno run -A bench/removal.ts [--servers=redis,lanekv] [--elements=10000000]
 *   [--kinds=hash,set,zset,list,stream] [--commands=DEL,UNLINK] [--runs=3]
 *   [--expiring=1000000] [--lead-seconds=20]
 * ```
 *
 * `--expiring=0` and `--kinds=` leave a part out. Keys come due
 * `--lead-seconds` after their loading began, which must be over by then.
 *
 * @module
 */

import {
  type CollectionKind,
  fillCollection,
  readKinds,
} from "./collections.ts";
import { measureExpiry } from "./expiry.ts";
import { readFlags } from "./flags.ts";
import { Probed } from "./probing.ts";
import { describeSpread, inTurns, median, printTable } from "./turns.ts";
import { sleep } from "../tests/servers/mod.ts";

const DEFAULTS = {
  servers: "redis,lanekv",
  elements: "10000000",
  kinds: "hash,set,zset,list,stream",
  commands: "DEL,UNLINK",
  runs: "3",
  expiring: "1000000",
  "lead-seconds": "20",
};

const REPLY_TARGET_MS = 1;
const WAIT_TARGET_MS = 5;
const IDLE_MS = 1000;
const SETS = 21;
/** Before and after a removal, so that the client that sends PING runs smoothly. */
const MARGIN_MS = 200;

/** One removal. */
interface Removal {
  readonly replyMs: number;
  /** Middle time until the reply to SET on the same connection, just before. */
  readonly setMs: number;
  /** Longest wait of the other client without any work, as long as one second. */
  readonly idleMs: number;
  /** Longest wait of the other client from the removal until memory was free. */
  readonly waitMs: number;
  /** Bound of the longest gap of the server's loop, by its own metric. */
  readonly gapMs: number | undefined;
  readonly reclaimSeconds: number;
}

async function measureRemoval(
  probed: Probed,
  kind: CollectionKind,
  command: string,
  elements: number,
): Promise<Removal> {
  const { contender } = probed;
  await fillCollection(contender.port, kind, kind, elements);
  await sleep(IDLE_MS);
  const idle = await probed.probe(() => sleep(IDLE_MS));
  const setsMs: number[] = [];
  let [replyMs, reclaimSeconds] = [0, 0];
  const work = async () => {
    await sleep(MARGIN_MS);
    while (setsMs.length < SETS) {
      setsMs.push(await probed.time("SET", "small", "xxx"));
    }
    const startMs = performance.now();
    replyMs = await probed.time(command, kind);
    await contender.settle();
    reclaimSeconds = (performance.now() - startMs) / 1000;
    await sleep(MARGIN_MS);
  };
  let waitMs = 0;
  const gapMs = await probed.longestGapMs(async () => {
    waitMs = (await probed.probe(work)).longestMs;
  });
  const [setMs, idleMs] = [median(setsMs), idle.longestMs];
  return { replyMs, setMs, idleMs, waitMs, gapMs, reclaimSeconds };
}

/** The same numbers of all turns, as one cell; none where the server tells none. */
function cellOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? "-" : describeSpread(known);
}

/** Where an idle server leaves its client waiting as long, the machine is at fault. */
function resultOf(waits: readonly number[], idles: readonly number[]): string {
  if (median(waits) < WAIT_TARGET_MS) return "met";
  return median(idles) < WAIT_TARGET_MS ? "MISSED" : "machine too busy";
}

function describeRemovals(removals: readonly Removal[]): string[] {
  const replies = removals.map(({ replyMs }) => replyMs);
  const waits = removals.map(({ waitMs }) => waitMs);
  const idles = removals.map(({ idleMs }) => idleMs);
  return [
    cellOf(replies),
    cellOf(removals.map(({ setMs }) => setMs)),
    cellOf(waits),
    cellOf(idles),
    cellOf(removals.map(({ gapMs }) => gapMs)),
    cellOf(removals.map(({ reclaimSeconds }) => reclaimSeconds)),
    median(replies) < REPLY_TARGET_MS ? resultOf(waits, idles) : "MISSED",
  ];
}

async function compareRemovals(
  kinds: readonly CollectionKind[],
  commands: readonly string[],
  servers: readonly string[],
  elements: number,
  runs: number,
): Promise<void> {
  const rows = [[
    ...["removed", "command", "server", "reply, ms", "SET, ms"],
    ...[
      "longest PING, ms",
      "idle, ms",
      "loop's gap up to, ms",
      "reclaim, s",
      "result",
    ],
  ]];
  for (const kind of kinds) {
    for (const command of commands) {
      const removals = new Map<string, Removal[]>(
        servers.map((server) => [server, []]),
      );
      for (let run = 0; run < runs; run++) {
        for (const server of inTurns(servers, run)) {
          await using probed = await Probed.start(server);
          const found = await measureRemoval(probed, kind, command, elements);
          removals.get(server)!.push(found);
        }
      }
      for (const [server, found] of removals) {
        rows.push([kind, command, server, ...describeRemovals(found)]);
      }
      console.error(`${command} of a ${kind} done`);
    }
  }
  console.log(`Collections of ${elements} elements`);
  printTable(rows);
}

async function compareExpiries(
  servers: readonly string[],
  keys: number,
  leadMs: number,
  runs: number,
): Promise<void> {
  const rows = [[
    ...["server", "longest PING, ms", "idle, ms", "replies over 5 ms"],
    ...["loop's gap up to, ms", "all gone after, s", "result"],
  ]];
  const expiries = new Map(
    servers.map((server) =>
      [server, [] as Awaited<ReturnType<typeof measureExpiry>>[]] as const
    ),
  );
  for (let run = 0; run < runs; run++) {
    for (const server of inTurns(servers, run)) {
      await using probed = await Probed.start(server);
      expiries.get(server)!.push(await measureExpiry(probed, keys, leadMs));
    }
  }
  for (const [server, found] of expiries) {
    const waits = found.map(({ probe }) => probe.longestMs);
    const idles = found.map(({ idle }) => idle.longestMs);
    rows.push([
      server,
      cellOf(waits),
      cellOf(idles),
      cellOf(found.map(({ probe }) => probe.over5Ms)),
      cellOf(found.map(({ gapMs }) => gapMs)),
      cellOf(found.map(({ goneSeconds }) => goneSeconds)),
      resultOf(waits, idles),
    ]);
  }
  console.log(`\n${keys} keys due within one second`);
  printTable(rows);
}

/** Prints a table of removals and one of keys that come due. */
export async function main(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, DEFAULTS);
  const servers = flags.servers.split(",");
  const [runs, expiring] = [Number(flags.runs), Number(flags.expiring)];
  if (flags.kinds !== "") {
    await compareRemovals(
      readKinds(flags.kinds),
      flags.commands.split(","),
      servers,
      Number(flags.elements),
      runs,
    );
  }
  if (expiring === 0) return;
  const leadMs = Number(flags["lead-seconds"]) * 1000;
  await compareExpiries(servers, expiring, leadMs, runs);
}

if (import.meta.main) await main(Deno.args);

/**
 * The main job on real input: load the package index by ioredis as one hash a
 * package and a stream of load events, lose the server in the middle, go on
 * after its restart, and compare every field with the source.
 *
 * @module
 */

import { Redis } from "../packages/ioredis.ts";
import type { ServerProcess } from "../servers/mod.ts";
import type { PackageRecord } from "./package_index.ts";

/** Key of the stream with one event a loaded package. */
export const EVENTS_KEY = "events:loaded";

const BATCH_PACKAGES = 100;

/** What the job did, for its last line. */
export interface JobReport {
  /** Packages in the source. */
  readonly packages: number;
  /** Fields compared with the source. */
  readonly fieldsCompared: number;
  /** Packages acknowledged before the kill. */
  readonly acknowledgedBeforeKill: number;
  /** Events in the stream at the end; repeats after the kill included. */
  readonly events: number;
}

function makeClient(port: number): Redis {
  const client = new Redis({
    port,
    host: "127.0.0.1",
    // A lost connection is the job's business, not the client's.
    retryStrategy: () => null,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: true,
  });
  client.on("error", () => {});
  return client;
}

async function closeClient(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const ended = new Promise((resolve) => client.once("end", resolve));
  client.disconnect();
  await ended;
}

/** Sends one batch; whether all of it was acknowledged. */
async function loadBatch(
  client: Redis,
  batch: readonly PackageRecord[],
): Promise<boolean> {
  const pipeline = client.pipeline();
  for (const { key, fields } of batch) {
    pipeline.hset(key, ...[...fields].flat());
    pipeline.xadd(EVENTS_KEY, "*", "key", key, "fields", fields.size);
  }
  try {
    const results = await pipeline.exec();
    const failed = results?.find(([error]) => error !== null)?.[0];
    if (failed && !/closed|ended|ECONN|EPIPE/i.test(String(failed))) {
      throw failed;
    }
    return results !== null && failed === undefined;
  } catch (error) {
    if (/closed|ended|ECONN|EPIPE/i.test(String(error))) return false;
    throw error;
  }
}

/**
 * Loads from `first` on until done or the connection is lost.
 *
 * @returns The index of the first package that was not acknowledged.
 */
async function load(
  port: number,
  records: readonly PackageRecord[],
  first: number,
  onProgress: (loaded: number) => void,
): Promise<number> {
  const client = makeClient(port);
  let next = first;
  try {
    while (next < records.length) {
      const batch = records.slice(next, next + BATCH_PACKAGES);
      if (!(await loadBatch(client, batch))) break;
      next += batch.length;
      onProgress(next);
    }
    return next;
  } finally {
    await closeClient(client);
  }
}

function compareFields(
  record: PackageRecord,
  found: Readonly<Record<string, string>>,
): number {
  const { key, fields } = record;
  const names = Object.keys(found);
  if (names.length !== fields.size) {
    throw new Error(`${key} has ${names.length} fields, not ${fields.size}`);
  }
  for (const [name, value] of fields) {
    if (found[name] !== value) {
      throw new Error(`${key} differs in ${name}: ${found[name]} for ${value}`);
    }
  }
  return names.length;
}

async function compareAll(
  client: Redis,
  records: readonly PackageRecord[],
): Promise<number> {
  let compared = 0;
  for (let first = 0; first < records.length; first += BATCH_PACKAGES) {
    const batch = records.slice(first, first + BATCH_PACKAGES);
    const pipeline = client.pipeline();
    for (const { key } of batch) pipeline.hgetall(key);
    const results = await pipeline.exec();
    for (const [index, record] of batch.entries()) {
      const [error, found] = results![index]!;
      if (error) throw error;
      compared += compareFields(record, found as Record<string, string>);
    }
  }
  return compared;
}

/** Every package has an event, and events name nothing else. */
async function countEvents(
  client: Redis,
  records: readonly PackageRecord[],
): Promise<number> {
  const seen = new Set<string>();
  let count = 0;
  let start = "-";
  while (true) {
    const page = await client.xrange(EVENTS_KEY, start, "+", "COUNT", 1000);
    if (page.length === 0) break;
    for (const [, fields] of page) seen.add(fields[1]!);
    count += page.length;
    start = `(${page.at(-1)![0]}`;
  }
  const missing = records.find(({ key }) => !seen.has(key));
  if (missing) throw new Error(`No event for ${missing.key}`);
  if (seen.size !== records.length) throw new Error("Events of no package");
  return count;
}

async function expectAcknowledged(
  port: number,
  records: readonly PackageRecord[],
  count: number,
): Promise<void> {
  const client = makeClient(port);
  try {
    await compareAll(client, records.slice(0, count));
  } finally {
    await closeClient(client);
  }
}

/**
 * Runs the job on `server`, killing it once after `killAfter` packages.
 *
 * @throws {Error} Naming the first package or event that differs.
 */
export async function runPackageJob(
  server: ServerProcess,
  records: readonly PackageRecord[],
  killAfter: number,
): Promise<JobReport> {
  let killing: Promise<void> | undefined;
  const acknowledged = await load(server.port, records, 0, (loaded) => {
    // Not awaited: the next batch is under way when the process dies.
    if (loaded >= killAfter) killing ??= server.kill();
  });
  if (!killing) throw new Error(`Only ${acknowledged} packages, none killed`);
  await killing;
  await server.restart();
  await expectAcknowledged(server.port, records, acknowledged);
  const loaded = await load(server.port, records, acknowledged, () => {});
  if (loaded !== records.length) throw new Error(`Stopped after ${loaded}`);
  const client = makeClient(server.port);
  try {
    const size = await client.dbsize();
    if (size !== records.length + 1) throw new Error(`DBSIZE is ${size}`);
    return {
      packages: records.length,
      fieldsCompared: await compareAll(client, records),
      acknowledgedBeforeKill: acknowledged,
      events: await countEvents(client, records),
    };
  } finally {
    await closeClient(client);
  }
}

/**
 * One import: log in, verify the file, look for keys that exist, load.
 *
 * @module
 */

import { type Clock, ImportError } from "../base/mod.ts";
import { load } from "./load.ts";
import type { ImportOptions } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import type { ServerPort } from "./port.ts";
import { Progress, type ProgressSink } from "./progress.ts";
import { ReplyReader } from "./replies.ts";
import { refuseExisting, Server } from "./server.ts";
import type { ByteSource } from "./source.ts";
import { type Contents, type Selection, verify } from "./verify.ts";

/** What an import touches of the world. */
export interface ImportWorld {
  /** The file. */
  readonly source: ByteSource;
  /** Connects to the server. */
  readonly connect: () => Promise<ServerPort>;
  /** Throws when the file changed since it was opened. */
  readonly checkUnchanged: () => void;
  /** Time, for expiries and progress. */
  readonly clock: Clock;
  /** Where progress is shown. */
  readonly sink: ProgressSink;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What was in the file and is not loaded, a sentence a kind. */
function describeSkipped(contents: Contents): string {
  const { keys, libraries, modules, isSummed } = contents;
  const parts = [
    keys.expired > 0
      ? ` Passed over: ${counted(keys.expired, "key", "keys")} that expired.`
      : "",
    keys.other > 0
      ? ` Passed over: ${
        counted(keys.other, "key", "keys")
      } of other databases.`
      : "",
    keys.empty > 0
      ? ` Passed over: ${
        counted(keys.empty, "key", "keys")
      } that hold nothing, as Redis does.`
      : "",
    keys.unserved > 0
      ? ` Passed over: ${
        counted(keys.unserved, "key", "keys")
      } of kinds that are not served.`
      : "",
    libraries > 0
      ? ` Passed over: ${
        counted(libraries, "library", "libraries")
      } of functions.`
      : "",
    modules.size > 0
      ? ` Passed over: data of modules beside keys: ${[...modules].join(", ")}.`
      : "",
    isSummed ? "" : " The file carries no checksum.",
  ];
  return parts.join("");
}

function total(contents: Contents): string {
  return `${counted(contents.keys.loaded, "key", "keys")} in ` +
    counted(contents.databases.size, "database", "databases");
}

/** Runs an import; the line that tells of it. Throws an operating error otherwise. */
export async function runImport(
  options: ImportOptions,
  world: ImportWorld,
): Promise<string> {
  const { source, clock, sink } = world;
  const progress = new Progress(sink, clock, source.size);
  const selection: Selection = {
    database: options.database,
    nowMs: clock.wallMs(),
    skipsUnserved: options.skipsUnserved,
  };
  try {
    if (options.isCheck) {
      progress.begin("verifying");
      const contents = verify(source, selection, (at) => progress.update(at));
      return `The file is sound: ${total(contents)}.` +
        describeSkipped(contents);
    }
    const port = await world.connect();
    try {
      return await importTo(port, options, selection, world, progress);
    } finally {
      port.close();
    }
  } finally {
    progress.clear();
  }
}

async function importTo(
  port: ServerPort,
  options: ImportOptions,
  selection: Selection,
  world: ImportWorld,
  progress: Progress,
): Promise<string> {
  const { source, checkUnchanged } = world;
  const { into, replaces } = options;
  const replies = new ReplyReader(port);
  const server = new Server(port, replies);
  await server.logIn(options.user, options.password);
  progress.begin("verifying");
  const contents = verify(source, selection, (at) => progress.update(at));
  if (into !== undefined && contents.databases.size > 1) {
    throw new ImportError(
      `${source.name} holds ${contents.databases.size} databases: --into takes ` +
        "one of them, named by --db. Nothing was sent",
    );
  }
  const filled = await filledDatabases(server, contents, into);
  if (!replaces && filled.size > 0) {
    progress.begin("looking for keys that exist");
    const update = (at: number) => progress.update(at);
    await refuseExisting(server, source, selection, into, filled, update);
  }
  checkUnchanged();
  progress.begin("loading");
  const pipeline = new Pipeline(port, replies);
  const loaded = await load(source, pipeline, {
    selection,
    replaces,
    into,
    onProgress: (at, keys) => progress.update(at, keys),
  });
  const seconds = (progress.elapsedMs() / 1000).toFixed(2);
  if (loaded !== contents.keys.loaded) {
    throw new ImportError(
      `${loaded} keys were loaded of ${contents.keys.loaded} that were ` +
        "verified: the file was written to meanwhile",
    );
  }
  checkUnchanged();
  return `Loaded ${total(contents)} within ${seconds} s.` +
    describeSkipped(contents);
}

/** The databases that keys go to and that have keys. */
async function filledDatabases(
  server: Server,
  contents: Contents,
  into: number | undefined,
): Promise<Set<number>> {
  const filled = new Set<number>();
  const targets = into === undefined ? contents.databases.keys() : [into];
  for (const database of targets) {
    if (await server.countKeys(database) > 0) filled.add(database);
  }
  return filled;
}

/**
 * Entry of the Worker that reads back what is durable: the newest snapshot and the
 * log behind it, as a start does, while the node goes on.
 *
 * It reads everything once before it sends the first piece, so that damage is found
 * while the data in memory are still there. It changes nothing on disk.
 *
 * @module
 */

import { isOperatingError } from "../base/mod.ts";
import { RECOVERY_PORTION_BYTES } from "../config/mod.ts";
import {
  type FileSystem,
  findSnapshot,
  type FoundSnapshot,
  readEntries,
  readSnapshot,
  type RecoveredWal,
  recoverWal,
  SystemFiles,
} from "../storage/mod.ts";
import type { FromReload, ReloadedEntry, ToReload } from "./messages.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Of an entry that changes the members of the group, and no data. */
const NO_DATA = new Uint8Array(0);

/** Whether the serve Worker has dealt with what was sent last. */
let next = Promise.withResolvers<void>();

async function send(message: FromReload): Promise<void> {
  next = Promise.withResolvers<void>();
  self.postMessage(message);
  await next.promise;
}

/** What is on disk. */
interface Durable {
  readonly snapshot: FoundSnapshot | undefined;
  /** Undefined when the snapshot holds all that is wanted. */
  readonly log: RecoveredWal | undefined;
}

/** Finds what holds the entries up to `last`. */
function find(files: FileSystem, last: number): Durable {
  const snapshot = findSnapshot(files);
  const base = snapshot?.index ?? 0;
  const log = base < last ? recoverWal(files, () => {}, base) : undefined;
  return { snapshot, log };
}

/** What comes back up to log entry `last`, piece by piece. */
function* pieces(
  files: FileSystem,
  { log, snapshot }: Durable,
  last: number,
): Generator<FromReload> {
  if (snapshot !== undefined) {
    for (const bytes of readSnapshot(files, snapshot)) {
      yield { kind: "block", bytes };
    }
  }
  if (log === undefined) return;
  let entries: ReloadedEntry[] = [];
  let portionBytes = 0;
  for (const entry of readEntries(files, log, snapshot?.index ?? 0)) {
    const { index, kind = "normal" } = entry;
    if (index > last) break;
    // A copy: a view would take the whole segment with it.
    const data = kind === "normal" ? entry.data.slice() : NO_DATA;
    entries.push({ index, data });
    portionBytes += data.length;
    if (portionBytes < RECOVERY_PORTION_BYTES) continue;
    yield { kind: "entries", entries };
    entries = [];
    portionBytes = 0;
  }
  yield { kind: "entries", entries };
}

async function run(directory: string, last: number): Promise<void> {
  const files = new SystemFiles(directory);
  let durable: Durable;
  try {
    durable = find(files, last);
    for (const piece of pieces(files, durable, last)) void piece;
  } catch (cause) {
    // Anything else is a broken invariant, which ends the node.
    if (!isOperatingError(cause)) throw cause;
    await send({ kind: "failed", reason: cause.message });
    return;
  }
  await send({ kind: "whole" });
  for (const piece of pieces(files, durable, last)) await send(piece);
  await send({ kind: "end" });
}

self.onmessage = (event: MessageEvent<ToReload>) => {
  const message = event.data;
  if (message.kind === "next") next.resolve();
  else void run(message.directory, message.index);
};

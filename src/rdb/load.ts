/**
 * Sends the keys of a verified RDB file to a server.
 *
 * @module
 */

import { ImportError, keySlot } from "../base/mod.ts";
import {
  IMPORT_STAGE_KEYS_MAX,
  IMPORT_WINDOW_BYTES,
  IMPORT_WRITE_BYTES,
} from "../config/mod.ts";
import { TYPES } from "./format.ts";
import { RdbInput } from "./input.ts";
import { keyText } from "./key_text.ts";
import type { Pipeline, Refusal } from "./pipeline.ts";
import { appendString, isPacked } from "./plain_string.ts";
import { RecordReader, SILENT } from "./records.ts";
import { RestoreRequest } from "./restore_request.ts";
import type { ByteSource } from "./source.ts";
import { Stage } from "./stage.ts";
import { fateOf, type Selection } from "./verify.ts";

/** Of the file, read without looking at what the server answers. */
const BREATH_BYTES = IMPORT_WINDOW_BYTES;
/** Keys taken from the file between two looks at the connection. */
const PORTION_KEYS = 512;
/** Keys of the first stage. */
const FIRST_KEYS = 4096;

/** How keys are loaded. */
export interface LoadOptions {
  /** What is taken from the file. */
  readonly selection: Selection;
  /** Whether keys that exist are overwritten. */
  readonly replaces: boolean;
  /** Database that all keys go to; undefined = that of the file. */
  readonly into: number | undefined;
  /** Hears how far the file is sent, and how many keys are loaded. */
  readonly onProgress: (offset: number, keys: number) => void;
}

/** Makes requests of records, and hands them to a pipeline in a good order. */
class Sender {
  readonly #source: ByteSource;
  readonly #pipeline: Pipeline;
  /** The stage that takes keys, and the one that hands them over meanwhile. */
  #filling: Stage;
  #sending: Stage;
  /** Keys that the next filling takes: the first is small, so that the server need not wait for it. */
  #keysMax = FIRST_KEYS;
  /** Keys taken since others were handed over. */
  #taken = 0;
  readonly #restore: RestoreRequest;
  /** For values that the window does not hold. */
  #piece: Uint8Array | undefined;
  #database = -1;

  constructor(source: ByteSource, pipeline: Pipeline, replaces: boolean) {
    this.#source = source;
    this.#pipeline = pipeline;
    this.#filling = new Stage(pipeline, replaces);
    this.#sending = new Stage(pipeline, replaces);
    this.#restore = new RestoreRequest(replaces);
  }

  /** Whether {@linkcode advance} comes before the next key, one of `database`. */
  mustAdvance(database: number): boolean {
    return this.#taken >= PORTION_KEYS || database !== this.#database ||
      this.#filling.isFull(this.#keysMax);
  }

  /** Sends some of what waits; then keys of `database` may come. */
  async advance(database: number): Promise<void> {
    if (database !== this.#database) {
      await this.drain();
      if (this.#pipeline.isOver) return;
      this.#select(database);
    }
    await this.#sending.send(this.#taken);
    this.#taken = 0;
    if (!this.#filling.isFull(this.#keysMax)) return;
    await this.#sending.send(Infinity);
    [this.#filling, this.#sending] = [this.#sending, this.#filling];
    this.#keysMax = Math.min(this.#keysMax * 2, IMPORT_STAGE_KEYS_MAX);
  }

  /** Sends all that waits. */
  async drain(): Promise<void> {
    await this.#sending.send(Infinity);
    await this.#filling.send(Infinity);
  }

  #select(database: number): void {
    this.#database = database;
    const { buffer } = this.#pipeline;
    buffer.begin(2);
    buffer.text("SELECT");
    buffer.text(String(database));
    this.#pipeline.requested(-1, 0);
  }

  /** Takes the key that `reader` read last, whose value lies in `window`. */
  take(reader: RecordReader, window: Uint8Array): void {
    const { words } = this.#filling;
    const { key, offset, valueAt } = reader;
    const end = valueAt + reader.valueBytes;
    const isString = isPlain(reader) && !isPacked(window[valueAt]!);
    if (isString) {
      words.word(key.bytes, key.length);
      appendString(words, window, valueAt, reader.valueBytes);
    } else {
      this.#restore.begin(words, reader);
      this.#restore.value(window, valueAt, end);
      words.raw(window, valueAt, end);
      this.#restore.end(words, reader);
    }
    this.#filling.added(keySlot(key.bytes, key.length), offset, isString);
    this.#taken++;
  }

  /** Sends a key whose value is longer than the window, piece by piece. */
  async sendLong(reader: RecordReader): Promise<void> {
    const { valueOffset, valueBytes, offset } = reader;
    if (this.#pipeline.isFull) await this.#pipeline.makeRoom();
    if (this.#pipeline.isOver) return;
    this.#restore.begin(this.#pipeline.buffer, reader);
    const piece = this.#piece ??= new Uint8Array(IMPORT_WRITE_BYTES);
    for (let sent = 0; sent < valueBytes;) {
      const rest = Math.min(valueBytes - sent, piece.length);
      const room = piece.subarray(0, rest);
      const count = this.#source.readAt(valueOffset + sent, room);
      if (count === 0) throw new ImportError("the file was cut meanwhile");
      this.#restore.value(piece, 0, count);
      await this.#pipeline.writeThrough(piece.subarray(0, count));
      sent += count;
    }
    this.#restore.end(this.#pipeline.buffer, reader);
    this.#pipeline.requested(offset, 1);
  }
}

/** Whether a key is a string of which there is nothing more to say. */
function isPlain(reader: RecordReader): boolean {
  return reader.type === TYPES.string && reader.expiryMs === undefined &&
    reader.idleSeconds < 0 && reader.frequency < 0;
}

/** The key that stands at `offset`, as a message shows it. */
function keyAt(source: ByteSource, offset: number, version: number): string {
  const input = new RdbInput(source, IMPORT_WINDOW_BYTES, false, offset);
  const reader = new RecordReader(input, SILENT, version);
  reader.next();
  return keyText(reader.key);
}

function describeRefusal(
  source: ByteSource,
  { offset, keys, reply }: Refusal,
  version: number,
): string {
  const what = offset < 0
    ? "a SELECT"
    : `${keyAt(source, offset, version)} at offset ${offset}` +
      (keys > 1 ? ` or one of ${keys - 1} other strings` : "");
  const answer = reply.kind === "integer" ? "one exists" : reply.text;
  return `The server refused ${what}: ${answer}`;
}

/** What to say of a load that did not come to its end. */
function describeEnd(pipeline: Pipeline, reason: string): string {
  const { keysLoaded, keysSent } = pipeline;
  const refused = pipeline.refusedKeys;
  const open = keysSent - keysLoaded - refused;
  return `${reason}. ${keysLoaded} keys were loaded` +
    (refused > 1 ? `, ${refused} were refused` : "") +
    (open > 0 ? `; of ${open} more that were sent it is not known` : "");
}

/**
 * Loads all keys that `options.selection` leaves.
 *
 * @returns How many.
 * @throws {ImportError} When the server refuses one or goes away: it tells what was loaded.
 */
export async function load(
  source: ByteSource,
  pipeline: Pipeline,
  options: LoadOptions,
): Promise<number> {
  const input = new RdbInput(source, IMPORT_WINDOW_BYTES, false);
  const reader = new RecordReader(input);
  const sender = new Sender(source, pipeline, options.replaces);
  try {
    await sendAll(input, reader, sender, pipeline, options);
    await pipeline.finish();
  } catch (cause) {
    if (!(cause instanceof ImportError)) throw cause;
    const reason = `The import ended: ${cause.message}`;
    throw new ImportError(describeEnd(pipeline, reason), { cause });
  }
  const { refusal } = pipeline;
  if (refusal === undefined) return pipeline.keysLoaded;
  throw new ImportError(
    describeEnd(pipeline, describeRefusal(source, refusal, reader.version)),
  );
}

async function sendAll(
  input: RdbInput,
  reader: RecordReader,
  sender: Sender,
  pipeline: Pipeline,
  options: LoadOptions,
): Promise<void> {
  const { selection, into, onProgress } = options;
  let breathAt = 0;
  while (reader.next()) {
    // What is passed over must not keep the answers from being read.
    if (input.offset >= breathAt) {
      await pipeline.makeRoom();
      onProgress(input.offset, pipeline.keysLoaded);
      breathAt = input.offset + BREATH_BYTES;
    }
    if (fateOf(reader, selection) !== "loaded") continue;
    const database = into ?? reader.database;
    // The window stays as it is meanwhile: nothing else reads.
    if (sender.mustAdvance(database)) await sender.advance(database);
    if (pipeline.isOver) return;
    if (reader.valueAt < 0) await sender.sendLong(reader);
    else sender.take(reader, input.window);
  }
  await sender.drain();
}

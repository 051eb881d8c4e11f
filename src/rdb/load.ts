/**
 * Sends the keys of a verified RDB file to a server.
 *
 * @module
 */

import { ImportError } from "../base/mod.ts";
import { IMPORT_WINDOW_BYTES, IMPORT_WRITE_BYTES } from "../config/mod.ts";
import { Crc64 } from "./crc64.ts";
import { FOOTER_BYTES, PAYLOAD_VERSION, TYPES } from "./format.ts";
import { RdbInput } from "./input.ts";
import { keyText } from "./key_text.ts";
import type { Pipeline, Refusal } from "./pipeline.ts";
import { RecordReader, SILENT } from "./records.ts";
import type { ByteSource } from "./source.ts";
import { StringGroup } from "./string_group.ts";
import { fateOf, type Selection } from "./verify.ts";

/** Of the file, read without looking at what the server answers. */
const BREATH_BYTES = 16 * IMPORT_WINDOW_BYTES;

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

/** Makes requests of records and puts them into a pipeline. */
class Sender {
  readonly #source: ByteSource;
  readonly #pipeline: Pipeline;
  readonly #replaces: boolean;
  readonly #strings: StringGroup;
  readonly #sum = new Crc64();
  readonly #footer = new Uint8Array(FOOTER_BYTES);
  /** For values that the window does not hold. */
  #piece: Uint8Array | undefined;
  #database = -1;

  constructor(source: ByteSource, pipeline: Pipeline, replaces: boolean) {
    this.#source = source;
    this.#pipeline = pipeline;
    this.#replaces = replaces;
    this.#strings = new StringGroup(pipeline, replaces);
  }

  /** Makes the requests that follow go to `database`. */
  select(database: number): void {
    if (database === this.#database) return;
    this.#strings.send();
    this.#database = database;
    const { buffer } = this.#pipeline;
    buffer.begin(2);
    buffer.text("SELECT");
    buffer.text(String(database));
    this.#pipeline.requested(-1, 0);
  }

  /** Puts the key that `reader` read last into the buffer. */
  send(reader: RecordReader, window: Uint8Array): void {
    const { type, expiryMs, idleSeconds, valueAt, valueBytes } = reader;
    const isPlain = type === TYPES.string && expiryMs === undefined &&
      idleSeconds < 0;
    const { key, offset } = reader;
    if (
      isPlain && this.#strings.add(key, window, valueAt, valueBytes, offset)
    ) {
      return;
    }
    this.#restore(reader, window);
  }

  /** Puts the rest into the buffer. */
  end(): void {
    this.#strings.send();
  }

  #restore(reader: RecordReader, window: Uint8Array): void {
    this.#beginRestore(reader);
    const { buffer } = this.#pipeline;
    const { valueAt, valueBytes, type } = reader;
    const sum = this.#sum;
    sum.reset();
    sum.addByte(type);
    sum.add(window, valueAt, valueAt + valueBytes);
    this.#footer[8] = type;
    buffer.raw(this.#footer, 8, 9);
    buffer.raw(window, valueAt, valueAt + valueBytes);
    this.#endRestore(reader);
    this.#pipeline.requested(reader.offset, 1);
  }

  /** Sends a key whose value is longer than the window, piece by piece. */
  async sendLong(reader: RecordReader): Promise<void> {
    this.#beginRestore(reader);
    const { type, valueOffset, valueBytes } = reader;
    this.#sum.reset();
    this.#sum.addByte(type);
    const piece = this.#piece ??= new Uint8Array(IMPORT_WRITE_BYTES);
    await this.#pipeline.writeThrough(Uint8Array.of(type));
    for (let sent = 0; sent < valueBytes;) {
      const rest = Math.min(valueBytes - sent, piece.length);
      const room = piece.subarray(0, rest);
      const count = this.#source.readAt(valueOffset + sent, room);
      if (count === 0) throw new ImportError("the file was cut meanwhile");
      this.#sum.add(piece, 0, count);
      await this.#pipeline.writeThrough(piece.subarray(0, count));
      sent += count;
    }
    this.#endRestore(reader);
    this.#pipeline.requested(reader.offset, 1);
  }

  /** `RESTORE key time payload`, up to the payload's first byte. */
  #beginRestore(reader: RecordReader): void {
    const { buffer } = this.#pipeline;
    const { expiryMs, idleSeconds, frequency, key } = reader;
    const hasUse = idleSeconds >= 0 || frequency >= 0;
    buffer.begin(
      4 + (expiryMs === undefined ? 0 : 1) + (this.#replaces ? 1 : 0) +
        (hasUse ? 2 : 0),
    );
    buffer.text("RESTORE");
    buffer.word(key.bytes, key.length);
    buffer.text(expiryMs === undefined ? "0" : String(expiryMs));
    buffer.beginWord(1 + reader.valueBytes + FOOTER_BYTES);
  }

  /** The payload's footer, and the options. */
  #endRestore(reader: RecordReader): void {
    const { buffer } = this.#pipeline;
    const { expiryMs, idleSeconds, frequency, version } = reader;
    const [footer, sum] = [this.#footer, this.#sum];
    footer[0] = Math.min(version, PAYLOAD_VERSION);
    footer[1] = 0;
    sum.add(footer, 0, 2);
    sum.write(footer, 2);
    buffer.raw(footer, 0, FOOTER_BYTES);
    buffer.endWord();
    if (this.#replaces) buffer.text("REPLACE");
    if (expiryMs !== undefined) buffer.text("ABSTTL");
    if (idleSeconds >= 0) {
      buffer.text("IDLETIME");
      buffer.text(String(idleSeconds));
    } else if (frequency >= 0) {
      buffer.text("FREQ");
      buffer.text(String(frequency));
    }
  }
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
      (keys > 1 ? ` or one of the ${keys - 1} strings behind it` : "");
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
    if (pipeline.isFull || input.offset >= breathAt) {
      await pipeline.makeRoom();
      if (pipeline.isOver) return;
      onProgress(input.offset, pipeline.keysLoaded);
      breathAt = input.offset + BREATH_BYTES;
    }
    if (fateOf(reader, selection) !== "loaded") continue;
    sender.select(into ?? reader.database);
    if (reader.valueAt < 0) await sender.sendLong(reader);
    else sender.send(reader, input.window);
  }
  sender.end();
}

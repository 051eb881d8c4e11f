/**
 * `RESTORE` of a key of an RDB file: its value as it is there, behind its type
 * and before a version and a checksum of its own.
 *
 * @module
 */

import { Crc64 } from "./crc64.ts";
import { FOOTER_BYTES } from "./format.ts";
import type { RecordReader } from "./records.ts";
import type { RequestBuffer } from "./request_buffer.ts";

/** Makes one request after another: `begin`, `value` as often as needed, `end`. */
export class RestoreRequest {
  readonly #replaces: boolean;
  readonly #sum = new Crc64();
  readonly #footer = new Uint8Array(FOOTER_BYTES);
  readonly #type = new Uint8Array(1);

  /** `replaces` overwrites keys that exist. */
  constructor(replaces: boolean) {
    this.#replaces = replaces;
  }

  /** Appends the beginning of a request for the key that `reader` read last. */
  begin(buffer: RequestBuffer, reader: RecordReader): void {
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
    this.#sum.reset();
    this.#sum.addByte(reader.type);
    this.#type[0] = reader.type;
    buffer.raw(this.#type, 0, 1);
  }

  /** Notes that `bytes[from]` to `bytes[to - 1]` of the value follow. */
  value(bytes: Uint8Array, from: number, to: number): void {
    this.#sum.add(bytes, from, to);
  }

  /** Appends what stands behind the value. */
  end(buffer: RequestBuffer, reader: RecordReader): void {
    const { expiryMs, idleSeconds, frequency, version } = reader;
    const [footer, sum] = [this.#footer, this.#sum];
    footer[0] = version;
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

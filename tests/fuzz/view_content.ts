/**
 * The content of a snapshot read item by item, and what the stress test's
 * invariants say about it. The format is core-as/snapshot/format.ts.
 *
 * @module
 */

/** Database that holds nothing but what the invariants are about. */
export const INVARIANT_DATABASE = 5;

const KEY_ITEM_BYTES = 30;
const ELEMENT_ITEM_BYTES = 17;
const HEADER_ITEM_BYTES = 33;

/** What a view held. */
export interface ViewContent {
  /** Log index of the view. */
  readonly index: number;
  /** Sum of the numbers in all hashes of accounts. */
  balance: number;
  /** Value of the key that counts batches. */
  batch: number;
  /** Halves of pairs that have no equal other half. */
  readonly halves: Map<string, string>;
  /** Count of each stream minus the milliseconds of its newest id: 0 each. */
  readonly streams: Map<string, number>;
  /** Keys. */
  keyCount: number;
  /** Hash of everything but access times. */
  hash: number;
}

/** Reads a snapshot's content. */
class ContentReader {
  readonly content: ViewContent;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at = HEADER_ITEM_BYTES;
  #key = "";

  constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    this.#end = length;
    this.content = {
      index: Number(this.#view.getBigUint64(17, true)),
      balance: 0,
      batch: 0,
      halves: new Map(),
      streams: new Map(),
      keyCount: 0,
      hash: 0,
    };
  }

  read(): ViewContent {
    while (this.#bytes[this.#at] !== 0x5a) {
      const type = this.#bytes[this.#at];
      if (type === 0x4b) this.#readKey();
      else if (type === 0x45) this.#readElement();
      else if (type === 0x4e) this.#at++;
      else throw new Error(`no item at ${this.#at} of ${this.#end}`);
    }
    const keys = Number(this.#view.getBigUint64(this.#at + 1, true));
    if (keys !== this.content.keyCount || this.#at + 9 !== this.#end) {
      throw new Error(`the content ends with ${keys} keys at ${this.#at}`);
    }
    this.content.hash = hashOf(this.#bytes, this.#end);
    return this.content;
  }

  #text(from: number, length: number): string {
    let text = "";
    for (let at = from; at < from + length; at++) {
      text += String.fromCharCode(this.#bytes[at]!);
    }
    return text;
  }

  #readKey(): void {
    const item = this.#at;
    const nameLength = this.#view.getUint32(item + 22, true);
    const valueLength = this.#view.getUint32(item + 26, true);
    const isOurs = this.#bytes[item + 1] === INVARIANT_DATABASE;
    const value = item + KEY_ITEM_BYTES + nameLength;
    // Reads of the writer stamp access times in place.
    this.#bytes.fill(0, item + 3, item + 6);
    this.content.keyCount++;
    this.#at = value + valueLength;
    this.#key = isOurs ? this.#text(item + KEY_ITEM_BYTES, nameLength) : "";
    if (isOurs) this.#noteKey(value, valueLength);
  }

  #noteKey(value: number, length: number): void {
    const key = this.#key;
    if (key === "batch") this.content.batch = Number(this.#text(value, length));
    if (key.startsWith("count:")) {
      this.#addToStream(key.slice(6), Number(this.#text(value, length)));
    }
    if (!key.startsWith("pair:")) return;
    const [, number] = key.split(":");
    const text = this.#text(value, length);
    const other = this.content.halves.get(number!);
    if (other === text) this.content.halves.delete(number!);
    else this.content.halves.set(number!, text);
  }

  #readElement(): void {
    const item = this.#at;
    const tailLength = this.#view.getUint32(item + 9, true);
    const valueLength = this.#view.getUint32(item + 13, true);
    const value = item + ELEMENT_ITEM_BYTES + tailLength;
    this.#at = value + valueLength;
    if (this.#key.startsWith("accounts:")) {
      this.content.balance += Number(this.#text(value, valueLength));
    } else if (this.#key.startsWith("stream:")) {
      const isLast = this.#bytes[this.#at] !== 0x45;
      if (!isLast) return;
      const base = Number(this.#view.getBigUint64(item + 1, true));
      const ms = base + lastSpan(this.#bytes, value);
      this.#addToStream(this.#key.slice(7), -ms);
    }
  }

  #addToStream(name: string, value: number): void {
    const { streams } = this.content;
    streams.set(name, (streams.get(name) ?? 0) + value);
  }
}

/** Milliseconds from a chunk's base to its last entry; see core-as/streams/chunks.ts. */
function lastSpan(bytes: Uint8Array, chunk: number): number {
  let at = chunk + 1;
  const natural = () => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  for (let names = natural(); names > 0; names--) {
    const length = natural();
    at += length;
  }
  for (let left = bytes[chunk]!; left > 1; left--) {
    const length = natural();
    at += length;
  }
  natural();
  return Math.floor(natural() / 4);
}

function hashOf(bytes: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < length; at++) {
    hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  }
  return hash >>> 0;
}

/** Reads `bytes[0, length)`; access times in it are wiped. */
export function readContent(bytes: Uint8Array, length: number): ViewContent {
  return new ContentReader(bytes, length).read();
}

/** What is wrong with a view pinned behind batch `batch` at log index `index`; undefined = nothing. */
export function contentFault(
  content: ViewContent,
  batch: number,
  index: number,
): string | undefined {
  if (content.index !== index) return `index ${content.index}, not ${index}`;
  if (content.batch !== batch) return `batch ${content.batch}, not ${batch}`;
  if (content.balance !== 0) return `the balance is ${content.balance}`;
  if (content.halves.size > 0) {
    return `pairs differ: ${[...content.halves.keys()]}`;
  }
  for (const [name, difference] of content.streams) {
    if (difference !== 0) return `stream ${name} is off by ${difference}`;
  }
  return undefined;
}

/**
 * With which directory each other node of a group was met first: an id belongs to one
 * directory for ever. See FORMAT.md.
 *
 * @module
 */

import { CorruptionError, crc32 } from "../base/mod.ts";
import { KNOWN_NODES_MAX } from "../config/mod.ts";
import { type FileSystem, TEMPORARY } from "./files.ts";
import { getU64, setU64, viewOf } from "./wal_format.ts";

const NAME = "nodes";

/** First bytes of the file; its version follows. */
const MAGIC = new TextEncoder().encode("LKVKNOW");

const VERSION = 2;

/** Bytes before the first node: magic, version, count. */
const PREFIX_BYTES = 12;

/** Bytes of a node: its id and its directory. */
const NODE_BYTES = 16;

function encode(known: ReadonlyMap<number, number>): Uint8Array {
  const end = PREFIX_BYTES + NODE_BYTES * known.size;
  const bytes = new Uint8Array(end + 4);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  bytes[7] = VERSION;
  view.setUint32(8, known.size, true);
  let at = PREFIX_BYTES;
  for (const [node, directory] of known) {
    setU64(view, at, node);
    setU64(view, at + 8, directory);
    at += NODE_BYTES;
  }
  view.setUint32(end, crc32(bytes, 0, end), true);
  return bytes;
}

/** Reads the file; undefined for bytes that are none. */
function decode(bytes: Uint8Array): Map<number, number> | undefined {
  if (bytes.length < PREFIX_BYTES + 4) return undefined;
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = viewOf(bytes);
  const end = PREFIX_BYTES + NODE_BYTES * view.getUint32(8, true);
  if (bytes[7] !== VERSION || bytes.length !== end + 4) return undefined;
  if (view.getUint32(end, true) !== crc32(bytes, 0, end)) return undefined;
  const known = new Map<number, number>();
  for (let at = PREFIX_BYTES; at < end; at += NODE_BYTES) {
    known.set(getU64(view, at), getU64(view, at + 8));
  }
  return known;
}

/** See the module. */
export class KnownNodes {
  readonly #files: FileSystem;
  readonly #known: Map<number, number>;
  /** Those of them that are in the file. */
  readonly #durable: Set<number>;
  /** Writes one after another. */
  #writing: Promise<void> = Promise.resolve();

  /**
   * Reads what `files` say.
   *
   * @throws {CorruptionError} When the file is damaged.
   */
  constructor(files: FileSystem) {
    this.#files = files;
    const isThere = files.list().includes(NAME);
    const known = isThere
      ? decode(files.read(NAME, 0, files.size(NAME)))
      : new Map<number, number>();
    if (known === undefined) {
      const path = files.path(NAME);
      throw new CorruptionError(
        path,
        0,
        `Cannot tell which nodes are known: "${path}" is damaged; restore it from a copy, or remove the node from its group and the directory, and let it join under a new id`,
      );
    }
    this.#known = known;
    this.#durable = new Set(known.keys());
  }

  /**
   * Whether `node` is the one that it was, by its `directory`. One that is met for the
   * first time is, when that is durable; unless too many are known.
   *
   * Rejects with a `DiskError` when the system refuses.
   */
  async recognizes(node: number, directory: number): Promise<boolean> {
    const before = this.#known.get(node) ?? directory;
    if (before !== directory) return false;
    if (this.#durable.has(node)) return true;
    if (!this.#known.has(node) && this.#known.size >= KNOWN_NODES_MAX) {
      return false;
    }
    this.#known.set(node, directory);
    const write = () => this.#write();
    this.#writing = this.#writing.then(write, write);
    await this.#writing;
    return true;
  }

  async #write(): Promise<void> {
    const nodes = [...this.#known.keys()];
    if (nodes.every((node) => this.#durable.has(node))) return;
    const temporary = NAME + TEMPORARY;
    const file = await this.#files.create(temporary);
    try {
      await file.append(encode(this.#known));
      await file.sync();
    } finally {
      file.close();
    }
    await this.#files.rename(temporary, NAME);
    await this.#files.syncDirectory();
    for (const node of nodes) this.#durable.add(node);
  }
}

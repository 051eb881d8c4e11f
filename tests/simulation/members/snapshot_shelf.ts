/**
 * The snapshots of a node's directory, as they are taken, sent and received.
 *
 * @module
 */

import { assert, SnapshotError } from "../../../src/base/mod.ts";
import type { Snapshot, SnapshotMessage } from "../../../src/raft/mod.ts";
import {
  adoptSnapshot,
  type FileSystem,
  findSnapshot,
  type StoredFile,
  writeSnapshot,
} from "../../../src/storage/mod.ts";
import type {
  IncomingSnapshot,
  OutgoingSnapshot,
  SnapshotSink,
} from "../../../src/transport/mod.ts";
import type { ServeState } from "./serve_side.ts";

/** Bytes of a block of a snapshot. */
const BLOCK_BYTES = 8_192;

/** A file that is being received, or was. */
interface Incoming {
  readonly name: string;
  readonly file: StoredFile;
  bytes: number;
}

/** See the module. */
export class SnapshotShelf {
  readonly #files: FileSystem;
  readonly #paddingBytes: number;
  /** By what tells them from others. */
  readonly #incoming = new Map<string, Incoming>();
  /** Whole ones, by index. */
  readonly #whole = new Map<number, string>();
  #names = 0;

  /** The snapshots in `files`; own ones are larger than need be by `paddingBytes`. */
  constructor(files: FileSystem, paddingBytes: number) {
    this.#files = files;
    this.#paddingBytes = paddingBytes;
  }

  /** Writes `state` durably; bytes of the file. */
  take({ data, index, members, term }: ServeState): Promise<number> {
    const content = new Uint8Array(data.length + this.#paddingBytes);
    content.set(data);
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < content.length; at += BLOCK_BYTES) {
      blocks.push(content.subarray(at, at + BLOCK_BYTES));
    }
    return writeSnapshot(this.#files, { index, term, members }, blocks);
  }

  /** Members of the snapshot at `index`, which was read. */
  membersOf(index: number): Uint8Array {
    const found = findSnapshot(this.#files);
    assert(found?.index === index, "the newest snapshot is read");
    assert(found.members !== undefined, "a snapshot knows its members");
    return found.members;
  }

  // -- Out --

  /** What `message` names, from node `id`; undefined when a newer one took its place. */
  open(id: number, message: SnapshotMessage): OutgoingSnapshot | undefined {
    const found = findSnapshot(this.#files);
    const { index, term } = message.snapshot;
    if (found?.index !== index || found.term !== term) return undefined;
    // An open file outlives its name.
    const content = this.#files.read(found.name, 0, found.bytes);
    const source = {
      bytes: content.length,
      read: (offset: number, length: number) =>
        Promise.resolve(content.subarray(offset, offset + length)),
      close: () => {},
    };
    return { id: `${id} ${index} ${term}`, message, source };
  }

  // -- In --

  /** Makes room for what is offered, or goes on with what is kept of it. */
  async receive({ id, message }: IncomingSnapshot): Promise<SnapshotSink> {
    const incoming = this.#incoming.get(id) ?? await this.#create(id);
    const { index } = message.snapshot;
    const checkKept = () => {
      if (this.#incoming.get(id) === incoming) return;
      throw new SnapshotError("It was removed meanwhile");
    };
    return {
      keptBytes: incoming.bytes,
      write: async (offset, bytes) => {
        checkKept();
        assert(offset === incoming.bytes, "pieces come in order");
        await incoming.file.append(bytes);
        incoming.bytes += bytes.length;
      },
      finish: async () => {
        checkKept();
        await incoming.file.sync();
        checkKept();
        incoming.file.close();
        this.#incoming.delete(id);
        this.#whole.set(index, incoming.name);
      },
      close: () => {},
    };
  }

  async #create(id: string): Promise<Incoming> {
    const name = `incoming-${++this.#names}.tmp`;
    const file = await this.#files.create(name);
    const incoming = { name, file, bytes: 0 };
    this.#incoming.set(id, incoming);
    return incoming;
  }

  /** Makes a whole one the newest. */
  async adopt({ index, term }: Snapshot): Promise<void> {
    const name = this.#whole.get(index);
    assert(name !== undefined, "a snapshot came before its message");
    await adoptSnapshot(this.#files, name, { index, term });
    this.forget();
  }

  /** What was received is removed, as at every start. */
  forget(): void {
    this.#incoming.clear();
    this.#whole.clear();
  }
}

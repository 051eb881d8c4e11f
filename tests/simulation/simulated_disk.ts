/**
 * A disk in memory that knows what is durable and what only the running system sees,
 * and can tell what a loss of power may leave.
 *
 * Sectors of 512 bytes are written whole, each at any time after the write of it and
 * before the end of the next sync; a directory's entries likewise.
 *
 * @module
 */

import { assert, DiskError } from "../../src/base/mod.ts";
import type {
  FileSystem,
  ReadableFile,
  StoredFile,
} from "../../src/storage/mod.ts";
import { type Choose, SimulatedInode } from "./simulated_inode.ts";

/** What is asked of the disk. */
export interface Operation {
  readonly kind:
    | "open"
    | "create"
    | "reuse"
    | "append"
    | "reserve"
    | "sync"
    | "rename"
    | "remove"
    | "syncDirectory";
  readonly name: string;
}

/** How an operation fails. */
export interface Fault {
  readonly code: string;
  /** Bytes of an append that are written all the same. */
  readonly writtenBytes?: number;
}

/** Called before each operation; may wait, and may let it fail. */
export type BeforeOperation = (
  operation: Operation,
) => Promise<Fault | undefined> | Fault | undefined;

type Entries = Map<string, SimulatedInode>;

/** A change of the directory: the file each name stands for from then on. */
type DirectoryChange = ReadonlyMap<string, SimulatedInode | undefined>;

/** See the module. */
export class SimulatedDisk implements FileSystem {
  /** Called after each operation that changed something. */
  afterOperation: () => void = () => {};
  before: BeforeOperation = () => undefined;
  /** Operations so far. */
  operations = 0;

  #durable: Entries = new Map();
  #entries: Entries = new Map();
  #changes: DirectoryChange[] = [];

  /** A disk that holds `files`, all durable. */
  static of(files: ReadonlyMap<string, Uint8Array>): SimulatedDisk {
    const disk = new SimulatedDisk();
    for (const [name, bytes] of files) {
      disk.#entries.set(name, SimulatedInode.of(bytes));
    }
    disk.#durable = new Map(disk.#entries);
    return disk;
  }

  /** Every file as the running system sees it. */
  get files(): Map<string, Uint8Array> {
    return new Map(
      this.list().map((name) => [name, this.#inode(name).bytes.slice()]),
    );
  }

  /** A disk as a loss of power may leave this one. */
  crashed(choose: Choose): SimulatedDisk {
    const entries: Entries = new Map(this.#durable);
    for (const change of this.#changes) {
      if (choose(2) === 1) applyChange(entries, change);
    }
    const names = [...entries.keys()].sort();
    return SimulatedDisk.of(
      new Map(names.map((name) => [name, entries.get(name)!.crashed(choose)])),
    );
  }

  /**
   * This disk for the system's next process; this one is left to the process that was
   * killed, of which it does nothing more.
   */
  passOn(): SimulatedDisk {
    const disk = new SimulatedDisk();
    disk.#durable = this.#durable;
    disk.#entries = this.#entries;
    disk.#changes = this.#changes;
    return disk;
  }

  // -- FileSystem --

  path(name: string): string {
    return `disk/${name}`;
  }

  list(): string[] {
    return [...this.#entries.keys()].sort();
  }

  size(name: string): number {
    return this.#inode(name).size;
  }

  read(name: string, offset: number, length: number): Uint8Array {
    return this.#inode(name).read(offset, length);
  }

  #inode(name: string): SimulatedInode {
    const inode = this.#entries.get(name);
    if (inode === undefined) throw new DiskError("ENOENT", `No file "${name}"`);
    return inode;
  }

  async open(name: string): Promise<ReadableFile> {
    const inode = this.#inode(name);
    await this.run({ kind: "open", name }, () => {});
    return {
      read: (offset, length) => Promise.resolve(inode.read(offset, length)),
      close: () => {},
    };
  }

  async create(name: string): Promise<StoredFile> {
    const inode = new SimulatedInode();
    await this.run({ kind: "create", name }, () => {
      this.#change(new Map([[name, inode]]));
    });
    return new SimulatedFile(this, name, inode);
  }

  async writeZeros(name: string, bytes: number): Promise<void> {
    const file = await this.create(name);
    await file.append(new Uint8Array(bytes));
    await file.sync();
    file.close();
  }

  async reuse(name: string): Promise<StoredFile> {
    const inode = this.#inode(name);
    await this.run({ kind: "reuse", name }, () => {});
    return new SimulatedFile(this, name, inode);
  }

  async renew(name: string, offset: number, length: number): Promise<void> {
    const inode = this.#inode(name);
    const bytes = inode.read(offset, length);
    await this.run({ kind: "append", name }, () => inode.write(offset, bytes));
    const { writes } = inode;
    await this.run(
      { kind: "sync", name },
      () => inode.sync(writes),
      () => inode.failSync(writes),
    );
  }

  rename(from: string, to: string): Promise<void> {
    const inode = this.#inode(from);
    return this.run({ kind: "rename", name: to }, () => {
      this.#change(new Map([[from, undefined], [to, inode]]));
    });
  }

  remove(name: string): Promise<void> {
    this.#inode(name);
    return this.run({ kind: "remove", name }, () => {
      this.#change(new Map([[name, undefined]]));
    });
  }

  syncDirectory(): Promise<void> {
    return this.run({ kind: "syncDirectory", name: "." }, () => {
      this.#durable = new Map(this.#entries);
      this.#changes = [];
    });
  }

  #change(change: DirectoryChange): void {
    applyChange(this.#entries, change);
    this.#changes.push(change);
  }

  /** Lets an operation happen, or fail; `whenFailed` is what it does even then. */
  async run(
    operation: Operation,
    action: () => void,
    whenFailed: (fault: Fault) => void = () => {},
  ): Promise<void> {
    this.operations++;
    const fault = await this.before(operation);
    if (fault === undefined) action();
    else whenFailed(fault);
    this.afterOperation();
    if (fault === undefined) return;
    const { kind, name } = operation;
    throw new DiskError(fault.code, `Cannot ${kind} "${name}": ${fault.code}`);
  }
}

function applyChange(entries: Entries, change: DirectoryChange): void {
  for (const [name, inode] of change) {
    if (inode === undefined) entries.delete(name);
    else entries.set(name, inode);
  }
}

class SimulatedFile implements StoredFile {
  readonly #disk: SimulatedDisk;
  readonly #name: string;
  readonly #inode: SimulatedInode;
  #offset = 0;
  #isAppending = false;
  #isClosed = false;

  constructor(disk: SimulatedDisk, name: string, inode: SimulatedInode) {
    this.#disk = disk;
    this.#name = name;
    this.#inode = inode;
  }

  async append(bytes: Uint8Array, paddingBytes = 0): Promise<void> {
    assert(!this.#isAppending, "one append at a time");
    this.#isAppending = true;
    const write = (count: number) => {
      this.#inode.write(this.#offset, bytes.subarray(0, count));
      this.#offset += count;
    };
    try {
      await this.#run(
        "append",
        () => write(bytes.length),
        ({ writtenBytes }) => write(Math.min(writtenBytes ?? 0, bytes.length)),
      );
      this.#offset -= paddingBytes;
    } finally {
      this.#isAppending = false;
    }
  }

  reserve(bytes: number): Promise<void> {
    return this.#run("reserve", () => {
      this.#inode.resize(Math.max(bytes, this.#inode.size));
    });
  }

  sync(): Promise<void> {
    const { writes } = this.#inode;
    return this.#run(
      "sync",
      () => this.#inode.sync(writes),
      () => this.#inode.failSync(writes),
    );
  }

  close(): void {
    assert(!this.#isAppending, "nothing is in flight when a file is closed");
    this.#isClosed = true;
  }

  #run(
    kind: Operation["kind"],
    action: () => void,
    whenFailed?: (fault: Fault) => void,
  ): Promise<void> {
    assert(!this.#isClosed, "the file is open");
    const operation = { kind, name: this.#name };
    return this.#disk.run(operation, action, whenFailed);
  }
}

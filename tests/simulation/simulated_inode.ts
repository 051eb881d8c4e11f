/**
 * A file of the simulated disk: what is durable of it, and what was written since.
 *
 * @module
 */

import { SECTOR_BYTES } from "../../src/storage/wal_format.ts";

/** Chooses one of `count` possibilities, as a number below it. */
export type Choose = (count: number) => number;

type Sectors = Map<number, Uint8Array>;

const NO_SECTOR = new Uint8Array(SECTOR_BYTES);

/** What something was from one write on. */
interface Version<T> {
  /** Number of that write. */
  readonly write: number;
  readonly value: T;
  /** Whether a sync of it failed: the system takes it for durable from then on. */
  isGivenUp: boolean;
}

/** See the module. */
export class SimulatedInode {
  #durableSize = 0;
  #durable: Sectors = new Map();
  #size = 0;
  #sectors: Sectors = new Map();
  /** What each sector held since it was durable, oldest first. */
  #versions = new Map<number, Version<Uint8Array>[]>();
  /** Sizes since the durable one. */
  #sizes: Version<number>[] = [];
  #writes = 0;

  /** A file that holds `bytes`, all durable. */
  static of(bytes: Uint8Array): SimulatedInode {
    const inode = new SimulatedInode();
    inode.write(0, bytes);
    inode.sync(inode.writes);
    return inode;
  }

  get size(): number {
    return this.#size;
  }

  /** Writes and changes of size so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Bytes of the file as the running system sees it. */
  get bytes(): Uint8Array {
    return bytesOf(this.#sectors, this.#size);
  }

  /** Bytes `[offset, offset + length)`, fewer at the end, as the running system sees them. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.#size);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end;) {
      const number = Math.floor(at / SECTOR_BYTES);
      const next = Math.min(end, (number + 1) * SECTOR_BYTES);
      const start = number * SECTOR_BYTES;
      const sector = this.#sectors.get(number);
      if (sector !== undefined) {
        bytes.set(sector.subarray(at - start, next - start), at - offset);
      }
      at = next;
    }
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    const write = ++this.#writes;
    const end = offset + bytes.length;
    const copy = bytes.slice();
    for (let at = offset; at < end;) {
      const number = Math.floor(at / SECTOR_BYTES);
      const next = Math.min(end, (number + 1) * SECTOR_BYTES);
      const part = copy.subarray(at - offset, next - offset);
      const value = this.#overwritten(number, at % SECTOR_BYTES, part);
      this.#sectors.set(number, value);
      const version = { write, value, isGivenUp: false };
      const versions = this.#versions.get(number);
      if (versions === undefined) this.#versions.set(number, [version]);
      else versions.push(version);
      at = next;
    }
    this.resize(Math.max(end, this.#size));
  }

  /** The sector `number` with `part` at `offset`; it is never changed. */
  #overwritten(number: number, offset: number, part: Uint8Array): Uint8Array {
    if (part.length === SECTOR_BYTES) return part;
    const value = (this.#sectors.get(number) ?? NO_SECTOR).slice();
    value.set(part, offset);
    return value;
  }

  resize(size: number): void {
    if (size === this.#size) return;
    this.#size = size;
    const write = ++this.#writes;
    this.#sizes.push({ write, value: size, isGivenUp: false });
  }

  /** Makes durable what the first `writes` writes did. */
  sync(writes: number): void {
    for (const [number, versions] of this.#versions) {
      const [durable, rest] = split(versions, writes);
      if (durable?.isGivenUp === true) continue;
      if (durable !== undefined) this.#durable.set(number, durable.value);
      if (rest.length === 0) this.#versions.delete(number);
      else this.#versions.set(number, rest);
    }
    const [durable, rest] = split(this.#sizes, writes);
    if (durable?.isGivenUp === true) return;
    this.#durableSize = durable?.value ?? this.#durableSize;
    this.#sizes = rest;
  }

  /**
   * A sync of the first `writes` writes failed: they may be durable or not, no later
   * sync changes that, and the running system does not show it.
   */
  failSync(writes: number): void {
    for (const versions of [...this.#versions.values(), this.#sizes]) {
      for (const version of versions) {
        version.isGivenUp ||= version.write <= writes;
      }
    }
  }

  /**
   * What a crash leaves: of each sector, and of the size, any state since the durable
   * one.
   */
  crashed(choose: Choose): Uint8Array {
    const sectors = new Map(this.#durable);
    for (const [number, versions] of this.#versions) {
      const chosen = choose(versions.length + 1);
      if (chosen > 0) sectors.set(number, versions[chosen - 1]!.value);
    }
    const sizes = this.#sizes.map(({ value }) => value);
    sizes.unshift(this.#durableSize);
    const size = sizes.length === 1 ? 0 : choose(sizes.length);
    return bytesOf(sectors, sizes[size]!);
  }
}

/** The newest version of the first `writes` writes, and the later ones. */
function split<T>(
  versions: readonly Version<T>[],
  writes: number,
): [Version<T> | undefined, Version<T>[]] {
  let count = versions.length;
  while (count > 0 && versions[count - 1]!.write > writes) count--;
  return [versions[count - 1], versions.slice(count)];
}

function bytesOf(sectors: Sectors, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / SECTOR_BYTES) * SECTOR_BYTES);
  for (const [number, sector] of sectors) {
    const at = number * SECTOR_BYTES;
    if (at < bytes.length) bytes.set(sector, at);
  }
  return bytes.subarray(0, size);
}

/**
 * Twins of what an import touches: a file in memory, a bare core as the server.
 *
 * @module
 */

import { ManualClock } from "../../../src/base/mod.ts";
import {
  type ImportOptions,
  parseImportOptions,
} from "../../../src/rdb/options.ts";
import type { ServerPort } from "../../../src/rdb/port.ts";
import { runImport } from "../../../src/rdb/run.ts";
import type { ByteSource } from "../../../src/rdb/source.ts";
import { CoreSession } from "../../fuzz/core_session.ts";

/** Bytes as a file that gives at most `portion` at once. */
export class MemorySource implements ByteSource {
  readonly name = "dump.rdb";
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #portion: number;

  constructor(bytes: Uint8Array, portion = Infinity) {
    this.#bytes = bytes;
    this.size = bytes.length;
    this.#portion = portion;
  }

  readAt(offset: number, target: Uint8Array): number {
    const count = Math.min(target.length, this.#portion);
    const part = this.#bytes.subarray(offset, offset + count);
    target.set(part);
    return part.length;
  }
}

/** What a port does to replies. */
export interface PortFaults {
  /** The connection ends when so many bytes were sent. */
  readonly endsAfterBytes?: number;
  /** Runs before the server sees `bytes`. */
  readonly beforeWrite?: (session: CoreSession, bytes: Uint8Array) => void;
}

/** A connection to a core; commands of the host are answered here. */
export class CorePort implements ServerPort {
  readonly session: CoreSession;
  /** Everything that was sent. */
  sentBytes = 0;
  isClosed = false;
  readonly #faults: PortFaults;
  #replies: Uint8Array[] = [];
  #wake: () => void = () => {};

  constructor(session = new CoreSession(), faults: PortFaults = {}) {
    this.session = session;
    this.#faults = faults;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await Promise.resolve();
    const { endsAfterBytes = Infinity } = this.#faults;
    if (this.isClosed) throw new Error("Broken pipe");
    const room = endsAfterBytes - this.sentBytes;
    const taken = bytes.slice(0, Math.min(bytes.length, room));
    this.sentBytes += taken.length;
    this.#faults.beforeWrite?.(this.session, taken);
    this.#replies.push(this.session.send(taken));
    if (taken.length < bytes.length) this.isClosed = true;
    this.#wake();
  }

  async read(target: Uint8Array): Promise<number | null> {
    for (;;) {
      const [first] = this.#replies;
      if (first !== undefined && first.length > 0) {
        const count = Math.min(first.length, target.length);
        target.set(first.subarray(0, count));
        this.#replies[0] = first.subarray(count);
        return count;
      }
      if (first !== undefined) this.#replies.shift();
      else if (this.isClosed) return null;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }
}

/** Options of `words`, as the command line gives them. */
export function importOptions(...words: string[]): ImportOptions {
  const wanted = parseImportOptions(["dump.rdb", ...words], () => undefined);
  if (wanted.kind !== "import") throw new Error("These options ask for help");
  return wanted.options;
}

/** Imports `file` to `port`; the line that tells of it. */
export function importFile(
  file: Uint8Array,
  port: CorePort,
  ...words: string[]
): Promise<string> {
  return runImport(importOptions(...words), {
    source: new MemorySource(file),
    connect: () => Promise.resolve(port),
    checkUnchanged: () => {},
    clock: new ManualClock(port.session.timeMs),
    sink: { isTerminal: false, write: () => {} },
  });
}

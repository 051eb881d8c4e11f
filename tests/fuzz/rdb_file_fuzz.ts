/**
 * Damaged RDB files whose checksum is mostly right, given to the import: it tells
 * what is wrong and where before anything is sent, or loads all, or the server
 * refuses a key and it tells how many were loaded. Nothing traps, no file is read
 * twice over, and memory stays bounded whatever lengths a file claims.
 *
 *   deno run --allow-read tests/fuzz/rdb_file_fuzz.ts --seed=1 --inputs=1000000
 *
 * @module
 */

import { CorruptionError, ImportError } from "../../src/base/mod.ts";
import type { ByteSource } from "../../src/rdb/source.ts";
import { type Selection, verify } from "../../src/rdb/verify.ts";
import { CorePort, importFile } from "../unit/rdb/fakes.ts";
import { CoreSession, join } from "./core_session.ts";
import { damage } from "./damage.ts";
import { numberFlag } from "./flags.ts";
import { randomBody } from "./payload_source.ts";
import { type Draw, drawFrom } from "./payload_values.ts";
import { type KeyFacts, RdbFile } from "./rdb_file.ts";
import { crc64, lengthBytes } from "./rdb_payload.ts";

/** What a run is made of. */
export interface RdbFileFuzzOptions {
  /** Start of the random sequence. */
  readonly seed: number;
  /** Damaged files. */
  readonly inputs: number;
  /** Of the files that verify finds sound, one in so many is loaded. */
  readonly loadEvery: number;
}

/** What became of the files. */
export interface RdbFileCounts {
  /** Refused by the verification. */
  readonly damaged: number;
  /** Verified. */
  readonly sound: number;
  /** Of these, loaded. */
  readonly loaded: number;
  /** Of these, refused by the server half way. */
  readonly refused: number;
}

/** Damaged variants of one sound file. */
const VARIANTS = 100;
const KEYS_MAX = 8;
/** Larger values have files of their own. */
const BODY_BYTES_MAX = 3000;
const CHECKSUM_BYTES = 8;
const DATABASES = 16;
/** Of the process, with a core and the buffers of an import. */
const RESIDENT_BYTES_MAX = 2 ** 31;
/** Files between two looks at memory and at the core's invariants. */
const CHECK_EVERY = 2000;

// -- Files --

function randomFacts(draw: Draw, nowMs: number): KeyFacts {
  switch (draw(8)) {
    case 0:
      return { expiryMs: BigInt(nowMs + draw(2 ** 31) - 2 ** 28) };
    case 1:
      return { expirySeconds: 2_000_000_000 };
    case 2:
      return { idleSeconds: draw(100_000) };
    case 3:
      return { frequency: draw(256) };
    default:
      return {};
  }
}

/** A sound file of a few keys of all types, with what else a file may hold. */
function randomFile(draw: Draw, core: CoreSession): Uint8Array<ArrayBuffer> {
  const file = new RdbFile([3, 4, 6, 9, 10, 11, 12][draw(7)]!);
  if (draw(2) === 0) file.aux("redis-ver", "7.0.15").aux("used-mem", "12345");
  if (draw(8) === 0) file.raw(245, lengthBytes(4), 0x61, 0x62, 0x63, 0x64);
  if (draw(2) === 0) file.select(draw(3)).raw(251, 9, 1);
  for (let left = 1 + draw(KEYS_MAX); left > 0; left--) {
    if (draw(6) === 0) file.select(draw(DATABASES));
    const body = randomBody(draw, core);
    if (body.length > BODY_BYTES_MAX && left > 1) continue;
    const key = `${draw(4) === 0 ? draw(1e6) : "key:"}${left}`;
    file.key(key, body, randomFacts(draw, core.timeMs));
  }
  return file.bytes(draw(8) !== 0);
}

// -- Damage --

/** Puts a length that no file has at a random place. */
function inflate(bytes: Uint8Array, draw: Draw): Uint8Array {
  const at = draw(bytes.length);
  const lengths = [
    2 ** 14,
    2 ** 29,
    2 ** 29 + 1,
    2 ** 31,
    2 ** 32 - 1,
    2n ** 53n + 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ];
  const length = lengthBytes(BigInt(lengths[draw(lengths.length)]!));
  const isLzf = draw(4) === 0;
  const put = isLzf
    ? join([Uint8Array.of(0xc3), lengthBytes(draw(200)), length])
    : length;
  const gone = draw(2) === 0 ? put.length : draw(2);
  return join([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
}

/** Makes the last 8 bytes the checksum of those before them. */
function fixChecksum(file: Uint8Array): Uint8Array {
  const end = file.length - CHECKSUM_BYTES;
  if (end < 0) return file;
  const fixed = file.slice();
  const view = new DataView(fixed.buffer);
  view.setBigUint64(end, crc64(fixed.subarray(0, end)), true);
  return fixed;
}

function damageFile(file: Uint8Array, draw: Draw): Uint8Array {
  let changed = file;
  for (let left = 1 + draw(3); left > 0; left--) {
    changed = draw(4) === 0 ? inflate(changed, draw) : damage(changed, draw);
    if (changed.length === 0) return file.subarray(0, 1);
  }
  return draw(10) === 0 ? changed : fixChecksum(changed);
}

// -- The run --

/** A file in memory that is read once, from front to back. */
class OnceSource implements ByteSource {
  readonly name = "dump.rdb";
  readonly size: number;
  readonly #bytes: Uint8Array;
  readonly #portion: number;
  #readTo = 0;

  constructor(bytes: Uint8Array, portion: number) {
    this.#bytes = bytes;
    this.size = bytes.length;
    this.#portion = portion;
  }

  readAt(offset: number, target: Uint8Array): number {
    if (offset !== this.#readTo) throw new Error(`read again from ${offset}`);
    const count = Math.min(target.length, this.#portion);
    const part = this.#bytes.subarray(offset, offset + count);
    target.set(part);
    this.#readTo += part.length;
    return part.length;
  }
}

/** One run; throws with the seed, the input and the file at the first fault. */
export class RdbFileFuzz {
  readonly #options: RdbFileFuzzOptions;
  readonly #draw: Draw;
  readonly #maker = new CoreSession();
  readonly #server = new CoreSession();
  #input = 0;
  #file: Uint8Array = new Uint8Array();
  #damaged = 0;
  #sound = 0;
  #loaded = 0;
  #refused = 0;

  /** Prepares a run. */
  constructor(options: RdbFileFuzzOptions) {
    this.#options = options;
    this.#draw = drawFrom(options.seed);
  }

  /** Gives all files to the import. */
  async run(): Promise<RdbFileCounts> {
    try {
      while (this.#input < this.#options.inputs) await this.#damageOne();
      this.#check();
    } catch (cause) {
      const file = this.#file.toHex().slice(0, 8000);
      throw new Error(
        `seed ${this.#options.seed}, input ${this.#input}, file ${file}: ${cause}`,
        { cause },
      );
    }
    return {
      damaged: this.#damaged,
      sound: this.#sound,
      loaded: this.#loaded,
      refused: this.#refused,
    };
  }

  /** A sound file, then damaged variants of it. */
  async #damageOne(): Promise<void> {
    const sound = randomFile(this.#draw, this.#maker);
    this.#maker.run("FLUSHALL");
    while (this.#maker.core.upkeep(1000)) { /* until all is free */ }
    this.#file = sound;
    if (!this.#verify()) throw new Error("a sound file is refused");
    if (!await this.#load()) throw new Error("a sound file is not loaded");
    for (let variant = 0; variant < VARIANTS; variant++) {
      this.#file = damageFile(sound, this.#draw);
      if (this.#verify()) {
        this.#sound++;
        if (this.#draw(this.#options.loadEvery) === 0) {
          if (await this.#load()) this.#loaded++;
          else this.#refused++;
        }
      } else {
        this.#damaged++;
      }
      if (++this.#input % CHECK_EVERY === 0) this.#check();
    }
  }

  /** Whether the verification finds nothing; what it throws must tell where and what. */
  #verify(): boolean {
    const draw = this.#draw;
    const portion = draw(4) === 0 ? 1 + draw(100) : Infinity;
    const selection: Selection = {
      database: undefined,
      nowMs: this.#server.timeMs,
      skipsUnserved: true,
    };
    const source = new OnceSource(this.#file, portion);
    try {
      verify(source, selection, () => {});
      return true;
    } catch (cause) {
      this.#checkDamage(cause);
      return false;
    }
  }

  #checkDamage(cause: unknown): void {
    if (cause instanceof ImportError) return;
    if (!(cause instanceof CorruptionError)) throw cause;
    const [, offset] = /^dump\.rdb is damaged at offset (\d+): ./
      .exec(cause.message) ?? [];
    if (offset !== undefined && Number(offset) <= this.#file.length) return;
    throw new Error(`it does not tell where: ${cause.message}`);
  }

  /** Whether the server takes the whole verified file; if not, it must be told how much it took. */
  async #load(): Promise<boolean> {
    const port = new CorePort(this.#server);
    try {
      const line = await importFile(this.#file, port, "--skip-unserved");
      this.#expectKeys(Number(/^Loaded (\d+) /.exec(line)?.[1]), line);
      return true;
    } catch (cause) {
      if (!(cause instanceof ImportError)) throw cause;
      const { message } = cause;
      if (message.includes("Nothing was sent")) {
        this.#expectKeys(0, message);
        return false;
      }
      const [, offset, keys] =
        /^The server refused .* at offset (\d+).*\. (\d+) keys were loaded/s
          .exec(message) ?? [];
      if (offset === undefined || Number(offset) >= this.#file.length) {
        throw new Error(`it does not tell where: ${message}`);
      }
      this.#expectKeys(Number(keys), message);
      return false;
    } finally {
      this.#server.run("FLUSHALL");
      while (this.#server.core.upkeep(1000)) { /* until all is free */ }
    }
  }

  #expectKeys(keys: number, line: string): void {
    let found = 0;
    for (let database = 0; database < DATABASES; database++) {
      this.#server.run("SELECT", `${database}`);
      found += Number(this.#server.text("DBSIZE").slice(1));
    }
    this.#server.run("SELECT", "0");
    if (found !== keys) throw new Error(`${found} keys are there: ${line}`);
  }

  #check(): void {
    const broken = this.#server.core.check();
    if (broken !== 0) throw new Error(`invariant ${broken} is broken`);
    const { rss } = Deno.memoryUsage();
    if (rss > RESIDENT_BYTES_MAX) throw new Error(`${rss} bytes are resident`);
  }
}

if (import.meta.main) {
  const options = {
    seed: numberFlag(Deno.args, "seed", 1),
    inputs: numberFlag(Deno.args, "inputs", 1_000_000),
    loadEvery: numberFlag(Deno.args, "load-every", 8),
  };
  console.log(`rdb file fuzz: seed ${options.seed}, ${options.inputs} files`);
  const { damaged, sound, loaded, refused } = await new RdbFileFuzz(options)
    .run();
  console.log(
    `rdb file fuzz: ${damaged} damaged, ${sound} sound (${loaded} of them ` +
      `loaded, ${refused} refused by the server), no fault`,
  );
}

/**
 * Reads a whole RDB file before anything of it is sent: its structure, its
 * checksum, and whether all that it holds can be served.
 *
 * @module
 */

import { ImportError } from "../base/mod.ts";
import { IMPORT_NAMED_MAX, IMPORT_WINDOW_BYTES } from "../config/mod.ts";
import { FOOTER_BYTES, STRING_BYTES, TYPES } from "./format.ts";
import { RdbInput } from "./input.ts";
import { keyText } from "./key_text.ts";
import { RecordReader } from "./records.ts";
import type { ByteSource } from "./source.ts";

/** What the import takes from a file. */
export interface Selection {
  /** The one database that is imported; undefined = all. */
  readonly database: number | undefined;
  /** Keys that end by then are passed over, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether what the server cannot hold is passed over too. */
  readonly skipsUnserved: boolean;
}

/** What becomes of a key. */
export type Fate = "loaded" | "other" | "expired" | "empty" | "unserved";

/** What a file holds. */
export interface Contents {
  /** Version that the file names. */
  readonly version: number;
  /** Whether the file carries a checksum. */
  readonly isSummed: boolean;
  /** Keys to load in each database of the file. */
  readonly databases: ReadonlyMap<number, number>;
  /** Keys by what becomes of them. */
  readonly keys: Readonly<Record<Fate, number>>;
  /** Libraries of functions. */
  readonly libraries: number;
  /** Modules that keep something beside their keys. */
  readonly modules: ReadonlySet<string>;
}

/** What the server does not hold of a key's type, or undefined. */
function unservedType(type: number): string | undefined {
  if (type === TYPES.module2) return "a value of a module";
  const isPreRelease = type === TYPES.hashMetadataPreRelease ||
    type === TYPES.hashListpackExpiryPreRelease;
  return isPreRelease
    ? "a hash whose fields expire, in a form that no release wrote"
    : undefined;
}

/** What becomes of the key that `reader` read last. */
export function fateOf(reader: RecordReader, selection: Selection): Fate {
  const { database, nowMs } = selection;
  if (database !== undefined && reader.database !== database) return "other";
  if (reader.expiryMs !== undefined && reader.expiryMs <= nowMs) {
    return "expired";
  }
  if (!reader.holds) return "empty";
  if (unservedType(reader.type) !== undefined) return "unserved";
  return "loaded";
}

/** Collects what speaks against loading a file. */
class Objections {
  count = 0;
  readonly #lines: string[] = [];

  add(line: string): void {
    this.count++;
    if (this.#lines.length < IMPORT_NAMED_MAX) this.#lines.push(line);
  }

  /** Throws an ImportError that names them, if there are any. */
  refuse(name: string): void {
    if (this.count === 0) return;
    const rest = this.count - this.#lines.length;
    const more = rest > 0 ? ` and ${rest} more` : "";
    throw new ImportError(
      `${name} holds what this server does not: ` +
        `${this.#lines.join("; ")}${more}. Nothing was sent; ` +
        "--skip-unserved passes over it",
    );
  }
}

function checkSize(source: ByteSource, reader: RecordReader): void {
  const bytes = 1 + reader.valueBytes + FOOTER_BYTES;
  if (bytes <= STRING_BYTES) return;
  throw new ImportError(
    `${source.name} holds ${keyText(reader.key)} at offset ` +
      `${reader.offset}, whose value takes ${bytes} bytes: the server takes ` +
      `at most ${STRING_BYTES} at once. Nothing was sent`,
  );
}

/**
 * Reads the whole of `source`. `onBytes` hears how far it is.
 *
 * @throws {CorruptionError} Where the file is not as it should be.
 * @throws {ImportError} When it holds what cannot be loaded.
 */
export function verify(
  source: ByteSource,
  selection: Selection,
  onBytes: (offset: number) => void,
): Contents {
  const input = new RdbInput(source, IMPORT_WINDOW_BYTES, true);
  const objections = new Objections();
  const modules = new Set<string>();
  let libraries = 0;
  const reader = new RecordReader(input, {
    onFunctions(offset) {
      libraries++;
      if (selection.skipsUnserved) return;
      objections.add(`a library of functions at offset ${offset}`);
    },
    onModule: (name) => void modules.add(name),
  });
  const databases = new Map<number, number>();
  // Keys of one database stand together: a look into the map for each would tell.
  let [database, inDatabase] = [0, 0];
  const note = () => {
    const before = databases.get(database) ?? 0;
    if (inDatabase > 0) databases.set(database, before + inDatabase);
    inDatabase = 0;
  };
  const keys = { loaded: 0, other: 0, expired: 0, empty: 0, unserved: 0 };
  while (reader.next()) {
    onBytes(input.offset);
    const fate = fateOf(reader, selection);
    keys[fate]++;
    if (fate === "unserved" && !selection.skipsUnserved) {
      objections.add(
        `${keyText(reader.key)} at offset ${reader.offset}, ` +
          unservedType(reader.type),
      );
    }
    if (fate !== "loaded") continue;
    checkSize(source, reader);
    if (reader.database !== database) {
      note();
      database = reader.database;
    }
    inDatabase++;
  }
  note();
  objections.refuse(source.name);
  const { version, isUnsummed } = reader;
  return {
    version,
    isSummed: !isUnsummed,
    databases,
    keys,
    libraries,
    modules,
  };
}

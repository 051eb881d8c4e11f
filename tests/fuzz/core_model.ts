/**
 * What a core must hold, as plain maps: the model of the core's fuzzer.
 *
 * Keys, fields and values are texts of one byte a character.
 *
 * @module
 */

/** A hash: fields and values. */
export type HashValue = Map<string, string>;

/** Id of a stream entry. */
export interface StreamId {
  /** Milliseconds. */
  readonly ms: number;
  /** Number within the millisecond. */
  readonly seq: number;
}

/** An entry of a stream. */
export interface StreamEntry extends StreamId {
  /** Fields and values in turn. */
  readonly words: readonly string[];
}

/** A stream. */
export class StreamValue {
  /** Entries, oldest first. */
  readonly entries: StreamEntry[];
  /** The greatest id ever added or set. */
  last: StreamId;

  /** A stream of `entries`. */
  constructor(entries: StreamEntry[] = [], last: StreamId = { ms: 0, seq: 0 }) {
    this.entries = entries;
    this.last = last;
  }
}

/** A value of any type. */
export type Value = string | HashValue | StreamValue;

/** A key's value and when its time is over. */
export interface Entry {
  /** The value; replaced as a whole only for strings. */
  value: Value;
  /** Milliseconds since 1970; -1 = never. */
  expiryMs: number;
}

/** Databases in use; the core has more. */
export const MODEL_DATABASES = 3;

function copyValue(value: Value): Value {
  if (typeof value === "string") return value;
  if (value instanceof Map) return new Map(value);
  return new StreamValue([...value.entries], value.last);
}

/** Negative, 0 or positive as `a` is before, at or behind `b`. */
export function compareIds(a: StreamId, b: StreamId): number {
  return a.ms - b.ms || a.seq - b.seq;
}

/** The model. */
export class CoreModel {
  /** Databases by number. */
  readonly databases: Map<string, Entry>[];
  /** Database in use. */
  database = 0;
  /** Time that commands see, milliseconds since 1970. */
  nowMs = 1_700_000_000_000;

  /** Empty, or with the databases given. */
  constructor(databases?: Map<string, Entry>[]) {
    this.databases = databases ??
      Array.from({ length: MODEL_DATABASES }, () => new Map());
  }

  /** Keys of the database in use. */
  get keys(): Map<string, Entry> {
    return this.databases[this.database]!;
  }

  /** The live entry of `key` in database `index`. */
  find(key: string, index = this.database): Entry | undefined {
    const keys = this.databases[index]!;
    const entry = keys.get(key);
    if (entry === undefined || entry.expiryMs < 0) return entry;
    if (entry.expiryMs > this.nowMs) return entry;
    keys.delete(key);
    return undefined;
  }

  /** Removes `key`; whether it was there. */
  drop(key: string, index = this.database): boolean {
    return this.find(key, index) !== undefined &&
      this.databases[index]!.delete(key);
  }

  /** Gives `key` a value and an expiry, whatever was there. */
  put(key: string, value: Value, expiryMs = -1, index = this.database): void {
    this.databases[index]!.set(key, { value, expiryMs });
  }

  /** Puts a copy of `entry` elsewhere. */
  putCopy(key: string, entry: Entry, index: number): void {
    this.put(key, copyValue(entry.value), entry.expiryMs, index);
  }

  /** Forgets keys whose time is over. */
  expire(): void {
    for (const keys of this.databases) {
      for (const [key, { expiryMs }] of keys) {
        if (expiryMs >= 0 && expiryMs <= this.nowMs) keys.delete(key);
      }
    }
  }

  /** A copy that later writes leave alone. */
  clone(): CoreModel {
    const model = new CoreModel(this.databases.map((keys) => {
      const copies = new Map<string, Entry>();
      for (const [key, { value, expiryMs }] of keys) {
        copies.set(key, { value: copyValue(value), expiryMs });
      }
      return copies;
    }));
    model.nowMs = this.nowMs;
    model.database = this.database;
    return model;
  }
}

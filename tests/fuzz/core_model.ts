/**
 * What a core must hold, as plain maps: the model of the core's fuzzer.
 *
 * Keys, fields and values are texts of one byte a character.
 *
 * @module
 */

import type { WaitModel } from "./core_waits.ts";

/** A hash: fields and values, those whose time is over included until they are removed. */
export type HashValue = Map<string, string>;

const FIELD_DUES = new WeakMap<HashValue, Map<string, number>>();

/** When fields of `hash` are due, milliseconds since 1970. */
export function duesOf(hash: HashValue): Map<string, number> {
  const dues = FIELD_DUES.get(hash) ?? new Map<string, number>();
  FIELD_DUES.set(hash, dues);
  return dues;
}

/** Whether the time of `field` is over. */
export function isOver(
  hash: HashValue,
  field: string,
  nowMs: number,
): boolean {
  return (duesOf(hash).get(field) ?? Infinity) <= nowMs;
}

/** Value of a field whose time is not over. */
export function liveValue(
  hash: HashValue,
  field: string,
  nowMs: number,
): string | undefined {
  return isOver(hash, field, nowMs) ? undefined : hash.get(field);
}

/** A copy of what commands find in `hash`. */
export function liveFields(hash: HashValue, nowMs: number): HashValue {
  return new Map([...hash].filter(([field]) => !isOver(hash, field, nowMs)));
}

/** Removes fields whose time is over. */
function removeOver(hash: HashValue, nowMs: number): void {
  for (const [field, dueMs] of duesOf(hash)) {
    if (dueMs > nowMs) continue;
    hash.delete(field);
    duesOf(hash).delete(field);
  }
}

/** A set: its members. */
export type SetValue = Set<string>;

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

/** An entry that a consumer has got and not acknowledged. */
export interface PendingEntry {
  /** Its id. */
  readonly id: StreamId;
  /** Name of the consumer. */
  consumer: string;
  /** When it was last delivered, milliseconds since 1970. */
  deliveredMs: number;
  /** How often it was delivered. */
  deliveries: number;
}

/** A consumer group of a stream. */
export class GroupValue {
  /** The last id delivered. */
  last: StreamId;
  /** Names of consumers. */
  readonly consumers: Set<string>;
  /** In the order of their ids. */
  pending: PendingEntry[];

  /** A group that goes on behind `last`. */
  constructor(last: StreamId, consumers: Iterable<string> = []) {
    this.last = last;
    this.consumers = new Set(consumers);
    this.pending = [];
  }
}

/** A stream. */
export class StreamValue {
  /** Entries, oldest first. */
  readonly entries: StreamEntry[];
  /** The greatest id ever added or set. */
  last: StreamId;
  /** Consumer groups by name. */
  readonly groups: Map<string, GroupValue> = new Map();

  /** A stream of `entries`. */
  constructor(entries: StreamEntry[] = [], last: StreamId = { ms: 0, seq: 0 }) {
    this.entries = entries;
    this.last = last;
  }
}

/** A list: its items. */
export type ListValue = string[];

/** A sorted set. */
export class SortedSetValue {
  /** Scores by member. */
  readonly scores: Map<string, number>;

  /** A sorted set of `scores`. */
  constructor(scores: Map<string, number> = new Map()) {
    this.scores = scores;
  }

  /** Members in order: by score, then by their bytes. */
  sorted(): string[] {
    return [...this.scores]
      .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      .map(([member]) => member);
  }
}

/** A value of any type. */
export type Value =
  | string
  | HashValue
  | ListValue
  | SetValue
  | SortedSetValue
  | StreamValue;

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
  if (value instanceof Map) {
    const copy = new Map(value);
    FIELD_DUES.set(copy, new Map(duesOf(value)));
    return copy;
  }
  if (Array.isArray(value)) return [...value];
  if (value instanceof Set) return new Set(value);
  if (value instanceof SortedSetValue) {
    return new SortedSetValue(new Map(value.scores));
  }
  const copy = new StreamValue([...value.entries], value.last);
  for (const [name, group] of value.groups) {
    const copied = new GroupValue(group.last, group.consumers);
    copied.pending = group.pending.map((entry) => ({ ...entry }));
    copy.groups.set(name, copied);
  }
  return copy;
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

  /** Who waits for keys; `undefined` = nobody ever does. */
  waits: WaitModel | undefined;

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

  /** Tells those who wait for `key` that `value` is new there, or has something new. */
  note(key: string, value: Value, index = this.database): void {
    this.waits?.note(key, value, index);
  }

  /** The same for all keys of a database; or, if so, only for the streams, which end. */
  noteDatabase(index: number, onlyStreams: boolean): void {
    this.waits?.noteDatabase(this, index, onlyStreams);
  }

  /** Removes all keys of a database. */
  empty(index: number): void {
    this.noteDatabase(index, true);
    this.databases[index]!.clear();
  }

  /** Removes `key`; whether it was there. */
  drop(key: string, index = this.database): boolean {
    this.#noteEnd(this.find(key, index), key, index);
    return this.databases[index]!.delete(key);
  }

  #noteEnd(entry: Entry | undefined, key: string, index: number): void {
    if (entry?.value instanceof StreamValue) this.note(key, entry.value, index);
  }

  /** Gives `key` a value and an expiry, whatever was there. */
  put(key: string, value: Value, expiryMs = -1, index = this.database): void {
    const old = this.find(key, index);
    if (old === undefined) this.note(key, value, index);
    else this.#noteEnd(old, key, index);
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

  /** Removes fields whose time is over, and hashes with their last one. */
  expireFields(): void {
    for (const keys of this.databases) {
      for (const [key, { value }] of keys) {
        if (!(value instanceof Map)) continue;
        removeOver(value, this.nowMs);
        if (value.size === 0) keys.delete(key);
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

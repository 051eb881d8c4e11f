/**
 * What an operation of the core's fuzzer is, and what it draws from.
 *
 * @module
 */

import type { Random } from "../differential/random.ts";
import type {
  CoreModel,
  Entry,
  HashValue,
  ListValue,
  SetValue,
  StreamValue,
} from "./core_model.ts";
import { SortedSetValue, StreamValue as Stream } from "./core_model.ts";
import type { ProtocolReplies } from "./core_replies.ts";

/** A command with the reply it must get. */
export interface Operation {
  /** Words of the request. */
  readonly words: readonly string[];
  /** The reply, or what finds fault with it: it then runs alone. */
  readonly reply: string | ((actual: string) => string | undefined);
}

/** Makes an operation and does it to the model. */
export interface OperationMaker {
  /** How often, beside the others. */
  readonly weight: number;
  /** Makes one. */
  readonly make: (context: OperationContext) => Operation;
}

/** How large things get in a round. */
export interface Profile {
  /** Name, for messages. */
  readonly name: string;
  /** Usual keys of each kind. */
  readonly keyCount: number;
  /** Fields of a hash, at most. */
  readonly fieldCount: number;
  /** Bytes of a large value, at most. */
  readonly valueBytesMax: number;
  /** One value in so many is large. */
  readonly largeOnceIn: number;
  /** How long keys live, at most. */
  readonly lifeMsMax: number;
  /** Bytes of memory beyond which writes are refused. @default {no limit} */
  readonly memoryBytesMax?: number;
  /** Chunks of 64 KiB that memory may grow to. @default {all of 4 GiB} */
  readonly chunksMax?: number;
  /** Whether fields of hashes end. @default {false} */
  readonly endsFields?: boolean;
  /** Whether databases beyond the model's hold something. @default {false} */
  readonly sparesOthers?: boolean;
}

/** Kinds of keys; a key of another kind is used now and then. */
export type KeyKind = "s" | "h" | "l" | "t" | "x" | "z";

const KINDS: readonly KeyKind[] = ["s", "h", "l", "t", "x", "z"];
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Draws keys and values; knows the model. */
export class OperationContext {
  /** The random sequence of the round. */
  readonly random: Random;
  /** What the core must hold. */
  readonly model: CoreModel;
  /** Replies of the protocol in use. */
  readonly replies: ProtocolReplies;
  /** Sizes. */
  readonly profile: Profile;

  /** Draws from `random`. */
  constructor(
    random: Random,
    model: CoreModel,
    replies: ProtocolReplies,
    profile: Profile,
  ) {
    this.random = random;
    this.model = model;
    this.replies = replies;
    this.profile = profile;
  }

  /** A key, mostly of `kind`. */
  key(kind: KeyKind): string {
    const { random, profile } = this;
    const { waits } = this.model;
    if (waits !== undefined && random.below(6) === 0) {
      const waited = waits.drawKey(random, kind);
      if (waited !== undefined) return waited;
    }
    const drawn = random.below(40) === 0 ? random.pick(KINDS) : kind;
    const count = random.below(20) === 0
      ? profile.keyCount * 10
      : profile.keyCount;
    const name = `${drawn}${random.below(count)}`;
    const odd = random.below(400);
    // Tails beyond what a page holds go to blobs; tags choose the slot.
    if (odd === 0) return name.padEnd(random.between(200, 3000), "x");
    if (odd === 1) return `{tag}${name}`;
    return name;
  }

  /** A key of any kind. */
  anyKey(): string {
    return this.key(this.random.pick(KINDS));
  }

  /** A field of a hash. */
  field(): string {
    const name = `f${this.random.below(this.profile.fieldCount)}`;
    return this.random.below(300) === 0 ? name.padEnd(600, "y") : name;
  }

  /** A member of a set: integers mostly. */
  member(): string {
    const { random, profile } = this;
    if (random.below(3) !== 0) return `${random.below(profile.fieldCount)}`;
    const name = `m${random.below(profile.fieldCount)}`;
    return random.below(300) === 0 ? name.padEnd(600, "y") : name;
  }

  /** A value: mostly short, now and then large, some numbers. */
  value(): string {
    const { random, profile } = this;
    if (random.below(profile.largeOnceIn) === 0) {
      return this.#letter().repeat(random.below(profile.valueBytesMax));
    }
    const kind = random.below(12);
    if (kind === 0) return "";
    if (kind < 3) return `${random.between(-50, 5000)}`;
    if (kind === 3) return random.binary(random.below(20));
    return this.#letter() + LETTERS.slice(0, random.below(26)) + kind;
  }

  #letter(): string {
    return LETTERS[this.random.below(26)]!;
  }

  /** An expiry: milliseconds from now. */
  lifeMs(): number {
    return 1 + this.random.below(this.profile.lifeMsMax);
  }

  /** A number of a database in use. */
  databaseIndex(): number {
    return this.random.below(this.model.databases.length);
  }

  /** The string at `key`: `undefined` when there is none, `false` for another type. */
  string(key: string): string | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return typeof entry.value === "string" ? entry.value : false;
  }

  /** The hash at `key`: `undefined` when there is none, `false` for another type. */
  hash(key: string): HashValue | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return entry.value instanceof Map ? entry.value : false;
  }

  /** The list at `key`: `undefined` when there is none, `false` for another type. */
  list(key: string): ListValue | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return Array.isArray(entry.value) ? entry.value : false;
  }

  /** The set at `key`: `undefined` when there is none, `false` for another type. */
  set(key: string): SetValue | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return entry.value instanceof Set ? entry.value : false;
  }

  /** The sorted set at `key`: `undefined` when there is none, `false` for another type. */
  sortedSet(key: string): SortedSetValue | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return entry.value instanceof SortedSetValue ? entry.value : false;
  }

  /** The stream at `key`: `undefined` when there is none, `false` for another type. */
  stream(key: string): StreamValue | undefined | false {
    const entry = this.model.find(key);
    if (entry === undefined) return undefined;
    return entry.value instanceof Stream ? entry.value : false;
  }

  /** Replaces the string at `key`, keeping its expiry. */
  keepString(key: string, value: string): void {
    const entry: Entry | undefined = this.model.find(key);
    if (entry === undefined) this.model.put(key, value);
    else entry.value = value;
  }

  /** A few of something. */
  many<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: this.random.between(1, most) }, make);
  }
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** `text` as a 64-bit integer in its one decimal form. */
export function readInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

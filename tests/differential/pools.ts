/**
 * Small pools of keys, fields and values, rich in edges, so that random
 * commands meet each other's leavings.
 *
 * @module
 */

import {
  BAD_INTEGERS,
  BAD_SCORES,
  EDGE_FLOATS,
  EDGE_INTEGERS,
  FLOATS,
  ODD_KEYS,
  PATTERNS,
  PLAIN_SCORES,
  SMALL_INTEGERS,
  STREAM_IDS,
  TEXTS,
} from "./edges.ts";
import { randomFloatText } from "./float_texts.ts";
import type { Random } from "./random.ts";

/** Kind of value a key's name stands for; other kinds land there now and then. */
export type KeyKind =
  | "string"
  | "number"
  | "hash"
  | "list"
  | "set"
  | "bitmap"
  | "hyperloglog"
  | "stream"
  | "zset";

const KEY_PREFIXES: Readonly<Record<KeyKind, string>> = {
  string: "s",
  number: "n",
  hash: "h",
  list: "l",
  set: "t",
  bitmap: "b",
  hyperloglog: "p",
  stream: "x",
  zset: "z",
};

/** The choices of one sequence. */
export class Pools {
  /** Where every choice comes from. */
  readonly random: Random;
  /** DUMP payloads made by the oracle, for RESTORE. */
  readonly payloads: readonly string[];
  #idMilliseconds = 1;

  /** Draws from `random`. */
  constructor(random: Random, payloads: readonly string[]) {
    this.random = random;
    this.payloads = payloads;
  }

  /** A key, four times in five one that holds `kind`, if it exists. */
  key(kind: KeyKind): string {
    if (this.random.chance(0.8)) {
      return KEY_PREFIXES[kind] + this.random.below(6);
    }
    return this.anyKey();
  }

  /** A key of any kind; odd names and missing keys too. */
  anyKey(): string {
    const draw = this.random.below(100);
    if (draw < 80) {
      return this.random.pick([..."snhlbtxz"]) + this.random.below(6);
    }
    if (draw < 90) return this.random.pick(ODD_KEYS);
    return `missing${this.random.below(3)}`;
  }

  /** `count` keys of `kind`, the same one twice now and then. */
  keys(kind: KeyKind, countMax = 4): string[] {
    return this.many(countMax, () => this.key(kind));
  }

  /** 1 to `countMax` results of `make`. */
  many<Item>(countMax: number, make: () => Item): Item[] {
    return Array.from({ length: this.random.between(1, countMax) }, make);
  }

  /** A hash field. */
  field(): string {
    const draw = this.random.below(20);
    if (draw === 0) return this.random.pick(ODD_KEYS);
    if (draw === 1) return this.random.pick(SMALL_INTEGERS);
    return (draw < 6 ? "n" : "f") + this.random.below(8);
  }

  /** A hash field that holds a number, nine times in ten. */
  numberField(): string {
    return this.random.chance(0.9) ? `n${this.random.below(6)}` : this.field();
  }

  /** A field with a value; fields named `n…` get numbers. */
  fieldAndValue(): [string, string] {
    if (this.random.chance(0.3)) {
      return [
        this.numberField(),
        this.random.chance(0.5) ? this.number() : this.float(),
      ];
    }
    return [this.field(), this.value()];
  }

  /** A member of a sorted set, the empty one and binary ones too. */
  member(): string {
    const draw = this.random.below(30);
    if (draw === 0) return this.random.pick(ODD_KEYS);
    if (draw === 1) return this.random.pick(TEXTS);
    return (draw < 5 ? "" : "m") + this.random.below(draw < 5 ? 20 : 12);
  }

  /** A score whose text is the same in all versions of Redis. */
  plainScore(): string {
    return this.random.chance(0.7)
      ? this.random.pick(PLAIN_SCORES)
      : String(this.random.between(-1_000_000, 1_000_000));
  }

  /** A score, or now and then none at all. */
  score(): string {
    return this.random.chance(0.04)
      ? this.random.pick(BAD_SCORES)
      : this.plainScore();
  }

  /** An item of a list: few different ones, so that searches find them. */
  item(): string {
    return this.random.chance(0.7) ? `i${this.random.below(6)}` : this.value();
  }

  /** A member of a set: integers often, so that some sets have nothing else. */
  setMember(): string {
    const draw = this.random.below(20);
    if (draw < 11) return this.random.pick(SMALL_INTEGERS);
    if (draw === 11) return this.random.pick(EDGE_INTEGERS);
    if (draw === 12) return this.random.pick(BAD_INTEGERS);
    if (draw === 13) return this.random.pick(ODD_KEYS);
    if (draw === 14) return this.value();
    return `m${this.random.below(10)}`;
  }

  /** Any value: text, number, binary. */
  value(): string {
    const draw = this.random.below(12);
    if (draw < 5) return this.random.pick(TEXTS);
    if (draw < 8) return this.number();
    if (draw < 9) return this.float();
    if (draw < 11) return this.random.binary(this.random.below(40));
    return "abcdefgh".repeat(this.random.below(60));
  }

  /** 256 KiB to 1 MiB, for keys named `big:`. */
  hugeValue(): string {
    return this.random.binary(64).repeat(this.random.between(4096, 16_384));
  }

  /** A number that mostly fits i64. */
  number(): string {
    const draw = this.random.below(10);
    if (draw < 6) return this.random.pick(SMALL_INTEGERS);
    if (draw < 8) return String(this.random.bits() - 0x8000_0000);
    return this.random.pick(EDGE_INTEGERS);
  }

  /** An integer argument, one in eight not an integer at all. */
  integer(): string {
    return this.random.chance(0.12)
      ? this.random.pick(BAD_INTEGERS)
      : this.number();
  }

  /** A float argument, one in four an edge or none at all, some of any form. */
  float(): string {
    if (this.random.chance(0.3)) return randomFloatText(this.random);
    return this.random.pick(this.random.chance(0.25) ? EDGE_FLOATS : FLOATS);
  }

  /** An index into a short string, from either end. */
  index(): string {
    if (this.random.chance(0.1)) return this.integer();
    return String(this.random.between(-12, 60));
  }

  /** A count argument: small, zero, negative, or bad. */
  count(): string {
    if (this.random.chance(0.1)) return this.integer();
    return String(this.random.between(-3, 8));
  }

  /** A glob pattern. */
  pattern(): string {
    return this.random.pick(PATTERNS);
  }

  /** A database number that exists; 0 to 2 mostly. */
  database(): string {
    if (this.random.chance(0.15)) {
      return this.random.pick([
        "15",
        "16",
        "-1",
        "abc",
        "",
        "99999999999",
        "9",
      ]);
    }
    return String(this.random.below(3));
  }

  /**
   * Seconds to live that cannot end during a run; never twice the same, since
   * GT and LT of equal relative times would depend on the clock.
   */
  farSeconds(): string {
    return String(100_000 + this.random.below(100_000_000));
  }

  /** As {@linkcode farSeconds}, in milliseconds. */
  farMilliseconds(): string {
    return String(100_000_000 + this.random.bits() * 16);
  }

  /** A bad or extreme amount of time, which no key can live by. */
  badTime(): string {
    return this.random.pick([
      ...BAD_INTEGERS,
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775",
      "9223372036854776",
      "-9223372036854776",
      "9223372036854775808",
      "9223370000000000000",
    ]);
  }

  /** Absolute seconds in the future, the same ones again and again. */
  futureSeconds(): string {
    return String(4_102_444_800 + this.random.below(3));
  }

  /** Absolute milliseconds in the future, the same ones again and again. */
  futureMilliseconds(): string {
    return String(4_102_444_800_000 + this.random.below(3));
  }

  /** A stream id to add: rising mostly, else old, partial, extreme or bad. */
  newStreamId(): string {
    const draw = this.random.below(20);
    if (draw < 12) {
      this.#idMilliseconds += this.random.below(3);
      return `${this.#idMilliseconds}-${this.random.below(4)}`;
    }
    if (draw < 15) return `${this.#idMilliseconds}-*`;
    if (draw < 16) return String(this.#idMilliseconds + 1);
    return this.streamId();
  }

  /** A stream id to look for. */
  streamId(): string {
    const draw = this.random.below(20);
    if (draw < 17) {
      const milliseconds = this.random.below(this.#idMilliseconds + 2);
      return this.random.chance(0.3)
        ? String(milliseconds)
        : `${milliseconds}-${this.random.below(4)}`;
    }
    return this.random.pick(STREAM_IDS);
  }

  /** A junk word. */
  junk(): string {
    return this.random.pick(["junk", "", "0", "NX", "\x00", "COUNT", "MATCH"]);
  }

  /** `word` in upper, lower or mixed case. */
  cased(word: string): string {
    const draw = this.random.below(10);
    if (draw < 7) return word;
    if (draw < 9) return word.toLowerCase();
    let mixed = "";
    for (const character of word) {
      mixed += this.random.chance(0.5) ? character.toLowerCase() : character;
    }
    return mixed;
  }
}

/**
 * Streams of requests and of things that look like requests.
 *
 * @module
 */

import { Random } from "../differential/random.ts";
import { ByteLog } from "./byte_log.ts";

const STAR = 0x2a;
const DOLLAR = 0x24;

const NAMES = ["ECHO", "echo", "Ping", "GET", "GETSET", "DEL", "getset"];
const HOST_NAMES = ["INFO", "client", "Config", "HELLO", "COMMAND", "LOLWUT"];
const ODD_NAMES = [
  "",
  "nosuch",
  "\x00x",
  "a\r\nb",
  "POST",
  "host:",
  "SUBSCRIBE",
];

/** Lengths that no parser may trust. */
const LENGTHS = [
  "-1",
  "-10",
  "0",
  "00",
  "01",
  "+1",
  " 1",
  "1 ",
  "",
  "-",
  "-0",
  "11",
  "1024",
  "16385",
  "1048576",
  "1048577",
  "536870912",
  "536870913",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
  "99999999999999999999",
  "1\x00",
  "0x10",
  "1e3",
];

/** Makes pieces at the end of a stream. */
export class RequestSource {
  /** The stream. */
  readonly stream = new ByteLog();
  /** Where each piece starts. */
  readonly starts: number[] = [];
  #random = new Random(0);
  readonly #words = new ByteLog();

  /** Starts a stream of `count` pieces drawn from `random`; every `badEvery`th or so is broken. */
  fill(random: Random, count: number, badEvery: number): void {
    this.#random = random;
    this.stream.clear();
    this.starts.length = 0;
    for (let made = 0; made < count; made++) {
      this.starts.push(this.stream.length);
      if (this.#random.below(badEvery) === 0) this.#bad();
      else this.#good();
    }
  }

  // -- What is valid --

  #good(): void {
    const choice = this.#random.below(32);
    if (choice < 26) this.#array();
    else if (choice < 31) this.#inline();
    else this.#nothing();
  }

  #nothing(): void {
    this.stream.text(
      this.#random.pick([
        "\r\n",
        "\n",
        "  \r\n",
        "*0\r\n",
        "*-1\r\n",
        "\x00\n",
      ]),
    );
  }

  #name(): string {
    const choice = this.#random.below(400);
    if (choice < 350) return this.#random.pick(NAMES);
    if (choice < 398) return this.#random.pick(HOST_NAMES);
    return this.#random.pick(ODD_NAMES);
  }

  #argumentCount(name: string): number {
    if (this.#random.below(12) === 0) {
      return this.#random.below(this.#random.below(20) === 0 ? 200 : 6);
    }
    const words = name.toLowerCase();
    return words === "getset"
      ? 2
      : words === "ping"
      ? this.#random.below(2)
      : 1;
  }

  #length(): number {
    const choice = this.#random.below(1000);
    if (choice < 850) return this.#random.below(12);
    if (choice < 996) return this.#random.below(60);
    return this.#random.below(choice < 999 ? 2000 : 20_000);
  }

  #array(): void {
    const name = this.#name();
    const count = this.#argumentCount(name);
    this.stream.header(STAR, count + 1);
    this.stream.header(DOLLAR, name.length);
    this.stream.text(name);
    this.stream.text("\r\n");
    for (let index = 0; index < count; index++) {
      if (index === 0 && this.#random.below(2) === 0) {
        // Few keys, so that writes and reads meet.
        this.stream.text(`$1\r\n${"abcdefgh"[this.#random.below(8)]}\r\n`);
        continue;
      }
      this.#words.clear();
      this.#bytes(this.#words, this.#length());
      this.stream.bulk(this.#words.bytes, 0, this.#words.length);
    }
  }

  /** Bytes that may look like protocol. */
  #bytes(out: ByteLog, count: number): void {
    if (count > 100) {
      const byte = this.#random.below(256);
      for (let made = 0; made < count; made++) out.byte(byte);
      return;
    }
    const alphabet = this.#random.below(4);
    for (let made = 0; made < count; made++) {
      if (alphabet === 0) out.byte(this.#random.below(256));
      else if (alphabet === 1) {
        out.byte(PROTOCOL_BYTES[this.#random.below(PROTOCOL_BYTES.length)]!);
      } else out.byte(0x61 + this.#random.below(26));
    }
  }

  #inline(): void {
    const name = this.#name();
    this.stream.text(name.replace(/[^\w:]/g, "_"));
    const count = this.#argumentCount(name);
    for (let index = 0; index < count; index++) {
      this.stream.text(this.#random.pick([" ", "  ", "\t", " \x0b", " "]));
      this.#inlineWord();
    }
    this.stream.text(this.#random.pick(["\r\n", "\n", " \r\n", "\t\n"]));
  }

  #inlineWord(): void {
    const style = this.#random.below(8);
    if (style < 4) {
      this.stream.text("abcdefgh"[this.#random.below(8)]!);
    } else if (style < 6) {
      this.stream.text(this.#random.pick(QUOTED));
    } else {
      const length = this.#random.below(
        this.#random.below(50) === 0 ? 9000 : 30,
      );
      for (let made = 0; made < length; made++) {
        this.stream.byte(0x21 + this.#random.below(94));
      }
    }
  }

  // -- What is not --

  #bad(): void {
    const choice = this.#random.below(16);
    if (choice < 6) this.#mutated();
    else if (choice < 11) this.#badLength();
    else if (choice < 14) this.#garbage();
    else if (choice < 15) this.#cutOff();
    else if (this.#random.below(40) === 0) this.#endless();
    else this.stream.text(this.#random.pick(ODD_NAMES) + "\r\n");
  }

  #mutated(): void {
    const from = this.stream.length;
    this.#good();
    for (let count = this.#random.between(1, 3); count > 0; count--) {
      const length = this.stream.length - from;
      const at = from + this.#random.below(length);
      this.stream.bytes[at] = this.#random.below(2) === 0
        ? this.#random.below(256)
        : 0x30 + this.#random.below(10);
    }
  }

  /** A request whose count or one of whose lengths is wrong. */
  #badLength(): void {
    const length = this.#random.pick(LENGTHS);
    if (this.#random.below(2) === 0) {
      this.stream.text(`*${length}\r\n`);
      return;
    }
    const count = this.#random.between(1, 40);
    const good = this.#random.below(count);
    this.stream.header(STAR, count);
    for (let index = 0; index < good; index++) this.stream.text("$2\r\nab\r\n");
    this.stream.text(`$${length}\r\n`);
  }

  #garbage(): void {
    const count = this.#random.below(60);
    const alphabet = this.#random.below(3);
    for (let made = 0; made < count; made++) {
      this.stream.byte(
        alphabet === 0
          ? this.#random.below(256)
          : PROTOCOL_BYTES[this.#random.below(PROTOCOL_BYTES.length)]!,
      );
    }
  }

  #cutOff(): void {
    const from = this.stream.length;
    this.#good();
    this.stream.length = from +
      this.#random.below(this.stream.length - from + 1);
  }

  /** A line about as long as a line may be, or longer. */
  #endless(): void {
    this.stream.text(this.#random.pick(["*", "*1\r\n$", "ECHO ", "*2\r\n:"]));
    const count = 65_530 + this.#random.below(12);
    const byte = this.#random.pick([0x31, 0x78]);
    for (let made = 0; made < count; made++) this.stream.byte(byte);
    if (this.#random.below(3) !== 0) this.stream.text("\r\n");
  }
}

const PROTOCOL_BYTES = Array.from(
  "\r\n\r\n*$*$:+-_0123456789\"'\\x \x00PINGecho",
  (letter) => letter.charCodeAt(0),
);

const QUOTED = [
  '""',
  "''",
  '"a b"',
  "'a b'",
  '"\\x41\\n\\"\\\\"',
  "'\\'\\n'",
  '"\\xZZ\\q"',
  '"open',
  "'open",
  '"a"b',
  'a"b"',
  '"\\x4"',
  '"\\',
  "a'b",
];

/**
 * The state machine of a simulation: registers, and for each client the number of its
 * newest command, by which a command that comes twice is known (thesis section 6.3).
 *
 * @module
 */

import { assert } from "../../../src/base/mod.ts";
import type { Entry, Snapshot } from "../../../src/raft/mod.ts";
import type { Command } from "./port.ts";

const COMMAND_WORDS = 4;
const HEAD_WORDS = 3;

/** The bytes of `command`, filled up to `bytes`. */
export function encodeCommand(command: Command, bytes: number): Uint8Array {
  const { client, sequence, key, value } = command;
  const words = Math.max(COMMAND_WORDS, bytes >> 2);
  const data = new Uint32Array(words);
  data.set([client, sequence, key, value]);
  return new Uint8Array(data.buffer);
}

/** The command in an entry's data. */
export function decodeCommand(data: Uint8Array): Command {
  // A copy: the bytes may begin anywhere.
  const words = data.slice(0, 4 * COMMAND_WORDS).buffer;
  const [client, sequence, key, value] = new Uint32Array(words);
  assert(value !== undefined, "a command has four words");
  return { client: client!, sequence: sequence!, key: key!, value };
}

/** See the module. Its hash depends on its contents alone. */
export class Registers {
  readonly #values = new Map<number, number>();
  readonly #sequences = new Map<number, number>();
  #applied = 0;
  #hash = 0;

  /** Index of the last entry that is in. */
  get applied(): number {
    return this.#applied;
  }

  /** Hash of the contents, the index not among them. */
  get hash(): number {
    return this.#hash;
  }

  /** The value of `key`, 0 before the first write. */
  value(key: number): number {
    return this.#values.get(key) ?? 0;
  }

  /** Takes in the next entry; the command if it had an effect. */
  apply(entry: Entry): Command | undefined {
    assert(entry.index === this.#applied + 1, "entries are applied in order");
    this.#applied = entry.index;
    const isNormal = (entry.kind ?? "normal") === "normal";
    if (!isNormal || entry.data.length === 0) return undefined;
    const command = decodeCommand(entry.data);
    if (command.sequence <= (this.#sequences.get(command.client) ?? 0)) {
      return undefined;
    }
    this.#set(this.#sequences, 1, command.client, command.sequence);
    this.#set(this.#values, 2, command.key, command.value);
    return command;
  }

  /** The contents and the index as bytes. */
  save(): Uint8Array {
    const words = [this.#applied, this.#sequences.size, this.#values.size];
    for (const [key, value] of this.#sequences) words.push(key, value);
    for (const [key, value] of this.#values) words.push(key, value);
    return new Uint8Array(new Uint32Array(words).buffer);
  }

  /** Becomes what `snapshot` holds. */
  restore({ index, data }: Pick<Snapshot, "index" | "data">): void {
    this.#values.clear();
    this.#sequences.clear();
    this.#hash = 0;
    this.#applied = index;
    if (data.length === 0) return;
    const words = new Uint32Array(
      data.buffer,
      data.byteOffset,
      data.length >> 2,
    );
    assert(words[0] === index, "a snapshot holds what it says");
    const sequences = words[1]!;
    for (let at = 0; at < sequences + words[2]!; at++) {
      const map = at < sequences ? this.#sequences : this.#values;
      const word = HEAD_WORDS + 2 * at;
      this.#set(map, at < sequences ? 1 : 2, words[word]!, words[word + 1]!);
    }
  }

  #set(map: Map<number, number>, salt: number, key: number, value: number) {
    const old = map.get(key);
    if (old !== undefined) this.#hash ^= mix(salt, key, old);
    map.set(key, value);
    this.#hash ^= mix(salt, key, value);
  }
}

function mix(salt: number, key: number, value: number): number {
  let hash = Math.imul(salt ^ 0x9e3779b9, 0x85ebca6b) ^ key;
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ value;
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}

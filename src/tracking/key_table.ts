/**
 * Which clients may keep copies of which keys. Keys are text of one character a byte,
 * whatever their database: that a key has changed in another one is told too.
 *
 * ```text
 *   remember ──► key ──► clients ──take──► whom to tell; the key is then forgotten
 *                 └── beyond the bounds the oldest key goes, and its clients are told
 * ```
 *
 * @module
 */

/** What a key takes beside its bytes: an entry of a map, and a set. */
const KEY_BYTES = 250;
/** What a client of a key takes. */
const ITEM_BYTES = 30;

/** Keys that clients may keep copies of. */
export class KeyTable {
  /** Keys kept at most; 0 = as many as the bytes allow. */
  keysMax = 0;
  readonly #bytesMax: number;
  readonly #clients = new Map<string, Set<number>>();
  #items = 0;
  #bytes = 0;

  /** A table of about `bytesMax` bytes at most. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Keys in the table. */
  get size(): number {
    return this.#clients.size;
  }

  /** Clients of all keys together. */
  get items(): number {
    return this.#items;
  }

  /** Client `id` may keep a copy of `key`. */
  remember(key: string, id: number): void {
    let clients = this.#clients.get(key);
    if (clients === undefined) {
      clients = new Set();
      this.#clients.set(key, clients);
      this.#bytes += KEY_BYTES + key.length;
    }
    if (clients.has(id)) return;
    clients.add(id);
    this.#items++;
    this.#bytes += ITEM_BYTES;
  }

  /** Forgets `key`; the clients that may have a copy, if any. */
  take(key: string): ReadonlySet<number> | undefined {
    const clients = this.#clients.get(key);
    if (clients === undefined) return undefined;
    this.#clients.delete(key);
    this.#items -= clients.size;
    this.#bytes -= KEY_BYTES + key.length + clients.size * ITEM_BYTES;
    return clients;
  }

  /** The key that is in the table for longest, when there is more than may be. */
  excess(): string | undefined {
    const isOver = this.#bytes > this.#bytesMax ||
      (this.keysMax > 0 && this.#clients.size > this.keysMax);
    if (!isOver) return undefined;
    return this.#clients.keys().next().value;
  }

  /** Forgets all keys. */
  clear(): void {
    this.#clients.clear();
    this.#items = 0;
    this.#bytes = 0;
  }
}

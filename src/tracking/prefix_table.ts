/**
 * Prefixes whose keys are told to clients whoever reads them (BCAST). What changes
 * in one turn goes out as one message a prefix.
 *
 * @module
 */

/** Keys of one prefix that have changed, and whom to tell. */
export interface Broadcast {
  /** Clients of the prefix. */
  readonly clients: ReadonlySet<number>;
  /** Keys in byte order, each with the client that changed it first; 0 = none did. */
  readonly keys: readonly (readonly [key: string, by: number])[];
}

/** What is known of one prefix. */
interface Prefix {
  readonly clients: Set<number>;
  readonly changed: Map<string, number>;
}

/** In byte order: a character is a byte. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Prefixes and who listens to each. */
export class PrefixTable {
  readonly #prefixes = new Map<string, Prefix>();

  /** Prefixes with a client. */
  get size(): number {
    return this.#prefixes.size;
  }

  /** Client `id` is told of keys that begin with `prefix`. */
  add(prefix: string, id: number): void {
    const known = this.#prefixes.get(prefix);
    if (known !== undefined) known.clients.add(id);
    else {
      this.#prefixes.set(prefix, {
        clients: new Set([id]),
        changed: new Map(),
      });
    }
  }

  /** Client `id` is told of them no longer. */
  remove(prefix: string, id: number): void {
    const known = this.#prefixes.get(prefix);
    known?.clients.delete(id);
    if (known?.clients.size === 0) this.#prefixes.delete(prefix);
  }

  /** `key` was changed by client `by`, 0 = by none; whether that is to be told. */
  changed(key: string, by: number): boolean {
    let isTold = false;
    for (const [prefix, { changed }] of this.#prefixes) {
      if (!key.startsWith(prefix)) continue;
      if (!changed.has(key)) changed.set(key, by);
      isTold = true;
    }
    return isTold;
  }

  /** Takes what has changed since the last call, prefixes in byte order. */
  take(): Broadcast[] {
    const dirty = [...this.#prefixes].filter(([, { changed }]) =>
      changed.size > 0
    );
    dirty.sort(([left], [right]) => compare(left, right));
    return dirty.map(([, { clients, changed }]) => {
      const keys = [...changed].sort(([left], [right]) => compare(left, right));
      changed.clear();
      return { clients: new Set(clients), keys };
    });
  }
}

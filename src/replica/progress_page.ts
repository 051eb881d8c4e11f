/**
 * How far each member of the group has the log, in shared memory: the raft Worker writes
 * it, the serve Worker reads it for WAIT and for those who ask about the group.
 *
 * ```text
 * +0    i64   1 while the serve Worker wants to be rung when something changes
 * +8    i64   how often a row has become another member's
 * +16   i64   members told of
 * +24   rows, by rising id:
 *       +0    i64   node id
 *       +8    i64   index up to which all of the log is known to be durable there; NONE
 *       +16   i64   1: it votes; 2: this node is connected to it; and from bits 16, 32
 *                   and 48 on its ports for clients, for what is forwarded, and for
 *                   clients that speak TLS
 * ```
 *
 * Each value is whole by itself. A row that becomes another member's is counted, then
 * loses its index before its id changes and gets one behind it. So what is read between
 * two looks at the same id is that member's, unless the row has changed twice meanwhile,
 * which the count shows.
 *
 * The serve Worker asks to be rung before it looks, and the raft Worker looks whether it
 * is asked to when it has written: one of the two sees the other.
 *
 * @module
 */

import { PEERS_MAX } from "../config/mod.ts";
import type { NodePorts } from "../transport/mod.ts";

const WANTED = 0;
const CHANGES = 1;
const COUNT = 2;
const ROWS = 3;
const ROW_SLOTS = 3;
const NONE = -1n;
const VOTES = 1n;
const CONNECTED = 2n;
const SLOTS = ROWS + ROW_SLOTS * PEERS_MAX;

/** Bytes of shared memory that a page takes. */
export const PROGRESS_PAGE_BYTES = 8 * SLOTS;

/** How far one member has the log, and whether it can be reached. */
export interface MemberProgress extends NodePorts {
  /** Its node id. */
  readonly id: number;
  /** Whether it votes. */
  readonly isVoter: boolean;
  /** Whether this node is connected to it; false for itself. */
  readonly isConnected: boolean;
  /** Index up to which the log is durable there; `undefined` = not known. */
  readonly heldIndex: number | undefined;
}

/** Bits of a port. */
const PORT_MASK = 0xffffn;
const CLIENT_PORT_AT = 16n;
const FORWARD_PORT_AT = 32n;
const TLS_PORT_AT = 48n;

/** The raft Worker's side. */
export class ProgressPage {
  readonly #slots: BigInt64Array;

  /** Writes to `memory`. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BigInt64Array(memory, 0, SLOTS);
  }

  /**
   * Writes what is known of `members`, by rising id; of the first
   * `PEERS_MAX` of them.
   *
   * @returns Whether the serve Worker is to be rung.
   */
  write(members: readonly MemberProgress[]): boolean {
    const count = Math.min(members.length, PEERS_MAX);
    let hasChanged = this.#store(COUNT, BigInt(count));
    for (let place = 0; place < count; place++) {
      if (this.#writeRow(ROWS + ROW_SLOTS * place, members[place]!)) {
        hasChanged = true;
      }
    }
    return hasChanged && Atomics.load(this.#slots, WANTED) === 1n;
  }

  #writeRow(row: number, member: MemberProgress): boolean {
    const { heldIndex, id, isConnected, isVoter } = member;
    const isOther = this.#slots[row] !== BigInt(id);
    if (isOther) {
      Atomics.add(this.#slots, CHANGES, 1n);
      this.#store(row + 1, NONE);
      this.#store(row + 2, 0n);
      this.#store(row, BigInt(id));
    }
    const held = heldIndex === undefined ? NONE : BigInt(heldIndex);
    const isMoved = this.#store(row + 1, held);
    const ports = BigInt(member.clientPort) << CLIENT_PORT_AT |
      BigInt(member.forwardPort) << FORWARD_PORT_AT |
      BigInt.asIntN(64, BigInt(member.tlsPort) << TLS_PORT_AT);
    const flags = (isVoter ? VOTES : 0n) | (isConnected ? CONNECTED : 0n);
    return this.#store(row + 2, flags | ports) || isMoved || isOther;
  }

  /** Stores `value`; whether there was another one. This Worker alone writes. */
  #store(slot: number, value: bigint): boolean {
    if (this.#slots[slot] === value) return false;
    Atomics.store(this.#slots, slot, value);
    return true;
  }
}

/** The serve Worker's side. */
export class ProgressReader {
  readonly #slots: BigInt64Array;

  /** Reads from `memory`, to which a {@linkcode ProgressPage} writes. */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new BigInt64Array(memory, 0, SLOTS);
  }

  /** Whether to be rung when something changes. What is read behind it is not missed. */
  setWanted(isWanted: boolean): void {
    Atomics.store(this.#slots, WANTED, isWanted ? 1n : 0n);
  }

  /** What is known of the members, by rising id. */
  read(): MemberProgress[] {
    const count = Number(Atomics.load(this.#slots, COUNT));
    return Array.from(
      { length: count },
      (_, place) => this.#readRow(ROWS + ROW_SLOTS * place),
    );
  }

  #readRow(row: number): MemberProgress {
    for (;;) {
      const changes = Atomics.load(this.#slots, CHANGES);
      const id = Atomics.load(this.#slots, row);
      const held = Atomics.load(this.#slots, row + 1);
      const flags = Atomics.load(this.#slots, row + 2);
      if (Atomics.load(this.#slots, row) !== id) continue;
      if (Atomics.load(this.#slots, CHANGES) !== changes) continue;
      return {
        id: Number(id),
        heldIndex: held === NONE ? undefined : Number(held),
        isVoter: (flags & VOTES) !== 0n,
        isConnected: (flags & CONNECTED) !== 0n,
        clientPort: Number(flags >> CLIENT_PORT_AT & PORT_MASK),
        tlsPort: Number(flags >> TLS_PORT_AT & PORT_MASK),
        forwardPort: Number(flags >> FORWARD_PORT_AT & PORT_MASK),
      };
    }
  }
}

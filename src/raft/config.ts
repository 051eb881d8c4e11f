/**
 * What a node must be told at its start.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { type HardState, INITIAL_HARD_STATE } from "./hard_state.ts";
import type { StableLog } from "./memory_log.ts";

/** Settings of a `RawNode`. */
export interface RaftConfig {
  /** This node's id; positive, unique for ever in the group. */
  readonly id: number;
  /** Ids of all voters. */
  readonly voters: readonly number[];
  /** The log found on disk. Read by the node until it ends. */
  readonly stable: StableLog;
  /**
   * A number from 0 to `bound - 1`, each equally likely. The one source of chance
   * here: it spreads election timeouts.
   */
  readonly random: (bound: number) => number;
  /**
   * The hard state found on disk.
   *
   * @default {INITIAL_HARD_STATE}
   */
  readonly hardState?: HardState;
  /**
   * Index up to which the state machine has been fed already. Entries behind it
   * are handed out as `Ready.committed`.
   *
   * @default {stable.firstIndex - 1}
   */
  readonly applied?: number;
  /**
   * Ticks without a leader after which a voter campaigns, at least; the timeout is
   * drawn from `[electionTicks, 2 * electionTicks - 1]` in each term and role.
   *
   * @default {10}
   */
  readonly electionTicks?: number;
  /**
   * Bytes of entry data handed out to be applied and not yet reported as applied.
   *
   * @default {Infinity}
   */
  readonly applyingBytesMax?: number;
  /**
   * Bytes of data of proposed, uncommitted entries beyond which proposals are
   * refused. One proposal is always accepted when there is none, and an empty one
   * is never refused.
   *
   * @default {Infinity}
   */
  readonly uncommittedBytesMax?: number;
}

/** {@linkcode RaftConfig} with every default filled in. */
export type FullRaftConfig = Required<RaftConfig>;

/** Fills in defaults and asserts what the node relies on. */
export function fillConfig(config: RaftConfig): FullRaftConfig {
  const full = {
    hardState: INITIAL_HARD_STATE,
    applied: config.stable.firstIndex - 1,
    electionTicks: 10,
    applyingBytesMax: Infinity,
    uncommittedBytesMax: Infinity,
    ...config,
  };
  assert(full.id > 0, "node ids are positive");
  assert(full.electionTicks > 0, "an election takes time");
  assert(full.hardState.term >= 0, "a term is not negative");
  assert(full.applyingBytesMax > 0, "some bytes can be applied");
  assert(full.uncommittedBytesMax > 0, "some bytes can be proposed");
  return full;
}

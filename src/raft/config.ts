/**
 * What a node must be told at its start.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import type { ConfState } from "./configuration.ts";
import { type HardState, INITIAL_HARD_STATE } from "./hard_state.ts";
import type { StableLog } from "./memory_log.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Trace } from "./trace.ts";

/**
 * How a leader makes sure that it still leads when it answers a read:
 *
 * - `safe`: by a round of heartbeats (thesis section 6.4).
 * - `lease`: not at all, by trusting that clocks run alike (thesis section 6.4.1), as
 *   etcd does. It can answer for up to two election timeouts after it has lost
 *   its quorum, and after a leadership transfer.
 */
export type ReadConsistency = "safe" | "lease";

/** Settings of a `RawNode`. */
export interface RaftConfig {
  /** This node's id; positive, unique for ever in the group. */
  readonly id: number;
  /**
   * Ids of all voters; for a group without other members.
   *
   * @default {[]}
   */
  readonly voters?: readonly number[];
  /**
   * The members as of `applied`.
   *
   * @default {voters alone}
   */
  readonly confState?: ConfState;
  /** The log found on disk. Read by the node until it ends. */
  readonly stable: StableLog;
  /**
   * A number from 0 to `bound - 1`, each equally likely. The one source of chance
   * here: it spreads election timeouts.
   */
  readonly random: (bound: number) => number;
  /**
   * The newest snapshot for the node `to`, undefined while there is none at hand; asked
   * again later then. It holds at least everything compacted away, and is new enough to
   * have `to` among its members; an older one is not sent.
   *
   * @default {always undefined}
   */
  readonly snapshot?: (to: number) => Snapshot | undefined;
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
   * drawn from `[electionTicks, 2 * electionTicks - 1]` in each term and role. The
   * same on all nodes.
   *
   * @default {10}
   */
  readonly electionTicks?: number;
  /**
   * Ticks between a leader's heartbeats.
   *
   * @default {1}
   */
  readonly heartbeatTicks?: number;
  /**
   * Whether a node asks whether it would win before it starts an election.
   *
   * @default {false}
   */
  readonly preVote?: boolean;
  /**
   * Whether a leader that hears of no quorum for `electionTicks` steps down, and a
   * voter that hears of a leader refuses votes.
   *
   * @default {false}
   */
  readonly checkQuorum?: boolean;
  /**
   * Ticks after the start in which this node neither votes nor campaigns by itself,
   * unless a leader asks for it. With `electionTicks`, a voter that has crashed keeps the
   * promise that it gave to a leader before: leases rest on it.
   *
   * @default {0}
   */
  readonly quietTicks?: number;
  /**
   * See {@linkcode ReadConsistency}. `lease` needs `checkQuorum`.
   *
   * @default {"safe"}
   */
  readonly reads?: ReadConsistency;
  /**
   * Whether a leader that is removed, or made a learner, follows from then on.
   *
   * @default {false}
   */
  readonly stepDownOnRemoval?: boolean;
  /**
   * Whether a follower refuses proposals instead of handing them to its leader.
   *
   * @default {false}
   */
  readonly disableProposalForwarding?: boolean;
  /**
   * Whether the leader takes membership changes that may not be made now. Only for
   * proposers who see to it themselves.
   *
   * @default {false}
   */
  readonly disableChangeValidation?: boolean;
  /**
   * Whether the append of each `Ready` is done before its `committed` is applied and
   * before the next `Ready` is taken. Entries may then be applied with the `Ready` that
   * appends them.
   *
   * @default {false}
   */
  readonly synchronousStorage?: boolean;
  /**
   * Bytes of entries in one append, but at least one entry; 0 = one entry each.
   *
   * @default {Infinity}
   */
  readonly appendBytesMax?: number;
  /**
   * Appends sent to one node and not acknowledged.
   *
   * @default {256}
   */
  readonly inflightAppendsMax?: number;
  /**
   * Bytes of data in those appends.
   *
   * @default {Infinity}
   */
  readonly inflightBytesMax?: number;
  /**
   * Bytes of entries handed out to be applied and not yet reported as applied.
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
  /**
   * Reads that wait at the leader until it is sure that it leads, beyond which further
   * ones are dropped as if their message had been lost.
   *
   * @default {4096}
   */
  readonly waitingReadsMax?: number;
  /**
   * Told what happens, for logs and tests.
   *
   * @default {nobody}
   */
  readonly trace?: Trace;
}

/** {@linkcode RaftConfig} with every default filled in. */
export type FullRaftConfig =
  & Required<Omit<RaftConfig, "voters" | "trace">>
  & Pick<RaftConfig, "trace">;

const DEFAULTS = {
  snapshot: () => undefined,
  hardState: INITIAL_HARD_STATE,
  electionTicks: 10,
  heartbeatTicks: 1,
  preVote: false,
  checkQuorum: false,
  quietTicks: 0,
  reads: "safe",
  stepDownOnRemoval: false,
  disableProposalForwarding: false,
  disableChangeValidation: false,
  synchronousStorage: false,
  appendBytesMax: Infinity,
  inflightAppendsMax: 256,
  inflightBytesMax: Infinity,
  applyingBytesMax: Infinity,
  uncommittedBytesMax: Infinity,
  waitingReadsMax: 4096,
} as const satisfies Partial<RaftConfig>;

/** Fills in defaults and asserts what the node relies on. */
export function fillConfig(config: RaftConfig): FullRaftConfig {
  const { voters = [], ...others } = config;
  const full: FullRaftConfig = {
    ...DEFAULTS,
    applied: config.stable.firstIndex - 1,
    confState: {
      voters,
      votersOutgoing: [],
      learners: [],
      learnersNext: [],
      autoLeave: false,
    },
    ...others,
  };
  assert(full.id > 0, "node ids are positive");
  assert(full.heartbeatTicks > 0, "a heartbeat takes time");
  assert(
    full.electionTicks >= full.heartbeatTicks,
    "an election takes at least as long as a heartbeat",
  );
  assert(full.hardState.term >= 0, "a term is not negative");
  assert(full.applyingBytesMax > 0, "some bytes can be applied");
  assert(full.uncommittedBytesMax > 0, "some bytes can be proposed");
  assert(
    full.reads === "safe" || full.checkQuorum,
    "leases rest on voters that know their leader",
  );
  return full;
}

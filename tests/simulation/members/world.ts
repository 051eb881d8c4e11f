/**
 * What the parts of a node in a simulation know of the world around them.
 *
 * @module
 */

import type { GroupHistory } from "../checks/group_history.ts";
import type { SyncedLog } from "../checks/node_check.ts";
import type { ProposalFates } from "../checks/proposal_fates.ts";
import type { SimulatedNetwork } from "../network.ts";
import type { NodeCounts } from "../outcome.ts";
import type { Answer } from "../node/port.ts";
import type { SimulatedTime } from "../time.ts";
import type { Machine } from "../world/group.ts";
import type { NodeMachine } from "./node_machine.ts";
import type { MemberSettings } from "./settings.ts";

/** See the module. */
export interface World {
  readonly settings: MemberSettings;
  readonly time: SimulatedTime;
  readonly network: SimulatedNetwork;
  readonly history: GroupHistory;
  readonly fates: ProposalFates;
  /** Entries up to here are committed from the start. */
  readonly givenCommit: number;
  /** What happened how often. */
  readonly counts: NodeCounts;

  /** All machines that ever were. */
  machineIds(): readonly number[];
  /** What is durable at the machine `id`. */
  diskOf(id: number): SyncedLog | undefined;
  /** Whether `machine` may forget what it has not synced, and nothing promised is lost. */
  mayForget(machine: NodeMachine): boolean;
  /** A node goes on behind the entry of `term` at `index`: it must be committed. */
  checkBase(id: number, index: number, term: number): void;
  /** Node `id` answers a client. */
  answer(id: number, answer: Answer): void;
  /** Notes something that happens at node `id`. */
  note(what: string, detail: unknown, id: number): void;
  /** A machine has worked. */
  worked(machine: Machine): void;
  /** Something is wrong with the code under test: the run ends. */
  fail(cause: unknown): void;
}

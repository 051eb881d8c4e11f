/**
 * A group of machines as faults, operators and checks see it, whatever runs on them.
 *
 * @module
 */

import type { ConfChange } from "../../../src/raft/mod.ts";
import type { NodeCheck } from "../checks/node_check.ts";
import type { Chance } from "../kernel/chance.ts";
import type { EventQueue } from "../kernel/events.ts";
import type { Command } from "../node/port.ts";
import type { FaultSettings } from "./settings.ts";

/**
 * How a node ends: `process` leaves everything written in the system's cache, where it is
 * still not synced; `power` does not.
 */
export type CrashKind = "process" | "power";

/** What a machine does. */
export type MachineState = "up" | "starting" | "down" | "gone";

/** One machine. */
export interface Machine {
  /** Its node's id. */
  readonly id: number;
  /** What it does. */
  readonly state: MachineState;
  /** Whether it runs, and does not sleep. */
  readonly isAwake: boolean;
  /** What is known of the node while it runs. */
  readonly check: NodeCheck | undefined;

  /** Turns it on; the node runs after a while. */
  start(): void;
  /** The node ends at once. */
  crash(kind: CrashKind): void;
  /** The node sleeps for `ms`: what comes for it waits. */
  pause(ms: number): void;
  /** Its disk does nothing for `ms`. */
  stall(ms: number): void;
  /** Ends whatever is wrong with the machine, but not what is lost for ever. */
  heal(): void;
  /** It is turned off, or lost, for ever: its id may never be used again. */
  retire(): void;

  /** An operator changes the members; false if the node does not lead or may not. */
  changeMembers(change: ConfChange, isV1: boolean): boolean;
  /** An operator hands leadership over. */
  transferLeadership(to: number): void;
  /** An operator makes the node forget its leader. */
  forgetLeader(): void;
  /** Somebody writes who does not wait for an answer. */
  probe(command: Command): void;
}

/** See the module. */
export interface Group {
  readonly chance: Chance;
  readonly events: EventQueue;
  readonly faults: FaultSettings;
  /** Voters at the start. */
  readonly nodes: number;
  /** Whether nodes ask before they campaign. */
  readonly hasPreVote: boolean;
  /** All machines that ever were, by id. */
  readonly members: ReadonlyMap<number, Machine>;
  /** The node that leads the newest term of those that run, 0 = none. */
  readonly leader: number;

  /** A new machine, off and empty. */
  add(id: number): Machine;
  /** Notes something that happens to the world. */
  note(what: string, detail: unknown): void;
  /** `worked` is told of every event at a node, after its work was taken. */
  onWork(worked: (machine: Machine) => void): void;

  /** Cuts ways between machines by `chance`; what was cut, in words. */
  part(chance: Chance): string;
  /** Cuts all ways from `id`. */
  mute(id: number): void;
  /** Opens all ways that were cut. */
  mend(): void;
  /** Nothing gets from `from` to `to` for `ms`; it arrives later. */
  jam(from: number, to: number, ms: number): void;
  /** The network does nothing wrong from now on. */
  calm(): void;
}

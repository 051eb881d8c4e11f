/**
 * The serve Worker's loop: parse → classify → read | propose → apply → reply.
 *
 * It orders requests and replies and touches no data, socket or file itself:
 * data lies in the core, sockets behind {@linkcode ClientPort}, the log behind
 * {@linkcode LogPort}.
 *
 * @module
 */

export type {
  AwayBatch,
  AwayEnd,
  AwayEvents,
  AwayPort,
  AwayTransaction,
} from "./away.ts";
export { ClientPause, type PauseMode } from "./client_pause.ts";
export type { Client, ClientPort, ClientState } from "./client.ts";
export { Engine } from "./engine.ts";
export type { EngineOptions } from "./options.ts";
export {
  GroupCommit,
  type GroupCommitOptions,
  type SealDecision,
} from "./group_commit.ts";
export { Meter } from "./meter.ts";
export type { HostOutcome, HostPort, LogPort, UnreadWatch } from "./ports.ts";
export {
  type SlowCommand,
  type SlowListener,
  SlowWatch,
} from "./slow_watch.ts";
export { type LogEvents, LogLink } from "./log_link.ts";
export { type ReadCounts, ReadGate, type ReadSource } from "./read_gate.ts";
export { type WaitEnd, Waits } from "./waits.ts";

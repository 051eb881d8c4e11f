/**
 * What a node tells its observer, as the log lines of etcd's raft.
 *
 * @module
 */

import type { TraceEvent } from "../../../src/raft/trace.ts";
import type { LogLevel } from "./output.ts";
import { electionText } from "./trace_text_elections.ts";
import { nodeText } from "./trace_text_nodes.ts";
import { replicationText } from "./trace_text_replication.ts";

/** A log line without its level, and the level. */
export type LogLine = readonly [LogLevel, string];

/** The log line of `event` at the node `id` (in hexadecimal), if it has one. */
export function logLine(id: string, event: TraceEvent): LogLine | undefined {
  return nodeText(id, event) ?? electionText(id, event) ??
    replicationText(id, event);
}

/**
 * Commands that take snapshots, and SHUTDOWN.
 *
 * Source: https://redis.io/commands/save/
 *
 * @module
 */

import {
  integer,
  NO_SHUTDOWN,
  NONE,
  OK,
  type Reply,
  SAVE_IN_PROGRESS,
  status,
  SYNTAX,
} from "../../resp/mod.ts";
import type { HostCall, HostReply, HostServer } from "./context.ts";
import { lower, texts } from "./context.ts";

/** `LASTSAVE` */
export function lastsave({ server }: HostCall): Reply {
  return integer(server.lastSnapshotSeconds());
}

/** `SAVE`: answers when the snapshot is durable; other clients are served meanwhile. */
export function save({ server }: HostCall): HostReply {
  if (server.isSnapshotting()) return SAVE_IN_PROGRESS;
  return { kind: "later", reply: server.snapshot().then(() => OK) };
}

/** Takes a snapshot that nobody waits for. */
function snapshotInBackground(server: HostServer): void {
  server.snapshot().catch(() => {
    // The failure is in the log lines and in INFO's rdb_last_bgsave_status.
  });
}

/** `BGSAVE [SCHEDULE]` */
export function bgsave(call: HostCall): Reply {
  const { server, words } = call;
  const isKnown = words.length === 1 ||
    (words.length === 2 && lower(call, 1) === "schedule");
  if (!isKnown) return SYNTAX;
  if (server.isSnapshotting()) return SAVE_IN_PROGRESS;
  snapshotInBackground(server);
  return status("Background saving started");
}

/** `BGREWRITEAOF`: a snapshot takes the place of the log before it. */
export function bgrewriteaof({ server }: HostCall): Reply {
  if (!server.isSnapshotting()) snapshotInBackground(server);
  return status("Background append only file rewriting started");
}

const SHUTDOWN_WORDS: readonly string[] = [
  "nosave",
  "save",
  "now",
  "force",
  "abort",
];

/** `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]` */
export function shutdown(call: HostCall): HostReply {
  const words = texts(call).slice(1).map((option) => option.toLowerCase());
  const isKnown = words.every((option) => SHUTDOWN_WORDS.includes(option));
  const isClash = words.includes("save") && words.includes("nosave");
  const isAbort = words.includes("abort");
  if (!isKnown || isClash || (isAbort && words.length > 1)) return SYNTAX;
  if (isAbort) return NO_SHUTDOWN;
  call.server.shutdown();
  return { kind: "last", reply: NONE };
}

/**
 * MONITOR, and how a request looks to those who watch.
 *
 * Source: https://redis.io/commands/monitor/
 *
 * @module
 */

import { error, NONE, OK, type Reply } from "../../resp/mod.ts";
import { findRow } from "../table/mod.ts";
import type { HostCall, HostClient } from "./context.ts";
import { redact } from "./redaction.ts";

/** Clients that watch the commands of all others. */
export interface HostMonitors {
  /** `client` watches from now on. */
  add(client: HostClient): void;
  /** `client` watches no more. */
  remove(client: HostClient): void;
  /** Whether `client` watches. */
  has(client: HostClient): boolean;
}

const IN_EXEC = error("ERR MONITOR isn't allowed for DENY BLOCKING client");

/** `MONITOR` */
export function monitor({ client, server, session }: HostCall): Reply {
  if (session.queuedCount >= 0) return IN_EXEC;
  if (server.monitors.has(client)) return NONE;
  server.monitors.add(client);
  return OK;
}

const LETTERS: Readonly<Record<number, string>> = {
  0x07: "\\a",
  0x08: "\\b",
  0x09: "\\t",
  0x0a: "\\n",
  0x0d: "\\r",
  0x22: '\\"',
  0x5c: "\\\\",
};

function quote(word: Uint8Array): string {
  let text = "";
  for (const byte of word) {
    const isPlain = byte >= 0x20 && byte < 0x7f;
    text += LETTERS[byte] ??
      (isPlain
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`);
  }
  return ` "${text}"`;
}

/**
 * The words of a host command as MONITOR shows them, a space before each and
 * secrets left out; `undefined`: what administers the server is not shown.
 *
 * @param name `command`, or `container|subcommand`.
 */
export function describeRequest(
  name: string,
  words: readonly Uint8Array[],
): string | undefined {
  if (findRow(name)?.flags.includes("admin")) return undefined;
  return redact(words).map(quote).join("");
}

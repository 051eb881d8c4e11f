/**
 * MONITOR, and how a request looks to those who watch.
 *
 * Source: https://redis.io/commands/monitor/
 *
 * @module
 */

import { byteText } from "../../base/mod.ts";
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

/** What is not shown as it is. */
const SPECIAL = /[^\x20-\x7e]|["\\]/g;
const LETTERS: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

function escape(character: string): string {
  const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
  return LETTERS[character] ?? `\\x${hex}`;
}

function quote(word: Uint8Array): string {
  return ` "${byteText(word).replace(SPECIAL, escape)}"`;
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

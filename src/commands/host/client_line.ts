/**
 * A client as CLIENT LIST and CLIENT INFO show it.
 *
 * Source: https://redis.io/commands/client-list/
 *
 * @module
 */

import type { HostClient, HostServer } from "./context.ts";

/** The line of a client, without its end. */
export function describeClient(server: HostServer, client: HostClient): string {
  const session = server.session(client);
  const seconds = (ms: number) => Math.floor((server.wallMs() - ms) / 1000);
  const flags = `${client.isNoEvict ? "e" : ""}${session.isNoTouch ? "T" : ""}`;
  const { inputBytes, pendingBytes, outputBytes } = session;
  return [
    `id=${client.id}`,
    `addr=${client.address}`,
    `laddr=${client.localAddress}`,
    // File descriptors are Deno's own; clients only count fields.
    "fd=-1",
    `name=${client.name}`,
    `age=${seconds(client.createdMs)}`,
    `idle=${seconds(client.usedMs)}`,
    `flags=${flags === "" ? "N" : flags}`,
    `db=${session.database}`,
    "sub=0",
    "psub=0",
    "ssub=0",
    "multi=-1",
    `qbuf=${pendingBytes}`,
    `qbuf-free=${inputBytes - pendingBytes}`,
    "argv-mem=0",
    "multi-mem=0",
    "rbs=0",
    "rbp=0",
    "obl=0",
    `oll=${outputBytes > 0 ? 1 : 0}`,
    `omem=${outputBytes}`,
    `tot-mem=${inputBytes + outputBytes}`,
    `events=${outputBytes > 0 ? "rw" : "r"}`,
    `cmd=${session.lastCommand}`,
    `user=${client.user}`,
    "redir=-1",
    `resp=${session.protocol}`,
    `lib-name=${client.libraryName}`,
    `lib-ver=${client.libraryVersion}`,
  ].join(" ");
}

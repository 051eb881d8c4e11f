/**
 * A client as CLIENT LIST and CLIENT INFO show it.
 *
 * Source: https://redis.io/commands/client-list/
 *
 * @module
 */

import type { TopicKind } from "../../pubsub/mod.ts";
import type { HostClient, HostServer } from "./context.ts";

/** The line of a client, without its end. */
export function describeClient(
  server: Omit<HostServer, "access">,
  client: HostClient,
): string {
  const session = server.session(client);
  const seconds = (ms: number) => Math.floor((server.wallMs() - ms) / 1000);
  const { pubSub } = server;
  const tracked = server.tracking.client(client.id);
  const flags = [
    server.monitors.has(client) ? "O" : "",
    pubSub.isSubscribed(client.id) ? "P" : "",
    session.queuedCount >= 0 ? "x" : "",
    session.isWaiting || server.isPaused(client) ? "b" : "",
    tracked !== undefined ? "t" : "",
    tracked?.isBroken ? "R" : "",
    tracked?.mode === "bcast" ? "B" : "",
    session.isDirty ? "d" : "",
    session.readsReplica ? "r" : "",
    client.isNoEvict ? "e" : "",
    session.isNoTouch ? "T" : "",
  ].join("");
  const names = (kind: TopicKind) => pubSub.names(kind, client.id).size;
  const { inputBytes, pendingBytes, outputBytes, queuedBytes } = session;
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
    `sub=${names("channel")}`,
    `psub=${names("pattern")}`,
    `ssub=${names("shard-channel")}`,
    `multi=${session.queuedCount}`,
    `qbuf=${pendingBytes}`,
    `qbuf-free=${inputBytes - pendingBytes}`,
    "argv-mem=0",
    `multi-mem=${queuedBytes}`,
    "rbs=0",
    "rbp=0",
    "obl=0",
    `oll=${outputBytes > 0 ? 1 : 0}`,
    `omem=${outputBytes}`,
    `tot-mem=${inputBytes + outputBytes + queuedBytes}`,
    `events=${outputBytes > 0 ? "rw" : "r"}`,
    `cmd=${session.lastCommand}`,
    `user=${client.user}`,
    `redir=${tracked?.redirect ?? -1}`,
    `resp=${session.protocol}`,
    `lib-name=${client.libraryName}`,
    `lib-ver=${client.libraryVersion}`,
  ].join(" ");
}

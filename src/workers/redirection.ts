/**
 * Sends clients of Redis Cluster to the node that leads, when they ask another one for
 * keys.
 *
 * Source: https://redis.io/docs/reference/cluster-spec/#moved-redirection
 *
 * @module
 */

import { keySlot, textBytes } from "../base/mod.ts";
import {
  type ClusterView,
  COMMANDS,
  firstKey,
  type HostClient,
  rosterFor,
} from "../commands/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client } from "../engine/mod.ts";
import { CLUSTERDOWN, encodeReply, moved, type Reply } from "../resp/mod.ts";
import type { HostCalls } from "./host_calls.ts";

/** Redirects the clients of one core. */
export class Redirection {
  readonly #core: Core;
  readonly #cluster: ClusterView;
  readonly #calls: HostCalls;

  /** Sends to the leader of `cluster`; what is refused is counted in `calls`. */
  constructor(core: Core, cluster: ClusterView, calls: HostCalls) {
    this.#core = core;
    this.#cluster = cluster;
    this.#calls = calls;
  }

  /**
   * The encoded error if the request `words` in hand names keys; an EXEC, if what it would
   * run does. The transaction is over then.
   */
  reply(
    client: Client,
    words: readonly Uint8Array[],
  ): Uint8Array | undefined {
    const command = this.#core.requestCommand();
    const { name } = COMMANDS[command]!;
    const isExec = name === "exec";
    const key = isExec ? this.#keyOfQueue(client) : firstKey(command, words);
    if (key === undefined) return undefined;
    const { session } = client;
    if (isExec) this.#core.dropTransaction(session);
    const reply = this.#where(client, key);
    this.#calls.refused(name, reply);
    return encodeReply(reply, this.#core.protocol(session));
  }

  #keyOfQueue({ session }: Client): string | undefined {
    let key: string | undefined;
    this.#core.permits.someQueued(session, () => {
      const words = this.#core.requestWords();
      key = firstKey(this.#core.requestCommand(), words);
      return key !== undefined;
    });
    return key;
  }

  #where(client: HostClient, key: string): Reply {
    const { leaderId } = this.#cluster;
    const { nodes } = rosterFor({ client, server: { cluster: this.#cluster } });
    const leader = nodes.find(({ id, isOwn }) => id === leaderId && !isOwn);
    if (leader === undefined || leader.port === 0) return CLUSTERDOWN;
    const bytes = textBytes(key);
    const slot = keySlot(bytes, bytes.length);
    return moved(slot, leader.host, leader.port);
  }
}

/**
 * Runs the host's commands for the engine: finds one, measures it, encodes its
 * reply.
 *
 * A command that fails for what the machine does to it (a full disk, no memory)
 * answers an error. Any other exception is a broken invariant and ends the node.
 *
 * @module
 */

import { assert, byteText, type Clock, isOperatingError } from "../base/mod.ts";
import {
  describeRequest,
  HOST_COMMANDS,
  type HostReply,
  type HostServer,
  judgeQueued,
  loginOf,
  refuseSubcommand,
} from "../commands/mod.ts";
import type { Core } from "../core/mod.ts";
import type { Client, HostOutcome } from "../engine/mod.ts";
import { encodeReply, error, NO_MULTI, type Reply } from "../resp/mod.ts";
import { AccessGuard } from "./access_guard.ts";
import type { HostCalls } from "./host_calls.ts";
import type { Monitors } from "./monitors.ts";
import { Redirection } from "./redirection.ts";
import type { SlowCommands } from "./slow_commands.ts";

const NO_REPLY = new Uint8Array(0);

/** The error reply for what the machine did; throws anything else on. */
function mustBeOperating(cause: unknown): Reply {
  if (!isOperatingError(cause)) throw cause;
  return error(`ERR ${cause.message}`);
}

/** Runs host commands on one shard. */
export class HostCommandRunner {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #server: HostServer;
  readonly #calls: HostCalls;
  readonly #slow: SlowCommands;
  readonly #monitors: Pick<Monitors, "isWatched" | "ran">;
  readonly #guard: AccessGuard;
  readonly #redirection: Redirection;

  /** Runs commands on `server`, counts them in `calls`, reports slow ones and tells `monitors`. */
  constructor(
    core: Core,
    clock: Clock,
    server: HostServer,
    calls: HostCalls,
    slow: SlowCommands,
    monitors: Pick<Monitors, "isWatched" | "ran">,
  ) {
    this.#core = core;
    this.#clock = clock;
    this.#server = server;
    this.#calls = calls;
    this.#slow = slow;
    this.#monitors = monitors;
    this.#guard = new AccessGuard(core, server.access, calls);
    this.#redirection = new Redirection(core, server.cluster, calls);
  }

  /** Runs the request `words` of `client`. Its name is a host command's. */
  run(client: Client, words: readonly Uint8Array[]): HostOutcome {
    const startMs = this.#clock.monotonicMs();
    const name = byteText(words[0]!).toLowerCase();
    client.lastCommand = name;
    const refusal = this.#refusedSubcommand(client, words);
    if (refusal !== undefined) return { reply: refusal };
    const outcome = this.#call(name, client, words);
    // The client may send nothing else meanwhile, so this is what ran.
    const ranName = client.lastCommand;
    let shown: string | undefined;
    const after = () => {
      if (shown === undefined || client.isGone) return;
      const database = this.#core.database(client.session);
      this.#monitors.ran(client, database, shown);
    };
    const end = (reply: Reply): Uint8Array => {
      const us = (this.#clock.monotonicMs() - startMs) * 1000;
      const hasRun = this.#calls.ended(ranName, words.length, us, reply);
      if (hasRun) this.#slow.ranInHost(client, ranName, words, us);
      if (hasRun && this.#monitors.isWatched) {
        shown = describeRequest(ranName, words);
      }
      if (client.isGone) return NO_REPLY;
      return encodeReply(reply, this.#core.protocol(client.session));
    };
    switch (outcome.kind) {
      case "last":
        return { reply: end(outcome.reply), isLast: true, after };
      case "later": {
        const later = outcome.reply.catch(mustBeOperating).then(end);
        return { reply: NO_REPLY, later, end: outcome.end };
      }
      default:
        return { reply: end(outcome), after };
    }
  }

  /** The encoded error if the client's user may not run what the core asks about. */
  permit(client: Client): Uint8Array | undefined {
    return this.#guard.permit(client);
  }

  /** The encoded error if the request `words` is for the node that leads. */
  elsewhere(
    client: Client,
    words: readonly Uint8Array[],
  ): Uint8Array | undefined {
    return this.#redirection.reply(client, words);
  }

  /** The encoded error if the request `words` may not be queued in a transaction. */
  refusal(
    client: Client,
    words: readonly Uint8Array[],
  ): Uint8Array | undefined {
    const { name, reply } = judgeQueued(
      words.map(byteText),
    );
    client.lastCommand = name;
    if (reply === undefined) {
      if (loginOf(words) !== undefined) this.#server.access.queuedLogin(client);
      return undefined;
    }
    return this.#refuse(client, name, words, reply);
  }

  /** The encoded error for a request whose subcommand is none, or has a wrong number of words. */
  misuse(
    client: Client,
    words: readonly Uint8Array[],
  ): Uint8Array | undefined {
    const { name, reply } = judgeQueued(words.map(byteText));
    if (reply === undefined || reply === NO_MULTI) return undefined;
    client.lastCommand = name;
    return this.#refuse(client, name, words, reply);
  }

  #refuse(
    client: Client,
    name: string,
    words: readonly Uint8Array[],
    reply: Reply,
  ): Uint8Array {
    this.#calls.ended(name, words.length, 0, reply);
    return encodeReply(reply, this.#core.protocol(client.session));
  }

  /**
   * The encoded error if `words` are a container's and the client listens in RESP2:
   * such requests come here to be refused by the name of their subcommand.
   */
  #refusedSubcommand(
    client: Client,
    words: readonly Uint8Array[],
  ): Uint8Array | undefined {
    const session = this.#server.session(client);
    // What a transaction runs was judged when it was queued.
    if (!session.isConfined || session.queuedCount >= 0) return undefined;
    const refusal = refuseSubcommand(words);
    if (refusal === undefined) return undefined;
    client.lastCommand = refusal.name;
    this.#calls.refused(refusal.name, refusal.reply);
    return encodeReply(refusal.reply, session.protocol);
  }

  #call(
    name: string,
    client: Client,
    words: readonly Uint8Array[],
  ): HostReply {
    const command = HOST_COMMANDS.get(name);
    assert(command !== undefined, `command "${name}" has a handler`);
    const server = this.#server;
    const session = server.session(client);
    try {
      return command({ client, session, server, words });
    } catch (cause) {
      return mustBeOperating(cause);
    }
  }
}

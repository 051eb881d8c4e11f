/**
 * Permits requests of clients whose users may not do everything.
 *
 * The core asks before it runs a request of such a client; all that follow in its
 * input are looked at as well, up to one that is denied, so that a pipeline costs one
 * question and its writes share a log entry. What was permitted is taken back when
 * users change. EXEC is looked at when it is next to run, with all that it will run.
 *
 * @module
 */

import { byteText } from "../base/mod.ts";
import {
  type AccessControl,
  type DeniedRequest,
  findRow,
} from "../commands/mod.ts";
import { PERMITS_AHEAD_MAX } from "../config/mod.ts";
import { type Core, type RequestEnd, SESSION_FLAGS } from "../core/mod.ts";
import type { Client } from "../engine/mod.ts";
import {
  encodeReply,
  execAborted,
  noPermission,
  type Reply,
  sortDenied,
} from "../resp/mod.ts";
import type { HostCalls } from "./host_calls.ts";

/** A request's first word in lower case. */
function nameOf(words: readonly Uint8Array[]): string {
  return byteText(words[0]!.subarray(0, NAME_BYTES)).toLowerCase();
}

/** A word that is longer names no command. */
const NAME_BYTES = 64;

/** Decides on requests for one core. */
export class AccessGuard {
  readonly #core: Core;
  readonly #access: AccessControl;
  readonly #calls: HostCalls;

  /** Permits what `access` allows; refusals are counted in `calls`. */
  constructor(core: Core, access: AccessControl, calls: HostCalls) {
    this.#core = core;
    this.#access = access;
    this.#calls = calls;
  }

  /** The encoded error if the client may not run the request that the core asks about. */
  permit(client: Client): Uint8Array | undefined {
    const words = this.#core.requestWords();
    const refusal = this.#refusal(client, words);
    if (refusal !== undefined) {
      return encodeReply(refusal, this.#core.protocol(client.session));
    }
    const { permits } = this.#core;
    const end = permits.askedEnd(client.session);
    if (this.#isRunningExec(client, words)) this.#judgeQueued(client);
    permits.permit(client.session, this.#permitAhead(client, end));
    return undefined;
  }

  /** Whether `words` end a transaction by running it. */
  #isRunningExec(
    { session }: Client,
    words: readonly Uint8Array[],
  ): boolean {
    const { multi, failed } = SESSION_FLAGS;
    const state = this.#core.flags(session) & (multi | failed);
    return nameOf(words) === "exec" && state === multi &&
      !this.#core.isDirty(session);
  }

  /** Offset behind the requests that follow the one that ends at `end` and are permitted. */
  #permitAhead(client: Client, end: RequestEnd): RequestEnd {
    let permitted = end;
    for (let count = 1; count < PERMITS_AHEAD_MAX; count++) {
      const next = this.#core.permits.look(client.session, permitted);
      if (next === undefined || this.#core.requestCommand() < 0) break;
      const words = this.#core.requestWords();
      if (nameOf(words) === "exec") break;
      if (this.#access.check(client.user, words) !== undefined) break;
      if (this.#sortRefusal(client, words) !== undefined) break;
      permitted = next;
    }
    return permitted;
  }

  // -- Refusals --

  #refusal(client: Client, words: readonly Uint8Array[]): Reply | undefined {
    const denied = this.#access.check(client.user, words);
    if (denied === undefined) return this.#sortRefusal(client, words);
    this.#noteName(client, denied.name);
    this.#access.noteDenied(client, denied, words);
    const reply = this.#denialReply(client, denied, words);
    this.#calls.refused(denied.name, reply);
    return reply;
  }

  /** CLIENT LIST shows the last command, also one that was refused. */
  #noteName(client: Client, name: string): void {
    if (findRow(name)?.home === "host") client.lastCommand = name;
  }

  #denialReply(
    client: Client,
    { lack, name }: DeniedRequest,
    words: readonly Uint8Array[],
  ): Reply {
    const reply = noPermission(lack, name);
    if (nameOf(words) !== "exec" || reply.kind !== "error") return reply;
    this.#core.dropTransaction(client.session);
    return execAborted(reply.text);
  }

  /** SORT reads keys by patterns, which need the right to read all. */
  #sortRefusal(
    client: Client,
    words: readonly Uint8Array[],
  ): Reply | undefined {
    const name = nameOf(words);
    if (name !== "sort" && name !== "sort_ro") return undefined;
    const option = foreignOption(words.map(byteText));
    if (option === undefined || this.#access.mayReadAnyKey(client, words)) {
      return undefined;
    }
    const reply = sortDenied(option);
    this.#calls.refused(name, reply);
    return reply;
  }

  /** Marks what EXEC must not run since the client's user has changed. */
  #judgeQueued(client: Client): void {
    let { user } = client;
    this.#core.permits.judgeQueued(client.session, () => {
      const words = this.#core.requestWords();
      const denied = this.#access.check(user, words);
      if (denied === undefined) {
        user = this.#access.userAfter(user, words);
        return undefined;
      }
      this.#access.noteDenied(client, denied, words);
      return denied.lack;
    });
  }
}

/** The first option of SORT that reads other keys than it names. */
function foreignOption(words: readonly string[]): "BY" | "GET" | undefined {
  for (let at = 2; at + 1 < words.length; at++) {
    const option = words[at]!.toLowerCase();
    if (option === "get") return "GET";
    if (option === "by" && words[at + 1]!.includes("*")) return "BY";
    if (option === "limit") at += 2;
    else if (option === "by" || option === "store") at++;
  }
  return undefined;
}

/**
 * Sends clients what core and host answer, and lets the host take part in
 * transactions.
 *
 * @module
 */

import { type Core, type CoreEvent, SESSION_FLAGS } from "../core/mod.ts";
import type { Client } from "./client.ts";
import type { Meter } from "./meter.ts";
import { type Part, PartedOutput } from "./parted_output.ts";
import type { HostPort, UnreadWatch } from "./ports.ts";

/** What a transaction answers where a command takes time: nothing may run meanwhile. */
const NO_WAIT = new TextEncoder().encode(
  "-ERR This command has begun, but a transaction does not wait for it\r\n",
);

const NOBODY_LOOKS: UnreadWatch = { leastBytes: Infinity, check: () => {} };
const NOTHING = new Uint8Array(0);

/** Told what the core noted about keys while a request of `client` ran, if one of a client did. */
export type EventListener = (
  events: readonly CoreEvent[],
  client: Client | undefined,
) => void;

/** Who is told what. */
export interface ReplierOptions {
  /** Looks at what clients leave unread. */
  readonly unread?: UnreadWatch;
  /** Told that the core may have run requests of `client`, whose replies are on their way. */
  readonly onCrossed?: (client: Client) => void;
  /** Told of what the core noted. */
  readonly onEvents?: EventListener;
}

/** Answers the clients of one core. */
export class Replier {
  readonly #core: Core;
  readonly #meter: Meter;
  readonly #host: HostPort;
  readonly #unread: UnreadWatch;
  readonly #onCrossed: (client: Client) => void;
  readonly #onEvents: EventListener;

  /** Sends what `core` and `host` answer; `meter` counts it, `watchers` look on. */
  constructor(
    core: Core,
    meter: Meter,
    host: HostPort,
    watchers: ReplierOptions = {},
  ) {
    this.#core = core;
    this.#meter = meter;
    this.#host = host;
    this.#unread = watchers.unread ?? NOBODY_LOOKS;
    this.#onCrossed = watchers.onCrossed ?? (() => {});
    this.#onEvents = watchers.onEvents ?? (() => {});
  }

  /** Sends what the core wrote for the client. */
  deliver(client: Client): void {
    this.#deliver(client);
    this.#onCrossed(client);
  }

  #deliver(client: Client): void {
    const events = this.#core.events.take();
    const hasOverflown = this.#core.hasOverflown();
    if (events !== undefined) {
      if (hasOverflown) client.port.abort();
      const output = hasOverflown ? NOTHING : this.#core.output();
      this.#sendAround(new PartedOutput(output, client, []), events);
      return this.#core.clearOutput();
    }
    if (this.#core.outputBytes() === 0 && !hasOverflown) return;
    if (hasOverflown) {
      client.port.abort();
    } else if (!client.isGone && !client.isEnding) {
      this.#send(client, this.#core.output());
    }
    this.#core.clearOutput();
  }

  /**
   * The same where parts of it are others', `from` and `to` their offsets: what is
   * between them is the client's.
   */
  deliverParts(client: Client | undefined, parts: readonly Part[]): void {
    const events = this.#core.events.take() ?? [];
    // The others' replies found room, or they were told so one by one.
    const closed = this.#core.hasOverflown() ? client : undefined;
    closed?.port.abort();
    const output = new PartedOutput(this.#core.output(), client, parts);
    this.#sendAround(output, events, closed);
    this.#core.clearOutput();
    if (client !== undefined) this.#onCrossed(client);
  }

  /** Tells what the core noted without any client, as when due keys were removed. */
  tellEvents(): void {
    const events = this.#core.events.take();
    if (events !== undefined) this.#onEvents(events, undefined);
  }

  /** Sends `output`, but nothing to `closed`; what happened in a request is told behind its reply. */
  #sendAround(
    output: PartedOutput,
    events: readonly CoreEvent[],
    closed?: Client,
  ): void {
    const send = (client: Client, bytes: Uint8Array) => {
      const isOpen = !client.isGone && !client.isEnding && client !== closed;
      if (isOpen) this.#send(client, bytes);
    };
    let from = 0;
    for (const [index, event] of events.entries()) {
      if (event.kind !== "reply") continue;
      output.sendTo(event.outputBytes, send);
      this.#onEvents(events.slice(from, index), output.client);
      from = index + 1;
    }
    output.sendTo(Infinity, send);
    if (from < events.length) this.#onEvents(events.slice(from), output.client);
  }

  /** Queues a request of a transaction if the host finds nothing wrong with it. */
  queue(client: Client): void {
    const core = this.#core;
    const refusal = this.#host.refusal(client, core.requestArguments());
    if (refusal === undefined) {
      core.queueRequest(client.session);
      this.deliver(client);
    } else {
      core.refuseRequest(client.session);
      this.answerHost(client, refusal);
    }
  }

  /** Asks whether the client's user may run the next request; answers if not. */
  ask(client: Client): void {
    const refusal = this.#host.permit(client);
    if (refusal !== undefined) this.#refuse(client, refusal);
  }

  /** Sends the client elsewhere if its next request is for another node; else lets it run here. */
  redirect(client: Client): void {
    const core = this.#core;
    const refusal = this.#host.elsewhere?.(client, core.requestArguments());
    if (refusal === undefined) core.stay(client.session);
    else this.#refuse(client, refusal);
  }

  /** Answers an error instead of running the request in hand, or queueing it. */
  #refuse(client: Client, refusal: Uint8Array): void {
    const core = this.#core;
    if ((core.flags(client.session) & SESSION_FLAGS.multi) === 0) {
      core.finishHost(client.session);
    } else {
      core.refuseRequest(client.session);
    }
    this.answerHost(client, refusal);
  }

  /** Answers a request that would wait for the end of a pause but makes no sense; whether it is one. */
  maybeRefuse(client: Client): boolean {
    const core = this.#core;
    const misuse = this.#host.misuse?.(client, core.requestArguments());
    if (misuse === undefined) return false;
    const isQueued = core.transactionCount(client.session) >= 0;
    if (isQueued) core.refuseRequest(client.session);
    else core.finishHost(client.session);
    this.answerHost(client, misuse);
    return true;
  }

  /** Runs the request of the host at which the client's transaction has stopped. */
  runQueued(client: Client): void {
    // What is the host's is about connections, and this one is no more.
    if (client.isGone) return;
    const core = this.#core;
    const words = core.requestArguments();
    const outcome = this.#host.run(client, core.requestCommand(), words);
    outcome.after?.();
    if (client.isGone || client.isEnding) return;
    client.isEnding = outcome.isLast === true;
    const { silent, skip } = SESSION_FLAGS;
    if ((core.flags(client.session) & (silent | skip)) !== 0) return;
    this.#send(client, outcome.later === undefined ? outcome.reply : NO_WAIT);
  }

  #send(client: Client, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    client.bytesOut += bytes.length;
    this.#meter.bytesOut += bytes.length;
    client.port.send(bytes);
    this.#watch(client);
  }

  /**
   * Sends `bytes` themselves, which are no reply: a message. Replies before and
   * after it keep their order. Nobody may change `bytes` any more.
   */
  push(client: Client, bytes: Uint8Array): void {
    if (client.isGone) return;
    client.bytesOut += bytes.length;
    this.#meter.bytesOut += bytes.length;
    client.port.share(bytes);
    this.#watch(client);
  }

  #watch(client: Client): void {
    if (client.port.backlogBytes < this.#unread.leastBytes) return;
    this.#unread.check(client);
  }

  /** Sends a host command's reply unless CLIENT REPLY says not to. */
  answerHost(client: Client, reply: Uint8Array): void {
    const { silent, skip, skipNext } = SESSION_FLAGS;
    const flags = this.#core.flags(client.session);
    if ((flags & (skip | skipNext)) !== 0) {
      const next = (flags & skipNext) !== 0 ? skip : 0;
      this.#core.setFlags(client.session, (flags & ~(skip | skipNext)) | next);
    }
    if ((flags & (silent | skip)) === 0) this.#send(client, reply);
  }
}

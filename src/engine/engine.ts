/**
 * The serve Worker's loop: bytes of a client in, replies out, writes through the
 * log in between.
 *
 * ```text
 *   received ─► core.serve ─► replies at once        reads
 *                  │
 *                  ├─► host command                  CLIENT, CONFIG, INFO, …
 *                  │
 *                  └─► gathering batch ─► seal ─► propose … committed ─► apply ─► replies
 * ```
 *
 * A batch holds writes of many clients; `group_commit.ts` decides when it is sealed.
 * At most `batchesInFlightMax` are on their way; the next one gathers meanwhile. A
 * client with a write on its way is not read, so its requests keep their order and
 * its input stays where it is.
 *
 * @module
 */

import { assert, type Clock, type Random } from "../base/mod.ts";
import { WAITING_INPUT_BYTES_MAX } from "../config/mod.ts";
import { type Core, SERVED } from "../core/mod.ts";
import type { Client, ClientPort } from "./client.ts";
import { ClientPause } from "./client_pause.ts";
import { ClientTable } from "./client_table.ts";
import { Meter, UNTIMED } from "./meter.ts";
import type { HostPort, LogPort } from "./ports.ts";
import type { EngineOptions } from "./options.ts";
import { Proposer } from "./proposer.ts";
import { Replier } from "./replier.ts";
import { type SlowListener, SlowWatch } from "./slow_watch.ts";
import { Standing } from "./standing.ts";
import { Waits } from "./waits.ts";

/** The engine of one shard. */
export class Engine {
  /** The core it serves from. */
  readonly core: Core;
  /** Its measurements. */
  readonly meter: Meter;
  /** What it does about commands that take long. */
  readonly slowWatch: SlowWatch;
  /** CLIENT PAUSE. */
  readonly clientPause: ClientPause;
  /** Clients that wait for keys. */
  readonly waits: Waits;
  /** Its place in a group of nodes. */
  readonly standing: Standing;
  readonly #clock: Clock;
  readonly #log: LogPort;
  readonly #host: HostPort;
  readonly #options: EngineOptions;
  readonly #replier: Replier;
  readonly #proposer: Proposer;
  readonly #clients: ClientTable;
  /** Clients whose writes found the gathering batch full. */
  #delayed: Client[] = [];
  /** Clients held back while the engine is paused. */
  #paused: Client[] | undefined;
  #appliedIndex = 0;

  /**
   * An engine over `core` that proposes to `log`, runs host commands by `runHost`
   * and tells `onSlow` of commands of the core that took long.
   */
  constructor(
    core: Core,
    clock: Clock,
    random: Random,
    log: LogPort,
    host: HostPort,
    onSlow: SlowListener,
    options: EngineOptions,
  ) {
    this.core = core;
    this.meter = new Meter(clock, core.header);
    this.slowWatch = new SlowWatch(core, clock, onSlow);
    this.#clock = clock;
    this.#log = log;
    this.#host = host;
    this.#options = options;
    this.#replier = new Replier(core, this.meter, host, options);
    this.#clients = new ClientTable(core, host);
    this.waits = new Waits(core, clock, options.after, {
      ended: () => {
        const left = this.#deliver(undefined);
        queueMicrotask(() => this.#releaseAll(left));
      },
      gathered: () => this.#proposer.schedule(),
    });
    this.#proposer = new Proposer(
      core,
      clock,
      random,
      log,
      this.meter,
      options,
      () => this.#retryDelayed(),
    );
    this.standing = new Standing({
      core,
      clients: this.#clients,
      proposer: this.#proposer,
      waits: this.waits,
      replier: this.#replier,
      random,
      release: (clients) => {
        this.#releaseAll(clients);
        this.#retryDelayed();
      },
      deliver: () => this.#deliver(undefined),
    });
    this.clientPause = new ClientPause(core.controls, clock, {
      release: (client) => this.#release(client),
      still: (isStill) => void (this.#proposer.isStill = isStill),
    });
  }

  // -- Clients --

  /** Clients by id, in the order of their connection. */
  get clients(): ReadonlyMap<number, Client> {
    return this.#clients.open;
  }

  /** Takes a new connection, or refuses it when the core has no memory left. */
  connect(
    port: ClientPort,
    address: string,
    localAddress: string,
    isAuthenticated: boolean,
  ): Client | undefined {
    const createdMs = this.#clock.wallMs();
    return this.#clients.connect(
      { port, address, localAddress, createdMs },
      isAuthenticated,
    );
  }

  /**
   * Room to read the client's next bytes into, perhaps `previous` again; `undefined`:
   * close it.
   */
  inputRoom(
    client: Client,
    bytes: number,
    previous?: Uint8Array,
  ): Uint8Array | undefined {
    return this.core.inputRoom(client.session, bytes, previous);
  }

  /**
   * Serves what the client sent.
   *
   * @returns Whether its socket may be read on; else `resume` is called later.
   */
  received(client: Client, bytes: number): boolean {
    this.#log.attend();
    this.core.received(client.session, bytes);
    client.bytesIn += bytes;
    this.meter.bytesIn += bytes;
    // A read that began while the client waited may end at any time.
    if (client.state !== "reading") {
      return client.state === "waiting" &&
        this.core.pending(client.session) < WAITING_INPUT_BYTES_MAX;
    }
    client.usedMs = this.#clock.wallMs();
    return this.#advance(client);
  }

  /** The client's socket is closed and nothing reads into its session any more. */
  disconnected(client: Client): void {
    this.#clients.close(client);
    this.#options.onLeaving?.(client);
    this.clientPause.leave(client);
    const { state } = client;
    client.state = "closing";
    if (state === "waiting") this.waits.end(client, "gone");
    else if (state !== "committing") this.#clients.forget(client);
  }

  /** Runs the client's requests as far as they go; whether it may be read on. */
  #advance(client: Client): boolean {
    if (this.#paused !== undefined && client.state !== "closing") {
      client.state = "held";
      this.#paused.push(client);
      return false;
    }
    while (client.state !== "closing") {
      const startMs = this.meter.start();
      const nowMs = this.#clock.wallMs();
      this.slowWatch.began(nowMs);
      const served = this.core.serve(client.session, nowMs);
      if (startMs !== UNTIMED) {
        const us = this.meter.served(startMs);
        this.slowWatch.timed(client, us, served === SERVED.idle);
      } else if (served === SERVED.yield) {
        this.slowWatch.untimed(client);
      }
      this.#replier.deliver(client);
      if (client.isGone) return false;
      if (served === SERVED.hostQueued) {
        this.#replier.runQueued(client);
        continue;
      }
      if (client.isEnding) {
        this.#finish(client);
        return false;
      }
      switch (served) {
        case SERVED.deferred:
          client.state = "committing";
          client.wroteMs = startMs;
          client.wroteTimes = this.meter.times;
          this.#proposer.gathered();
          return false;
        case SERVED.host:
          if (!this.#runHost(client)) return false;
          break;
        case SERVED.check:
          this.#replier.queue(client);
          break;
        case SERVED.ask:
          this.#replier.ask(client);
          break;
        case SERVED.full:
          client.state = "held";
          this.#delayed.push(client);
          this.#proposer.schedule();
          return false;
        case SERVED.paused:
          if (this.#replier.maybeRefuse(client)) break;
          client.state = "held";
          this.clientPause.hold(client);
          return false;
        case SERVED.broken:
          this.#finish(client);
          return false;
        case SERVED.waits:
          return this.waits.begin(client);
      }
      if (this.#hasBacklog(client)) {
        this.#holdUntilDrained(client);
        return false;
      }
      if (served === SERVED.idle) {
        client.state = "reading";
        return true;
      }
    }
    return false;
  }

  #deliver(client: Client | undefined): readonly Client[] {
    return this.waits.deliver(client, this.#replier, this.#clients);
  }

  #releaseAll(clients: readonly Client[]): void {
    for (const client of clients) this.#release(client);
  }

  #finish(client: Client): void {
    this.#options.onLeaving?.(client);
    client.state = "closing";
    client.port.finish();
  }

  #hasBacklog(client: Client): boolean {
    return client.port.backlogBytes > this.#options.backlogBytesMax;
  }

  #holdUntilDrained(client: Client): void {
    client.state = "held";
    client.port.whenDrained(() => this.#release(client));
  }

  /** Goes on with a client that has nothing left to serve. */
  #readOn(client: Client): void {
    if (client.state === "closing") return;
    client.state = "reading";
    client.port.resume();
  }

  /** Goes on with a held client. */
  #release(client: Client): void {
    if (client.isGone || client.state === "closing") return;
    if (this.#advance(client)) client.port.resume();
  }

  /** Runs a host command; whether the client's next request may run at once. */
  #runHost(client: Client): boolean {
    const commandId = this.core.requestCommand();
    const outcome = this.#host.run(
      client,
      commandId,
      this.core.requestArguments(),
    );
    if (client.isGone) return false;
    this.core.finishHost(client.session);
    if (outcome.later !== undefined) {
      client.state = "held";
      outcome.later.then((reply) => {
        if (client.isGone) return;
        this.#replier.answerHost(client, reply);
        this.#release(client);
      });
      return false;
    }
    this.#replier.answerHost(client, outcome.reply);
    outcome.after?.();
    if (outcome.isLast) this.#finish(client);
    return client.state !== "closing";
  }

  /**
   * Sends `bytes`, which are no reply: a message. The client's replies before and
   * after it keep their order. Nobody may change `bytes` any more.
   */
  push(client: Client, bytes: Uint8Array): void {
    this.#replier.push(client, bytes);
  }

  // -- Proposing --

  /** Batches sealed and not yet committed. */
  get batchesInFlight(): number {
    return this.#proposer.inFlight;
  }

  /** The log has room again. */
  onLogRoom(): void {
    this.#proposer.onLogRoom();
  }

  #retryDelayed(): void {
    const delayed = this.#delayed;
    if (delayed.length === 0) return;
    this.#delayed = [];
    for (const client of delayed) this.#release(client);
  }

  // -- Applying --

  /** Index of the last entry applied. */
  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  /** The log has committed every proposal up to `proposalId`, the last as entry `index`. */
  committed(index: number, proposalId: number): void {
    const proposer = this.#proposer;
    assert(proposalId <= proposer.lastId, "only proposals are committed");
    const firstId = proposer.endedId + 1;
    // The log is free for what the clients answered here go on with.
    proposer.ended(proposalId);
    for (let id = firstId; id <= proposalId; id++) {
      this.#apply(index - (proposalId - id));
    }
    this.#appliedIndex = index;
    proposer.relieve();
    proposer.maybeSeal();
    this.#retryDelayed();
  }

  /** The state up to `index` came from a snapshot, or from entries of others. */
  restored(index: number): void {
    this.#appliedIndex = index;
    this.#proposer.follow(this.core.header.get("appliedTimeMs"));
  }

  #apply(index: number): void {
    const core = this.core;
    core.beginBatch(index);
    this.slowWatch.began(this.#clock.wallMs());
    const applied: Client[] = [];
    const unserved = [...this.#deliver(undefined)];
    this.#replier.tellEvents();
    for (;;) {
      const startMs = this.meter.start();
      const session = core.stepBatch();
      if (session === undefined) break;
      const client = this.#clients.ofSession(session);
      if (startMs === UNTIMED) this.slowWatch.untimed(client);
      else this.slowWatch.timed(client, this.meter.applied(startMs), false);
      const { stepHasInput: hasInput, stepWaits: waits } = core;
      for (const waiter of this.#deliver(client)) unserved.push(waiter);
      if (waits) {
        if (this.waits.begin(client)) client.port.resume();
        continue;
      }
      if (core.stepNeedsHost) {
        this.#replier.runQueued(client);
        continue;
      }
      applied.push(client);
      if (client.isGone) this.#clients.forget(client);
      else if (client.isEnding) this.#finish(client);
      else if (hasInput || this.#hasBacklog(client)) {
        client.state = "held";
        unserved.push(client);
      } else this.#readOn(client);
    }
    this.meter.answered(applied);
    this.#releaseAll(unserved);
  }

  /** Applies an entry of the log that no client waits for: recovery. */
  replay(entry: Uint8Array, index: number): void {
    if (entry.length > 0) this.core.applyEntry(entry, index);
    this.restored(index);
  }

  // -- Upkeep --

  /** DEBUG SET-ACTIVE-EXPIRE. */
  setExpiring(isExpiring: boolean): void {
    this.#proposer.isExpiring = isExpiring;
  }

  /** Proposes the removal of due keys when no client's write carries it. */
  tick(expiriesMax: number): void {
    this.meter.tick();
    this.clientPause.tick();
    if (this.#paused !== undefined) return;
    this.#proposer.expire(expiriesMax);
    this.#proposer.relieve();
  }

  /** Runs no further request until {@linkcode unpause}; the log goes on until it is quiet. */
  pause(): void {
    assert(this.#paused === undefined, "an engine is paused once");
    this.#paused = [];
    this.waits.hold();
  }

  /** Goes on with the requests that were held back. */
  unpause(): void {
    const paused = this.#paused;
    assert(paused !== undefined, "a paused engine goes on");
    this.#paused = undefined;
    this.waits.resume();
    this.#releaseAll(paused);
  }

  /** Whether nothing waits for the log. */
  get isQuiet(): boolean {
    return this.#proposer.isQuiet;
  }
}

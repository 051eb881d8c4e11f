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
import { type Core, SERVED } from "../core/mod.ts";
import { Applier } from "./applier.ts";
import { Away } from "./away.ts";
import { type Client, type ClientPort, UNTIMED } from "./client.ts";
import { ClientPause } from "./client_pause.ts";
import { ClientTable } from "./client_table.ts";
import { HostTurns } from "./host_turns.ts";
import { Meter } from "./meter.ts";
import type { HostPort, LogPort } from "./ports.ts";
import type { EngineOptions } from "./options.ts";
import { Proposer } from "./proposer.ts";
import { ReadGate } from "./read_gate.ts";
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
  /** Requests that the host runs. */
  readonly hostTurns: HostTurns;
  /** Its place in a group of nodes. */
  readonly standing: Standing;
  /** Where reads wait; undefined for a node alone, which may always read. */
  readonly readGate: ReadGate | undefined;
  /** Requests that the leader runs, where this node sends them to it. */
  readonly away: Away | undefined;
  readonly #clock: Clock;
  readonly #log: LogPort;
  readonly #options: EngineOptions;
  readonly #replier: Replier;
  readonly #proposer: Proposer;
  readonly #applier: Applier;
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
    const appliedIndex = () => this.#appliedIndex;
    const shared = {
      ...{ core, clock, host, random, appliedIndex },
      ...{ clients: this.#clients, waits: this.waits, replier: this.#replier },
      finish: (client: Client) => this.#finish(client),
      release: (client: Client) => this.#release(client),
    };
    this.standing = new Standing({
      ...shared,
      proposer: this.#proposer,
      release: (clients) => {
        this.#releaseAll(clients);
        this.#retryDelayed();
      },
      deliver: () => this.#deliver(undefined),
    });
    this.hostTurns = new HostTurns(shared);
    this.#applier = new Applier({
      ...shared,
      ...{ meter: this.meter, slowWatch: this.slowWatch },
      hasBacklog: (client) => this.#hasBacklog(client),
      readOn: (client) => this.#readOn(client),
      release: (clients) => this.#releaseAll(clients),
    });
    const { reads, away: port, backlogBytesMax } = options;
    const { standing } = this;
    this.readGate = reads &&
      new ReadGate(reads, { ...shared, standing, controls: core.controls });
    this.away = port && new Away({
      ...{ ...shared, port, backlogBytesMax },
      push: (client, bytes) => this.push(client, bytes),
    });
    this.clientPause = new ClientPause(core.controls, clock, {
      release: shared.release,
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
      this.readGate?.received(client);
      return this.waits.readsOn(client) || this.away?.readsOn(client) === true;
    }
    client.usedMs = this.#clock.wallMs();
    return this.#advance(client);
  }

  /** The client's socket is closed and nothing reads into its session any more. */
  disconnected(client: Client): void {
    this.#clients.close(client);
    this.#options.onLeaving?.(client);
    this.clientPause.leave(client);
    this.readGate?.leave(client);
    this.away?.leave(client);
    const { state } = client;
    client.state = "closing";
    if (state === "waiting" && !this.hostTurns.end(client, "gone")) {
      this.waits.end(client, "gone");
    } else if (state !== "committing") this.#clients.forget(client);
  }

  /** Runs the client's requests as far as they go; whether it may be read on. */
  #advance(client: Client): boolean {
    if (this.#paused !== undefined && client.state !== "closing") {
      client.state = "held";
      this.#paused.push(client);
      return false;
    }
    this.readGate?.look();
    while (client.state !== "closing") {
      const startMs = this.meter.start();
      const served = this.#serve(client, startMs);
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
          this.#gathered(client, startMs);
          return false;
        case SERVED.host:
          if (!this.hostTurns.run(client)) return false;
          break;
        case SERVED.check:
          this.#replier.queue(client);
          break;
        case SERVED.ask:
          this.#replier.ask(client);
          break;
        case SERVED.elsewhere:
          this.#replier.redirect(client);
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
        case SERVED.gated:
          this.readGate!.hold(client);
          return false;
        case SERVED.broken:
          this.#finish(client);
          return false;
        case SERVED.waits:
          return this.waits.begin(client);
        case SERVED.away:
          return this.away!.begin(client);
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

  /** One call of the core, which began at `startMs`; one of `SERVED`. */
  #serve(client: Client, startMs: number): number {
    const nowMs = this.#clock.wallMs();
    this.slowWatch.began(nowMs);
    const readMs = this.#proposer.readMs(nowMs);
    const served = this.core.serve(client.session, readMs);
    if (startMs !== UNTIMED) {
      const us = this.meter.served(startMs);
      this.slowWatch.timed(client, us, served === SERVED.idle);
    } else if (served === SERVED.yield) {
      this.slowWatch.untimed(client);
    }
    return served;
  }

  /** Its writes, which came at monotonic time `startMs`, are in the gathering batch. */
  #gathered(client: Client, startMs: number): void {
    client.state = "committing";
    client.wroteMs = startMs;
    client.wroteTimes = this.meter.times;
    this.#proposer.gathered();
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

  /**
   * Sends `bytes`, which are no reply: a message. The client's replies before and
   * after it keep their order. Nobody may change `bytes` any more.
   */
  push(client: Client, bytes: Uint8Array): void {
    this.#replier.push(client, bytes);
  }

  /** CLIENT UNBLOCK: ends the client's wait, here or at the leader; false when it has none. */
  unblock(client: Client, how: "timeout" | "error"): boolean {
    return this.hostTurns.end(client, how) || this.waits.end(client, how) ||
      this.away?.unblock(client, how) === true;
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
      this.#applier.apply(index - (proposalId - id));
    }
    this.#appliedIndex = index;
    proposer.relieve();
    proposer.maybeSeal();
    this.#retryDelayed();
    this.readGate?.applied();
  }

  /** The state up to `index` came from a snapshot, or from entries of others. */
  restored(index: number): void {
    this.#appliedIndex = index;
    this.#proposer.follow(this.core.header.get("appliedTimeMs"));
    this.readGate?.applied();
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
    this.readGate?.tick();
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

/**
 * One shard as the serve Worker runs it: core, engine, log link, client port.
 *
 * ```text
 *   recovering ──RECOVERED──► serving ──stop──► draining ──quiet──► stopped
 *        └──────────────── failed, from any state ────────────────────┘
 * ```
 *
 * @module
 */

import {
  describeError,
  Logger,
  systemAfter,
  systemClock,
  systemRandom,
} from "../base/mod.ts";
import { LoopGap, renderInfo, type ServeFacts } from "../admin/mod.ts";
import { LatencyMonitor, SlowLog } from "../commands/mod.ts";
import {
  BACKLOG_BYTES_MAX,
  BATCHES_IN_FLIGHT_MAX,
  EARLY_SEAL_BYTES,
  EARLY_SEAL_SYNCED_BYTES,
  EXPIRIES_PER_ENTRY,
  EXPIRIES_PER_TICK,
  type Options,
  ParameterStore,
  SLOW_LOG_ENTRIES_MAX,
  UPKEEP_INTERVAL_MS,
} from "../config/mod.ts";
import { Core } from "../core/mod.ts";
import { Engine, LogLink } from "../engine/mod.ts";
import { LinkEnd, type LinkPort } from "../link/mod.ts";
import { ClientListener } from "../net/mod.ts";
import { LeaseReader, RaftStatistics } from "../replica/mod.ts";
import { shownPercentiles } from "./command_info.ts";
import { nameCommands } from "./command_names.ts";
import { infoSections, makeRunId } from "./info.ts";
import { ClientDoor } from "./client_door.ts";
import { clientPorts } from "./client_ports.ts";
import { ClientWatch } from "./client_watch.ts";
import type { Forwarding } from "./forwarding.ts";
import { HostCalls } from "./host_calls.ts";
import { hostPort } from "./host_port.ts";
import { HostCommandRunner } from "./host_runner.ts";
import { WorkerHostServer } from "./host_server.ts";
import { runLocally } from "./local_client.ts";
import { logEvents } from "./log_events.ts";
import { Membership } from "./membership.ts";
import type { FromServe, ServeStart } from "./messages.ts";
import { bindParameters } from "./parameters.ts";
import { Reclaimer } from "./reclaimer.ts";
import { Recovery } from "./recovery.ts";
import { Reloader } from "./reloader.ts";
import { RequestRate } from "./request_rate.ts";
import { resetStatistics } from "./reset_statistics.ts";
import { gatherFacts } from "./serve_facts.ts";
import { makeServeGroup, type ServeGroup } from "./serve_group.ts";
import { SlowEvents } from "./slow_events.ts";
import { SlowCommands } from "./slow_commands.ts";
import { SnapshotDuty } from "./snapshot_duty.ts";
import { Snapshots } from "./snapshots.ts";
import { Subscribers } from "./subscribers.ts";
import { KeyEvents } from "./key_events.ts";
import { openUserFile } from "./user_file.ts";

/** A shard's serving side. */
export class ServeShard {
  /** CONFIG's parameters. */
  readonly parameters = new ParameterStore();
  readonly #options: Options;
  readonly #report: (message: FromServe) => void;
  readonly #logger: Logger;
  readonly #core = new Core(systemRandom.u64(), systemRandom.u64());
  readonly #link: LogLink;
  readonly #recovery: Recovery;
  readonly #membership: Membership;
  readonly #forwarding: Forwarding | undefined;
  readonly #engine: Engine;
  readonly #raft: RaftStatistics;
  readonly #snapshots: Snapshots;
  readonly #snapshotDuty: SnapshotDuty;
  readonly #slowEvents: SlowEvents;
  readonly #reloader: Reloader;
  readonly #hostServer: WorkerHostServer;
  readonly #hostRunner: HostCommandRunner;
  readonly #hostCalls = new HostCalls();
  readonly #slowLog = new SlowLog(SLOW_LOG_ENTRIES_MAX);
  readonly #latency = new LatencyMonitor();
  readonly #slowCommands = new SlowCommands(
    systemClock,
    this.#slowLog,
    this.#latency,
  );
  readonly #clients: ClientWatch;
  readonly #subscribers: Subscribers;
  readonly #keyEvents: KeyEvents;
  readonly #group: ServeGroup;
  readonly #loopGap = new LoopGap(systemClock);
  readonly #startedMs = systemClock.wallMs();
  readonly #door: ClientDoor;
  #isStopping = false;
  readonly #reclaimer = new Reclaimer((most) => this.#core.upkeep(most));
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #rate = new RequestRate(UPKEEP_INTERVAL_MS);

  /** Prepares a shard. Call {@linkcode run} next, and {@linkcode bind} before in a group. */
  constructor(
    start: ServeStart,
    forwarding: Forwarding | undefined,
    report: (message: FromServe) => void,
  ) {
    const { options } = start;
    this.#forwarding = forwarding;
    this.#options = options;
    this.#report = report;
    this.#logger = new Logger("serve", options.logLevel);
    this.#raft = new RaftStatistics(start.raftStatistics);
    this.#slowEvents = new SlowEvents(
      systemClock,
      this.#latency,
      this.#raft,
      options.fsync === "always",
    );
    this.#snapshots = new Snapshots(
      this.#core,
      options.storageDirectory,
      (reason) => this.#fail(reason),
    );
    this.#snapshotDuty = this.#makeSnapshotDuty();
    this.#recovery = this.#makeRecovery();
    this.#group = makeServeGroup(start, {
      clientPort: () => this.#door.port,
      appliedIndex: () => this.#engine.appliedIndex,
      addressOf: (id) => this.#membership.view?.addressOf(id) ?? "",
    });
    this.#link = this.#makeLink(start.log);
    this.#membership = this.#makeMembership(start);
    this.#clients = new ClientWatch(systemClock, this.#logger, {
      engine: () => this.#engine,
      isSubscribed: ({ id }) => this.#subscribers.pubSub.isSubscribed(id),
    });
    this.#engine = this.#makeEngine();
    this.#subscribers = new Subscribers(this.#engine);
    this.#keyEvents = new KeyEvents(this.#core.events, this.#subscribers);
    this.#reloader = new Reloader(this.#engine, {
      directory: options.storageDirectory,
      log: () => this.#link,
      snapshotsIdle: () => this.#snapshots.idle(),
      snapshot: () => this.#snapshotDuty.take(),
      onBroken: (reason) => this.#fail(reason),
    });
    this.#bindParameters();
    this.#hostServer = this.#makeHostServer();
    this.#hostRunner = new HostCommandRunner(
      this.#core,
      systemClock,
      this.#hostServer,
      this.#hostCalls,
      this.#slowCommands,
      this.#clients.monitors,
    );
    const { access } = this.#hostServer;
    this.#door = new ClientDoor(() => {
      const { certificate } = start;
      const ports = clientPorts(options, certificate, this.parameters, access);
      return new ClientListener(this.#engine, ports);
    });
    this.#loopGap.start();
  }

  #makeLink(log: LinkPort): LogLink {
    const events = logEvents({
      engine: () => this.#engine,
      membership: () => this.#membership,
      recovery: this.#recovery,
      snapshots: this.#snapshots,
      snapshotDuty: this.#snapshotDuty,
      slowEvents: this.#slowEvents,
      recovered: (index, term) => this.#recovered(index, term),
      failed: (reason) => this.#fail(reason),
      stopped: () => this.#stopped(),
      writeWaits: this.#group.writeWaits,
    });
    return new LogLink(new LinkEnd(log), events);
  }

  #makeSnapshotDuty(): SnapshotDuty {
    return new SnapshotDuty({
      snapshots: this.#snapshots,
      header: this.#core.header,
      point: () => this.#membership.point,
      untilLoaded: () => this.#reloader.loaded,
      taken: (index, bytes) => this.#link.snapshotTaken(index, bytes),
      slowEvents: this.#slowEvents,
      logger: this.#logger,
      fail: (reason) => this.#fail(reason),
    });
  }

  #makeRecovery(): Recovery {
    return new Recovery({
      core: this.#core,
      engine: () => this.#engine,
      untilUnread: async () => {
        await this.#snapshots.idle();
        await this.#reloader.loaded;
      },
      reloading: (isLoading) => this.#report({ kind: "reloading", isLoading }),
      fail: (reason) => this.#fail(reason),
    });
  }

  #makeMembership({ leasePage, options: { group } }: ServeStart): Membership {
    return new Membership({
      settings: group && { ...group, lease: new LeaseReader(leasePage) },
      engine: () => this.#engine,
      link: () => this.#link,
      clock: systemClock,
      ...this.#group,
      forwarder: this.#forwarding?.forwarder,
      logger: this.#logger,
    });
  }

  #makeEngine(): Engine {
    const isSynced = this.#options.fsync === "always";
    return new Engine(
      this.#core,
      systemClock,
      systemRandom,
      this.#link,
      hostPort(() => this.#hostRunner, () => this.#hostServer),
      (client, command) => this.#slowCommands.ranInCore(client, command),
      {
        groupCommit: {
          batchesInFlightMax: BATCHES_IN_FLIGHT_MAX,
          earlySealBytes: isSynced ? EARLY_SEAL_SYNCED_BYTES : EARLY_SEAL_BYTES,
          waitsForClients: isSynced,
        },
        backlogBytesMax: BACKLOG_BYTES_MAX,
        reads: this.#options.group && this.#membership,
        away: this.#forwarding?.forwarder,
        unread: this.#clients.unread,
        onCrossed: (client) => this.#clients.monitors.crossed(client),
        onLeaving: (client) => {
          this.#subscribers.leave(client);
          this.#clients.leave(client);
          this.#keyEvents.tracking.disable(client.id);
        },
        onEvents: (events, client) =>
          this.#keyEvents.happened(events, client?.id ?? 0),
        expiriesPerEntry: EXPIRIES_PER_ENTRY,
        after: systemAfter,
      },
    );
  }

  #bindParameters(): void {
    bindParameters(this.parameters, this.#options, {
      header: this.#core.header,
      controls: this.#core.controls,
      logger: this.#logger,
      slowLog: this.#slowLog,
      latency: this.#latency,
      clients: this.#clients,
      keyEvents: this.#keyEvents,
      onThreshold: () => {
        this.#engine.slowWatch.thresholdUs = this.#slowCommands.thresholdUs;
      },
    });
  }

  /**
   * Binds the ports that other nodes are told of, and reports them.
   *
   * @throws {ListenError} When one cannot be had.
   */
  async bind(): Promise<void> {
    const [engine, host] = [this.#engine, this.#hostServer];
    const forwardPort = await this.#forwarding!.listen(engine, host);
    // A port that the system chooses must be known; another one need not be taken yet.
    if (this.#options.port === 0) this.#door.bind();
    const { port, tlsPort } = this.#options;
    const clientPort = this.#door.port || port;
    const ports = { clientPort, tlsPort, forwardPort };
    this.#report({ kind: "bound", ports });
  }

  /** Recovers, serves, and returns when the log has stopped. */
  run(): Promise<void> {
    return this.#link.run();
  }

  // -- Recovery --

  #recovered(index: number, term: number): void {
    this.#membership.recovered(term);
    if (!this.#recovery.end()) return;
    this.#resetStatistics();
    // A member of a group does so when it leads.
    if (this.#options.group === undefined) this.#engine.waits.endOthers();
    try {
      this.#hostServer.access.loadAtStart();
      this.#door.open();
    } catch (cause) {
      this.#fail(describeError(cause));
      return;
    }
    this.#timer = setInterval(() => this.#tick(), UPKEEP_INTERVAL_MS);
    this.#report({
      kind: "ready",
      port: this.#door.port,
      tlsPort: this.#door.tlsPort,
      recoveredIndex: index,
      keys: this.#core.header.keys,
    });
  }

  // -- Upkeep --

  #tick(): void {
    this.#engine.tick(EXPIRIES_PER_TICK);
    this.#clients.tick();
    this.#reclaimer.tick();
    this.#rate.tick(this.#core.header.get("commandsProcessed"));
    this.#link.applied(this.#engine.appliedIndex);
    if (this.#options.group !== undefined) {
      this.#link.clock(systemClock.monotonicMs());
      this.#group.cluster.look();
      const { view } = this.#membership;
      const addressOf = view!.addressOf.bind(view);
      this.#forwarding?.look(this.#group.cluster.members, addressOf);
    }
    this.#link.look();
  }

  // -- Host commands --

  #makeHostServer(): WorkerHostServer {
    const sections = infoSections({
      options: this.#options,
      engine: this.#engine,
      raft: this.#raft,
      connections: () => this.#door.counts,
      wallMs: () => systemClock.wallMs(),
      startedMs: this.#startedMs,
      port: () => this.#door.port,
      isLoading: () => this.#recovery.isLoading,
      runId: makeRunId(systemRandom),
      parameter: (name) => this.parameters.value(name),
      subscribers: this.#subscribers,
      clients: this.#clients,
      tracking: this.#keyEvents.tracking,
      cluster: this.#group.cluster,
      host: this.#hostCalls,
      percentiles: () => shownPercentiles(this.parameters),
      snapshots: () => ({
        isRunning: this.#snapshots.isRunning,
        lastSpanSeconds: Math.ceil(this.#snapshots.facts.seconds),
        lastSeconds: this.#snapshotDuty.lastSeconds,
        isLastGood: this.#snapshotDuty.isLastGood,
      }),
      operationsPerSecond: () => this.#rate.perSecond,
    });
    return new WorkerHostServer({
      parameters: this.parameters,
      commandNames: nameCommands(this.#options, this.#core.controls),
      engine: this.#engine,
      calls: this.#hostCalls,
      slowLog: this.#slowLog,
      latency: this.#latency,
      subscribers: this.#subscribers,
      monitors: this.#clients.monitors,
      tracking: this.#keyEvents.tracking,
      ...this.#group,
      random: systemRandom,
      wallMs: () => systemClock.wallMs(),
      monotonicMs: () => systemClock.monotonicMs(),
      userFile: openUserFile(this.#options.aclfile),
      info: (asked) => renderInfo(sections, asked),
      snapshot: () => this.#snapshotDuty.take(),
      reload: (withSnapshot) => this.#reloader.reload(withSnapshot),
      group: this.#membership.view,
      isSnapshotting: () => this.#snapshots.isRunning,
      lastSnapshotSeconds: () => this.#snapshotDuty.lastSeconds,
      resetStatistics: () => this.#resetStatistics(),
      shutdown: () => this.#report({ kind: "shutdown" }),
      run: (database, requests) => runLocally(this.#engine, database, requests),
    });
  }

  /** Numbers for metrics. */
  facts(): ServeFacts {
    return gatherFacts({
      engine: this.#engine,
      host: this.#hostCalls,
      connections: this.#door.counts,
      snapshots: this.#snapshots.facts,
      loopGap: this.#loopGap,
      snapshotLoopGapSeconds: this.#snapshots.loopGapSeconds,
      forward: this.#forwarding?.facts,
      wallMs: systemClock.wallMs(),
    });
  }

  /** CONFIG RESETSTAT; also after recovery, which counts what it applies. */
  #resetStatistics(): void {
    resetStatistics({
      core: this.#core,
      meter: this.#engine.meter,
      hostCalls: this.#hostCalls,
      clients: this.#clients,
      connections: this.#door.counts,
    });
    this.#rate.reset();
  }

  // -- The end --

  /** Serves no new request, finishes what is under way, closes the log. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#door.close();
    this.#forwarding?.retire();
    clearInterval(this.#timer);
    this.#reclaimer.stop();
    this.#loopGap.stop();
    await this.#link.untilQuiet(() => this.#engine.isQuiet);
    await this.#link.stop();
  }

  #stopped(): void {
    for (const client of [...this.#engine.clients.values()]) {
      client.port.finish();
    }
    this.#forwarding?.close();
    this.#report({ kind: "stopped" });
  }

  #fail(reason: string): void {
    this.#report({ kind: "failed", reason });
  }
}

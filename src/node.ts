/**
 * A node: every part built in order of dependency, stopped in reverse.
 *
 * ```text
 *   main thread ── directory lock, signals, admin
 *       ├── raft Worker ── WAL
 *       │        ║ link
 *       └── serve Worker ── core, client port
 *                └── snapshot Worker, while one is taken
 * ```
 *
 * @module
 */

import {
  adminHandler,
  FactsLine,
  type GroupFacts,
  type HttpListener,
  type Listen,
  listenHttp,
  LoopGap,
  Metrics,
  type NodeFacts,
  type NodeState,
  type PeerFacts,
  processorSeconds,
  residentBytes,
  type ServeFacts,
} from "./admin/mod.ts";
import { systemClock } from "./base/mod.ts";
import { CommandNames } from "./commands/mod.ts";
import { type Options, RING_BYTES, SEGMENT_BYTES } from "./config/mod.ts";
import { createLink } from "./link/mod.ts";
import {
  type FromRaft,
  LEASE_PAGE_BYTES,
  PROGRESS_PAGE_BYTES,
  RaftStatistics,
  replicaOptions,
  STATISTICS_BYTES,
  type ToRaft,
} from "./replica/mod.ts";
import {
  type Certificate,
  readCertificate,
  readPeerCertificates,
} from "./net/mod.ts";
import { DirectoryLock } from "./storage/mod.ts";
import type { NodePorts, PeerCertificates } from "./transport/mod.ts";
import type {
  FromRaftWorker,
  FromServe,
  ServeStart,
  ToRaftWorker,
  ToServe,
} from "./workers/messages.ts";

/** What a node tells once it serves. */
export interface ReadyNode {
  /** Client port bound. */
  readonly port: number;
  /** Client port for TLS, if there is one. */
  readonly tlsPort: number | undefined;
  /** Log index recovered. */
  readonly recoveredIndex: number;
  /** Keys recovered. */
  readonly keys: number;
}

/** How a node ended. */
export type NodeEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly reason: string };

/** One process of ours. */
export class Node {
  readonly #certificate: Certificate | undefined;
  readonly #peerCertificates: PeerCertificates | undefined;
  readonly #lock: DirectoryLock;
  readonly #serve: Worker;
  readonly #startRaftWith: (ports: NodePorts | undefined) => void;
  #raft: Worker | undefined;
  readonly #ready = Promise.withResolvers<ReadyNode>();
  readonly #end = Promise.withResolvers<NodeEnd>();
  readonly #version: string;
  readonly #startedMs = systemClock.wallMs();
  readonly #loopGap = new LoopGap(systemClock);
  readonly #serveLine = new FactsLine<ServeFacts>(() =>
    this.#askServe({ kind: "facts" })
  );
  readonly #raftLine = new FactsLine<PeerFacts | undefined>(() =>
    this.#askRaft({ kind: "facts" })
  );
  /** Counters of the raft Worker. */
  readonly #raftStatistics = new SharedArrayBuffer(STATISTICS_BYTES);
  readonly #raftNumbers = new RaftStatistics(this.#raftStatistics);
  /** The raft Worker's lease. */
  readonly #leasePage = new SharedArrayBuffer(LEASE_PAGE_BYTES);
  /** How far the members of its group are. */
  readonly #progressPage = new SharedArrayBuffer(PROGRESS_PAGE_BYTES);
  readonly #admin: HttpListener | undefined;
  readonly #isAlone: boolean;
  #state: NodeState = "recovering";
  #raftEnd: FromRaft | undefined;
  #isServeStopped = false;

  /**
   * Takes the directory and the admin port, and starts the Workers.
   *
   * @throws {OptionError} When a certificate cannot be read, or a command to be renamed is none.
   * @throws {DirectoryError} When the directory cannot be used.
   * @throws {ListenError} When the admin port cannot be had.
   */
  constructor(options: Options, version: string, listen = listenHttp) {
    this.#version = version;
    this.#isAlone = options.group === undefined;
    const { tlsPort, tlsCertFile, tlsKeyFile } = options;
    this.#certificate = tlsPort === 0
      ? undefined
      : readCertificate(tlsCertFile, tlsKeyFile);
    const peerFiles = options.group?.tls;
    this.#peerCertificates = peerFiles && readPeerCertificates(peerFiles);
    new CommandNames(options.renames);
    this.#lock = new DirectoryLock(options.storageDirectory);
    this.#admin = this.#startAdmin(options, listen);
    this.#loopGap.start();
    const link = createLink(RING_BYTES);
    this.#startRaftWith = (ports) => {
      this.#raft = this.#startRaft(options, link.far, ports);
    };
    // In a group the others are told of ports that the serve Worker binds.
    if (options.group === undefined) this.#startRaftWith(undefined);
    this.#serve = this.#startServe(options, link.near);
  }

  #startAdmin(options: Options, listen: Listen): HttpListener | undefined {
    if (options.adminPort === 0) return undefined;
    const metrics = new Metrics(() => this.#gather());
    const handler = adminHandler({
      state: () => this.#state,
      hasLeader: () => this.#isAlone || this.#raftNumbers.get("leader") !== 0,
      metrics: () => metrics.page(),
      metricsType: metrics.contentType,
    });
    try {
      return listen(options.bind, options.adminPort, handler);
    } catch (cause) {
      this.#lock[Symbol.dispose]();
      throw cause;
    }
  }

  /** What the metrics show. */
  async #gather(): Promise<NodeFacts> {
    const [{ facts, isAnswering }, group] = await Promise.all([
      this.#serveLine.hear(),
      this.#hearGroup(),
    ]);
    return {
      version: this.#version,
      startedSeconds: this.#startedMs / 1000,
      residentBytes: residentBytes(),
      processorSeconds: processorSeconds(),
      state: this.#state,
      isServeAnswering: isAnswering,
      serve: facts,
      raft: this.#raftNumbers,
      group,
      loopGapSeconds: this.#loopGap.facts(),
    };
  }

  async #hearGroup(): Promise<GroupFacts | undefined> {
    if (this.#isAlone) return undefined;
    const { facts, isAnswering } = await this.#raftLine.hear();
    return { isRaftAnswering: isAnswering, peers: facts };
  }

  #startRaft(
    options: Options,
    link: ToRaft["link"],
    ports: NodePorts | undefined,
  ): Worker {
    const worker = new Worker(new URL("./workers/raft.ts", import.meta.url), {
      type: "module",
      name: "raft",
    });
    worker.onmessage = (event: MessageEvent<FromRaftWorker>) =>
      this.#onRaft(event.data);
    this.#watch(worker, "raft");
    const message: ToRaft = {
      kind: "start",
      shard: 0,
      directory: options.storageDirectory,
      segmentBytes: SEGMENT_BYTES,
      link,
      statistics: this.#raftStatistics,
      options: replicaOptions(options),
      group: options.group && ports &&
        {
          settings: options.group,
          certificates: this.#peerCertificates,
          leasePage: this.#leasePage,
          progressPage: this.#progressPage,
          ports,
        },
      logLevel: options.logLevel,
    };
    worker.postMessage(message);
    return worker;
  }

  #startServe(options: Options, log: ToRaft["link"]): Worker {
    const worker = new Worker(new URL("./workers/serve.ts", import.meta.url), {
      type: "module",
      name: "serve",
    });
    worker.onmessage = (event: MessageEvent<FromServe>) =>
      this.#onServe(event.data);
    this.#watch(worker, "serve");
    const raftStatistics = this.#raftStatistics;
    const start: ServeStart = {
      options,
      certificate: this.#certificate,
      log,
      raftStatistics,
      peerCertificates: this.#peerCertificates,
      leasePage: this.#leasePage,
      progressPage: this.#progressPage,
    };
    const message: ToServe = { kind: "start", start };
    worker.postMessage(message);
    return worker;
  }

  /** A Worker that throws ends the node. */
  #watch(worker: Worker, name: string): void {
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`${name} Worker failed: ${event.message}`);
    };
  }

  #onServe(message: FromServe): void {
    switch (message.kind) {
      case "bound":
        return this.#startRaftWith(message.ports);
      case "ready":
        if (this.#state === "recovering") this.#state = "serving";
        return this.#ready.resolve(message);
      case "reloading":
        if (this.#state === "stopping") return;
        this.#state = message.isLoading ? "recovering" : "serving";
        return;
      case "shutdown":
        return this.stop();
      case "stopped":
        this.#isServeStopped = true;
        return this.#maybeStopped();
      case "failed":
        return this.#fail(message.reason);
      case "facts":
        this.#serveLine.answered(message.facts);
    }
  }

  #onRaft(message: FromRaftWorker): void {
    if (message.kind === "facts") return this.#raftLine.answered(message.facts);
    this.#raftEnd = message;
    if (message.kind === "failed") this.#fail(message.reason);
    else this.#maybeStopped();
  }

  #askRaft(message: ToRaftWorker): void {
    this.#raft?.postMessage(message);
  }

  #askServe(message: ToServe): void {
    this.#serve.postMessage(message);
  }

  #maybeStopped(): void {
    if (!this.#isServeStopped || this.#raftEnd === undefined) return;
    this.#finish({ kind: "stopped" });
  }

  #fail(reason: string): void {
    this.#finish({ kind: "failed", reason });
  }

  #finish(end: NodeEnd): void {
    this.#serve?.terminate();
    this.#raft?.terminate();
    this.#loopGap.stop();
    void this.#admin?.close();
    this.#lock[Symbol.dispose]();
    this.#ready.reject(new Error("The node has ended"));
    this.#ready.promise.catch(() => {
      // Whoever waits for readiness also waits for the end.
    });
    this.#end.resolve(end);
  }

  /** Resolves when clients are served. */
  get ready(): Promise<ReadyNode> {
    return this.#ready.promise;
  }

  /** Resolves when the node has ended. */
  get end(): Promise<NodeEnd> {
    return this.#end.promise;
  }

  /** Drains and stops; `end` resolves when it is done. */
  stop(): void {
    this.#state = "stopping";
    this.#askServe({ kind: "stop" });
  }
}

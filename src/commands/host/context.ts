/**
 * What a host command may see and do. The engine's client and the serve Worker
 * fulfil these interfaces; nothing here knows sockets or the core.
 *
 * @module
 */

import { byteText } from "../../base/mod.ts";
import type { HostGroup } from "./lane_cluster.ts";
import type { ParameterStore } from "../../config/mod.ts";
import type { Listener, PubSub } from "../../pubsub/mod.ts";
import type { Protocol, Reply } from "../../resp/mod.ts";
import type { CommandNames } from "../table/mod.ts";
import type { Tracking } from "../../tracking/mod.ts";
import type { AccessControl } from "./access_control.ts";
import type { ClusterView } from "./cluster/mod.ts";
import type { LatencyMonitor } from "./latency_monitor.ts";
import type { HostMonitors } from "./monitor.ts";
import type { SlowLog } from "./slow_log.ts";
import type { Holders, HoldersWait } from "./wait.ts";

/** The client that sent the command. */
export interface HostClient {
  /** Number of CLIENT ID. */
  readonly id: number;
  /** `ip:port` of the peer. */
  readonly address: string;
  /** `ip:port` of our end. */
  readonly localAddress: string;
  /** Whether it came by TLS. */
  readonly isTls: boolean;
  /** Wall time of the connection in milliseconds. */
  readonly createdMs: number;
  /** Wall time of the last request in milliseconds. */
  usedMs: number;
  /** CLIENT SETNAME. */
  name: string;
  /** CLIENT SETINFO LIB-NAME. */
  libraryName: string;
  /** CLIENT SETINFO LIB-VER. */
  libraryVersion: string;
  /** CLIENT NO-EVICT. */
  isNoEvict: boolean;
  /** ACL user. */
  user: string;
  /** Whether it has logged in, or came when nobody had to. */
  hasAuthenticated: boolean;
  /** Name of the last command of the host, `container|subcommand` if it has one. */
  lastCommand: string;
  /** Bytes received. */
  readonly bytesIn: number;
  /** Bytes sent. */
  readonly bytesOut: number;
}

/** Switches of the client's session. */
export interface HostSession {
  /** RESP version. */
  protocol: Protocol;
  /** Database in use. */
  database: number;
  /** Whether any command may run. */
  isAuthenticated: boolean;
  /** Whether its user may not do everything: setting it takes back what was permitted. */
  isRestricted: boolean;
  /** Sets the commands that run without asking while it is restricted, a bit for each id. */
  setGrants(bits: Uint8Array): void;
  /** CLIENT NO-TOUCH. */
  isNoTouch: boolean;
  /** CLIENT REPLY OFF. */
  isSilent: boolean;
  /** Whether CLIENT REPLY SKIP came just before: this reply is dropped. */
  isSkipped: boolean;
  /** CLIENT REPLY SKIP: the next reply is dropped. */
  isSkipping: boolean;
  /** Whether it listens in RESP2, where few commands are allowed meanwhile. */
  isConfined: boolean;
  /** Whether it is told which keys its requests read. */
  isTracking: boolean;
  /** CLIENT CACHING: for the next request `isTracking` says the opposite. */
  isCaching: boolean;
  /** READONLY: whether a node that does not lead may answer its reads. */
  readsReplica: boolean;
  /** Name of the last command; `NULL` when there is none of that name. */
  readonly lastCommand: string;
  /** Bytes of its input buffer. */
  readonly inputBytes: number;
  /** Of these, bytes received and not yet served. */
  readonly pendingBytes: number;
  /** Bytes of replies it has not read. */
  readonly outputBytes: number;
  /** Requests queued since MULTI; -1 = no transaction. */
  readonly queuedCount: number;
  /** Bytes that these and the watched keys take. */
  readonly queuedBytes: number;
  /** Whether a watched key has changed. */
  readonly isDirty: boolean;
  /** Whether its last request waits for a key. */
  readonly isWaiting: boolean;
  /** Ends the transaction, if there is one, and forgets what is watched. */
  dropTransaction(): void;
}

/** How long the calls of a command took. */
export interface CommandTimes {
  /** Calls that were counted. */
  readonly calls: number;
  /** Upper bound of each bucket in microseconds, rising, with the calls in it. */
  readonly buckets: readonly (readonly [boundUs: number, calls: number])[];
}

/** The server around it. */
export interface HostServer {
  /** CONFIG's parameters. */
  readonly parameters: ParameterStore;
  /** What clients call the commands. */
  readonly commandNames: CommandNames;
  /** Commands that took long. */
  readonly slowLog: SlowLog;
  /** Events that took long. */
  readonly latency: LatencyMonitor;
  /** Who listens to what. */
  readonly pubSub: PubSub;
  /** Who watches the commands of others. */
  readonly monitors: HostMonitors;
  /** Who keeps copies of keys. */
  readonly tracking: Tracking;
  /** Users, and who clients are. */
  readonly access: AccessControl;
  /** The group that the node is in. */
  readonly cluster: ClusterView;
  /** The client as a listener, which takes messages whether or not it gets replies. */
  listener(client: HostClient): Listener;
  /** Times of commands in microseconds, by name in lower case. */
  commandTimes(): ReadonlyMap<string, CommandTimes>;
  /** A random whole number in [0, bound) that nobody can foretell. */
  random(bound: number): number;
  /** Wall time in milliseconds. */
  wallMs(): number;
  /** Clients by id. */
  clients(): Iterable<HostClient>;
  /** The session of a client. */
  session(client: HostClient): HostSession;
  /**
   * Makes clients wait for `ms` from now, with writes or with everything; data stays
   * as it is meanwhile. Of several pauses the longest and the strictest holds.
   */
  pause(mode: "writes" | "everything", ms: number): void;
  /** Ends all pauses. */
  unpause(): void;
  /** Whether a client waits for the end of a pause. */
  isPaused(client: HostClient): boolean;
  /** Ends a client's wait for a key; whether it waited. */
  unblock(client: HostClient, how: "timeout" | "error"): boolean;
  /** Index of the log entry of the client's last write, 0 = none. */
  writtenIndex(client: HostClient): number;
  /** Who has the log up to `index`. */
  holders(index: number): Holders;
  /** Waits for at most `ms`, 0 = for ever, until `index` has enough holders. */
  waitForHolders(
    index: number,
    isEnough: (holders: Holders) => boolean,
    ms: number,
  ): HoldersWait;
  /** Closes another client's connection after what is queued for it. */
  kill(client: HostClient): void;
  /** Text of INFO for the sections asked for. */
  info(sections: readonly string[]): string;
  /** Takes a snapshot; resolves when it is durable. */
  snapshot(): Promise<void>;
  /**
   * Empties memory and loads back what is durable, after taking a snapshot if
   * `withSnapshot`, while all clients wait.
   */
  reload(withSnapshot: boolean): Promise<void>;
  /** Whether a snapshot is being taken. */
  isSnapshotting(): boolean;
  /** Wall time of the last snapshot, or of the start, in seconds. */
  lastSnapshotSeconds(): number;
  /** The group of nodes; undefined for a node alone. */
  readonly group: HostGroup | undefined;
  /** Starts an orderly stop of the node. */
  shutdown(): void;
  /** Whether due keys are removed without being touched. */
  setActiveExpire(isOn: boolean): void;
  /** Keys in a slot of a database. */
  countKeysInSlot(database: number, slot: number): number;
  /** The first `most` of them, or fewer if that were too many at once. */
  keysInSlot(database: number, slot: number, most: number): Uint8Array[];
  /** Digest of all data: 40 hexadecimal digits. */
  digest(): string;
  /** Whether memory has room for a name of `bytes`: the two below require it. */
  hasRoomFor(bytes: number): boolean;
  /** Digest of one key's value: 40 hexadecimal digits, zeros when there is none. */
  digestOfKey(database: number, key: Uint8Array): string;
  /** What DEBUG OBJECT says of a key, if it is there. */
  describeKey(database: number, key: Uint8Array): string | undefined;
  /**
   * Runs requests as a client of this server; resolves to their replies in RESP2.
   * Words and replies hold one character a byte.
   */
  run(
    database: number,
    requests: readonly (readonly string[])[],
  ): Promise<string>;
  /** Zeroes the counters of INFO. */
  resetStatistics(): void;
  /** Blocks the serve Worker for `ms`, as DEBUG SLEEP does. */
  stall(ms: number): void;
}

/** One call of a host command. */
export interface HostCall {
  /** Who calls. */
  readonly client: HostClient;
  /** Its session. */
  readonly session: HostSession;
  /** The server. */
  readonly server: HostServer;
  /** The command's name and arguments. */
  readonly words: readonly Uint8Array[];
}

/** What a host command gives back. */
export type HostReply =
  | Reply
  /** A reply after which the connection closes. */
  | { readonly kind: "last"; readonly reply: Reply }
  /** A reply that takes time. */
  | {
    readonly kind: "later";
    readonly reply: Promise<Reply>;
    /** Ends what the reply waits for, where it waits for others; else the client is held. */
    readonly end?: (how: "timeout" | "error" | "gone") => void;
  };

/** A host command. */
export type HostCommand = (call: HostCall) => HostReply;

/** Argument `index` as text, one character a byte. */
export function word(call: HostCall, index: number): string {
  return byteText(call.words[index] ?? new Uint8Array(0));
}

/** Argument `index` in lower case. */
export function lower(call: HostCall, index: number): string {
  return word(call, index).toLowerCase();
}

/** All words as text, one character a byte. */
export function texts(call: HostCall): string[] {
  return call.words.map(byteText);
}

/** A server of plain fields for host commands, and a way to call them. */

import { assert } from "@std/assert";
import {
  AccessControl,
  type ClusterNode,
  type ClusterView,
  type CommandTimes,
  type Holders,
  type HoldersOutcome,
  type HoldersWait,
  HOST_COMMANDS,
  type HostClient,
  type HostGroup,
  type HostReply,
  type HostServer,
  type HostSession,
  LatencyMonitor,
  SlowLog,
} from "../../../../src/commands/mod.ts";
import { SeededRandom } from "../../../../src/base/mod.ts";
import { CommandNames } from "../../../../src/commands/mod.ts";
import { ParameterStore } from "../../../../src/config/mod.ts";
import { type Listener, PubSub } from "../../../../src/pubsub/mod.ts";
import { encodeReply, type Protocol } from "../../../../src/resp/mod.ts";
import { type Recipient, Tracking } from "../../../../src/tracking/mod.ts";
import { fromLatin1, toLatin1 } from "../../../servers/mod.ts";

/** A session of plain fields. */
export class FakeSession implements HostSession {
  protocol: Protocol = 2;
  database = 0;
  isAuthenticated = true;
  isRestricted = false;
  isNoTouch = false;
  isSilent = false;
  isSkipped = false;
  isSkipping = false;
  queuedCount = -1;
  queuedBytes = 0;
  isDirty = false;
  isWaiting = false;
  isConfined = false;
  isTracking = false;
  isCaching = false;
  readsReplica = false;
  lastCommand = "NULL";
  inputBytes = 0;
  pendingBytes = 0;
  outputBytes = 0;

  grants: Uint8Array = new Uint8Array();

  setGrants(bits: Uint8Array): void {
    this.grants = bits;
  }

  dropTransaction(): void {
    this.queuedCount = -1;
  }
}

/** A client of plain fields, connected at 1000 ms. */
export class FakeClient implements HostClient {
  readonly session = new FakeSession();
  readonly address: string;
  readonly localAddress = "127.0.0.1:6380";
  isTls = false;
  readonly createdMs = 1000;
  usedMs = 1000;
  name = "";
  libraryName = "";
  libraryVersion = "";
  isNoEvict = false;
  user = "default";
  hasAuthenticated = true;
  lastCommand = "";
  /** Messages received, one character a byte. */
  received = "";
  readonly bytesIn = 0;
  readonly bytesOut = 0;
  readonly id: number;

  constructor(id: number) {
    this.id = id;
    this.address = `127.0.0.1:${50_000 + id}`;
  }
}

/** A group of plain fields: a node alone. */
export class FakeCluster implements ClusterView {
  isEnabled = false;
  name = "test";
  ownId = 1;
  term = 3;
  leaderId = 1;
  lastLeaderId = 1;
  appliedIndex = 20;
  nodes: ClusterNode[] = [memberOf(1)];
  held = new Map<number, number>();

  heldIndex(id: number): number | undefined {
    return this.held.get(id);
  }
}

/** Node `id`, connected since 1000 ms, at a host and ports of its own. */
export function memberOf(
  id: number,
  other: Partial<ClusterNode> = {},
): ClusterNode {
  return {
    id,
    host: `10.0.0.${id}`,
    clientPort: 7000 + id,
    tlsPort: 0,
    peerPort: 17_000 + id,
    isVoter: true,
    connectedMs: 1000,
    ...other,
  };
}

/** A server that notes what it is asked to do. */
export class FakeServer implements HostServer {
  readonly parameters = new ParameterStore();
  commandNames = new CommandNames([]);
  readonly slowLog = new SlowLog(1000);
  readonly latency = new LatencyMonitor();
  readonly pubSub = new PubSub(1_000_000);
  readonly watching = new Set<number>();
  readonly monitors = {
    add: ({ id }: HostClient) => void this.watching.add(id),
    remove: ({ id }: HostClient) => void this.watching.delete(id),
    has: ({ id }: HostClient) => this.watching.has(id),
  };
  readonly tracking = new Tracking((id) => this.#recipient(id), 1_000_000);
  readonly cluster = new FakeCluster();
  /** Keys by slot. */
  readonly slots = new Map<number, string[]>();
  group: HostGroup | undefined = undefined;
  readonly access: AccessControl = new AccessControl(this, undefined);
  readonly times = new Map<string, CommandTimes>();
  readonly #random = new SeededRandom(7);
  readonly fakes: FakeClient[] = [new FakeClient(1), new FakeClient(2)];
  readonly killed: number[] = [];
  /** What was asked, in order. */
  readonly asked: string[] = [];
  nowMs = 61_000;
  isTaking = false;
  snapshotFailure: Error | undefined;
  replies = "";
  roomBytes = Infinity;
  pausedId = 0;

  commandTimes(): ReadonlyMap<string, CommandTimes> {
    return this.times;
  }

  random(bound: number): number {
    return this.#random.below(bound);
  }

  wallMs(): number {
    return this.nowMs;
  }

  clients(): Iterable<HostClient> {
    return this.fakes;
  }

  session(client: HostClient): HostSession {
    const found = this.fakes.find(({ id }) => id === client.id);
    assert(found !== undefined);
    return found.session;
  }

  listener({ id }: HostClient): Listener {
    const found = this.fakes.find((client) => client.id === id);
    assert(found !== undefined);
    return {
      id,
      get protocol() {
        return found.session.protocol;
      },
      receive: (bytes) => {
        found.received += toLatin1(bytes);
      },
    };
  }

  #recipient(id: number): Recipient | undefined {
    const found = this.fakes.find((client) => client.id === id);
    if (found === undefined) return undefined;
    const { protocol, receive } = this.listener(found);
    return { protocol, isSubscribed: this.pubSub.isSubscribed(id), receive };
  }

  pause(mode: string, ms: number): void {
    this.asked.push(`pause ${mode} ${ms}`);
  }

  unpause(): void {
    this.asked.push("unpause");
  }

  isPaused({ id }: HostClient): boolean {
    return id === this.pausedId;
  }

  /** Clients unblocked, and how. */
  readonly unblocked: [number, string][] = [];

  unblock(client: HostClient, how: "timeout" | "error"): boolean {
    this.unblocked.push([client.id, how]);
    return this.session(client).isWaiting;
  }

  /** Index of every client's last write. */
  written = 0;
  held: Holders = { own: true, others: 0 };
  /** Waits for holders, in order. */
  readonly waits: {
    readonly index: number;
    readonly ms: number;
    readonly isEnough: (holders: Holders) => boolean;
    readonly settle: (outcome: HoldersOutcome) => void;
  }[] = [];

  writtenIndex(): number {
    return this.written;
  }

  holders(index: number): Holders {
    this.asked.push(`holders ${index}`);
    return this.held;
  }

  waitForHolders(
    index: number,
    isEnough: (holders: Holders) => boolean,
    ms: number,
  ): HoldersWait {
    const { promise, resolve } = Promise.withResolvers<HoldersOutcome>();
    this.waits.push({ index, ms, isEnough, settle: resolve });
    return {
      outcome: promise,
      end: (how) => resolve(how === "error" ? "unblocked" : this.held),
    };
  }

  kill(client: HostClient): void {
    this.killed.push(client.id);
  }

  info(sections: readonly string[]): string {
    return `info of ${sections.join(" ")}`;
  }

  snapshot(): Promise<void> {
    this.asked.push("snapshot");
    return this.snapshotFailure === undefined
      ? Promise.resolve()
      : Promise.reject(this.snapshotFailure);
  }

  reload(withSnapshot: boolean): Promise<void> {
    this.asked.push(`reload ${withSnapshot}`);
    return Promise.resolve();
  }

  isSnapshotting(): boolean {
    return this.isTaking;
  }

  lastSnapshotSeconds(): number {
    return 42;
  }

  shutdown(): void {
    this.asked.push("shutdown");
  }

  setActiveExpire(isOn: boolean): void {
    this.asked.push(`expire ${isOn}`);
  }

  digest(): string {
    return "0".repeat(40);
  }

  countKeysInSlot(database: number, slot: number): number {
    this.asked.push(`count ${database} ${slot}`);
    return this.slots.get(slot)?.length ?? 0;
  }

  keysInSlot(database: number, slot: number, most: number): Uint8Array[] {
    this.asked.push(`keys ${database} ${slot} ${most}`);
    return (this.slots.get(slot) ?? []).slice(0, most).map(fromLatin1);
  }

  hasRoomFor(bytes: number): boolean {
    return bytes <= this.roomBytes;
  }

  digestOfKey(database: number, key: Uint8Array): string {
    return `${database}:${new TextDecoder().decode(key)}`;
  }

  describeKey(database: number, key: Uint8Array): string | undefined {
    const name = new TextDecoder().decode(key);
    return name === "missing" ? undefined : `Value of ${database}:${name}`;
  }

  run(
    database: number,
    requests: readonly (readonly string[])[],
  ): Promise<string> {
    this.asked.push(
      ...requests.map((words) => `${database}: ${words.join(" ")}`),
    );
    return Promise.resolve(this.replies);
  }

  resetStatistics(): void {
    this.asked.push("reset");
  }

  stall(ms: number): void {
    this.asked.push(`stall ${ms}`);
  }
}

/** Calls the host command `words[0]` as client 1; words hold one character a byte. */
export function callHost(
  server: FakeServer,
  ...words: readonly string[]
): HostReply {
  const run = HOST_COMMANDS.get(words[0]!.toLowerCase());
  assert(run !== undefined, `${words[0]} is a host command`);
  const client = server.fakes[0]!;
  const { session } = client;
  return run({ client, session, server, words: words.map(fromLatin1) });
}

/** As {@linkcode callHost}: the reply's bytes in RESP2, one character a byte. */
export async function answer(
  server: FakeServer,
  ...words: readonly string[]
): Promise<string> {
  const outcome = callHost(server, ...words);
  const reply = outcome.kind === "later" || outcome.kind === "last"
    ? await outcome.reply
    : outcome;
  return toLatin1(encodeReply(reply, 2));
}

/**
 * An engine over a real core, with a log and clients that a test drives.
 *
 * @module
 */

import {
  ManualClock,
  SeededRandom,
  systemAfter,
} from "../../../src/base/mod.ts";
import { Core } from "../../../src/core/mod.ts";
import {
  type Client,
  type ClientPort,
  Engine,
  type EngineOptions,
  type GroupCommitOptions,
  type HostOutcome,
  type HostPort,
  type LogPort,
} from "../../../src/engine/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** Bytes of `text`. */
export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Lets the microtasks of this turn run. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** A client's socket that keeps what it is given. */
export class FakePort implements ClientPort {
  /** Everything sent, as text. */
  sent = "";
  /** What `finish` and `abort` were called for. */
  end: "open" | "finished" | "aborted" = "open";
  /** Times that reading was resumed. */
  resumes = 0;
  backlogBytes = 0;
  /** Whether bytes sent stay in the backlog until `drain`. */
  isClogged = false;
  #drained: (() => void) | undefined;

  send(bytes: Uint8Array): void {
    this.sent += decoder.decode(bytes.slice());
    if (this.isClogged) this.backlogBytes += bytes.length;
  }

  share(bytes: Uint8Array): void {
    this.send(bytes);
  }

  finish(): void {
    this.end = "finished";
  }

  abort(): void {
    this.end = "aborted";
  }

  resume(): void {
    this.resumes++;
  }

  whenDrained(then: () => void): void {
    this.#drained = then;
  }

  /** Whether somebody waits for the backlog. */
  get isAwaited(): boolean {
    return this.#drained !== undefined;
  }

  /** The peer reads everything. */
  drain(): void {
    this.backlogBytes = 0;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }
}

/** A proposal that the log took. */
export interface Proposal {
  /** Its id. */
  readonly id: number;
  /** A copy of its entry. */
  readonly entry: Uint8Array;
}

/** A log that commits when it is told to. */
export class FakeLog implements LogPort {
  /** Proposals taken, in order. */
  readonly proposals: Proposal[] = [];
  /** Proposals it still takes. */
  room = Infinity;
  /** Times that it was polled. */
  polls = 0;
  /** What a poll does. */
  onPoll: () => void = () => {};
  /** Proposals committed so far. */
  committed = 0;

  propose(id: number, entry: Uint8Array): boolean {
    if (this.room <= 0) return false;
    this.room--;
    this.proposals.push({ id, entry: entry.slice() });
    return true;
  }

  attend(): void {
    this.polls++;
    this.onPoll();
  }
}

/** An engine and what surrounds it. */
export class Bench {
  readonly clock = new ManualClock();
  readonly core = new Core(11n, 22n);
  readonly log = new FakeLog();
  readonly engine: Engine;
  readonly ports = new Map<Client, FakePort>();
  /** Answers host commands; the arguments are its words. */
  host: (client: Client, words: string[]) => HostOutcome = () => ({
    reply: encode("+HOST\r\n"),
  });

  /** Says why a request may not be queued in a transaction. */
  refusal: (words: string[]) => Uint8Array | undefined = () => undefined;

  /** Says why a restricted client may not run its next request; else permits it. */
  permit: (words: string[]) => Uint8Array | undefined = () => undefined;

  /** Says where a request is to go instead. */
  elsewhere: (words: string[]) => Uint8Array | undefined = () => undefined;

  /** Says what is wrong with a request, whether it is queued or not. */
  misuse: (words: string[]) => Uint8Array | undefined = () => undefined;

  constructor(
    options: Partial<EngineOptions> = {},
    groupCommit: Partial<GroupCommitOptions> = {},
  ) {
    const texts = (words: Uint8Array[]) =>
      words.map((word) => decoder.decode(word));
    const host: HostPort = {
      run: (client, _id, words) => this.host(client, texts(words)),
      refusal: (_client, words) => this.refusal(texts(words)),
      arrived: () => {},
      permit: ({ session }) => {
        const refused = this.permit(texts(this.core.requestArguments()));
        const { permits } = this.core;
        if (refused === undefined) {
          permits.permit(session, permits.askedEnd(session));
        }
        return refused;
      },
      elsewhere: (_client, words) => this.elsewhere(texts(words)),
      misuse: (_client, words) => this.misuse(texts(words)),
    };
    this.engine = new Engine(
      this.core,
      this.clock,
      new SeededRandom(1),
      this.log,
      host,
      () => {},
      {
        groupCommit: {
          batchesInFlightMax: 2,
          earlySealBytes: 8192,
          waitsForClients: false,
          ...groupCommit,
        },
        backlogBytesMax: 1024,
        expiriesPerEntry: 20,
        after: systemAfter,
        ...options,
      },
    );
  }

  /** A new client that needs no password. */
  connect(): Client {
    const port = new FakePort();
    const at = `10.0.0.1:${1000 + this.ports.size}`;
    const client = this.engine.connect(port, at, "10.0.0.2:6379", true);
    if (client === undefined) throw new Error("The core has no memory left");
    this.ports.set(client, port);
    return client;
  }

  /** The socket of `client`. */
  port(client: Client): FakePort {
    return this.ports.get(client)!;
  }

  /** `text` arrives; whether the client may be read on. */
  receive(client: Client, text: string): boolean {
    const bytes = encode(text);
    this.engine.inputRoom(client, bytes.length)!.set(bytes);
    return this.engine.received(client, bytes.length);
  }

  /** Commits the oldest `count` proposals that are not committed, at once. */
  commit(count = 1): void {
    this.log.committed += count;
    const { id } = this.log.proposals[this.log.committed - 1]!;
    this.engine.committed(this.log.committed, id);
  }

  /** Lets turns pass and commits until nothing waits. */
  async settle(): Promise<void> {
    await turn();
    while (this.log.committed < this.log.proposals.length) {
      this.commit();
      await turn();
    }
  }

  /** Takes what was sent to `client` so far. */
  take(client: Client): string {
    const port = this.port(client);
    const { sent } = port;
    port.sent = "";
    return sent;
  }
}

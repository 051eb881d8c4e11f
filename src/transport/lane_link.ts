/**
 * One lane's connection to a peer: dials, proves, and dials again when it has ended,
 * until it is closed.
 *
 * @module
 */

import { assert, PeerError } from "../base/mod.ts";
import {
  addressText,
  HANDSHAKE_FRAME_BYTES_MAX,
  HANDSHAKE_MS_MAX,
  REDIAL_MS_MAX,
  REDIAL_MS_MIN,
} from "../config/mod.ts";
import { Backoff } from "./backoff.ts";
import { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { DiallerHandshake } from "./handshake.ts";
import { REFUSAL } from "./handshake_messages.ts";
import type { Lane } from "./lane.ts";
import type { PeerAddress, Wire } from "./network.ts";
import { drawNonce, type TransportParts } from "./parts.ts";
import { countsOf, type LaneCounts } from "./statistics.ts";

/** Which connection it is. */
export interface LinkTarget {
  /** The peer's id. */
  readonly node: number;
  /** Where it is reached. */
  readonly address: PeerAddress;
  /** What the connection is for. */
  readonly lane: Lane;
}

/** What happens to the link. */
export interface LinkEvents {
  /** Both sides are proved: the owner calls `establish()` and may send. */
  readonly opened: (connection: Connection) => void;
  /** A frame came on the open connection. A `PeerError` thrown ends it. */
  readonly frame: (frame: Frame) => void;
  /** The open connection has ended, or an attempt failed. Another one will follow. */
  readonly failed: () => void;
}

/** See the module. */
export class LaneLink {
  readonly #target: LinkTarget;
  readonly #parts: TransportParts;
  readonly #events: LinkEvents;
  readonly #backoff: Backoff;
  readonly #counts: LaneCounts;
  #connection: Connection | undefined;
  #handshake: DiallerHandshake | undefined;
  /** What the next frame of the handshake must be; `undefined`: none may come. */
  #expected: "challenge" | "welcome" | undefined;
  #isEstablished = false;
  #establishedMs = 0;
  #isClosed = false;
  /** Why the last attempt failed; the same reason is logged once. */
  #lastReason = "";
  #cancelDial: () => void = () => {};
  #cancelTimer: () => void = () => {};

  /** Starts to dial with {@linkcode start}. */
  constructor(target: LinkTarget, parts: TransportParts, events: LinkEvents) {
    this.#target = target;
    this.#parts = parts;
    this.#events = events;
    this.#backoff = new Backoff(REDIAL_MS_MIN, REDIAL_MS_MAX, parts.random);
    this.#counts = countsOf(parts.counts, target.node)[target.lane];
  }

  /** The open connection, if there is one. */
  get connection(): Connection | undefined {
    return this.#isEstablished ? this.#connection : undefined;
  }

  /** Dials now. */
  start(): void {
    assert(!this.#isClosed, "a closed link stays closed");
    this.#cancelTimer = this.#parts.after(
      HANDSHAKE_MS_MAX,
      () => this.#fail("it took too long"),
    );
    this.#cancelDial = this.#parts.network.dial(this.#target.address, {
      connected: (wire) => this.#connected(wire),
      failed: (reason) => this.#fail(reason),
    });
  }

  /** Ends the connection and dials no more. */
  close(): void {
    this.#isClosed = true;
    this.#reset();
  }

  #reset(): void {
    this.#cancelTimer();
    this.#cancelDial();
    this.#connection?.close();
    this.#connection = undefined;
    this.#handshake = undefined;
    this.#expected = undefined;
    this.#isEstablished = false;
  }

  #fail(reason: string): void {
    if (this.#isClosed) return;
    this.#counts.failures++;
    const { clock, after } = this.#parts;
    const livedMs = clock.monotonicMs() - this.#establishedMs;
    // One that is taken and dropped at once, over and over, counts as failing.
    if (this.#isEstablished && livedMs > REDIAL_MS_MAX) this.#backoff.reset();
    this.#reset();
    this.#logOnce(reason);
    this.#cancelTimer = after(this.#backoff.nextMs(), () => this.start());
    this.#events.failed();
  }

  #logOnce(reason: string): void {
    if (reason === this.#lastReason) return;
    this.#lastReason = reason;
    const { node, lane, address } = this.#target;
    const place = addressText(address);
    const what = `No ${lane} connection to node ${node} at ${place}`;
    this.#parts.log("notice", `${what}: ${reason}`);
  }

  #connected(wire: Wire): void {
    const { own, random, prover, after } = this.#parts;
    const { node, lane } = this.#target;
    const connection = new Connection(wire, HANDSHAKE_FRAME_BYTES_MAX, after, {
      frame: (frame) => this.#frame(connection, frame),
      ended: (reason) => this.#fail(reason),
    });
    const nonce = drawNonce(random);
    this.#connection = connection;
    this.#handshake = new DiallerHandshake(own, node, lane, nonce, prover);
    this.#expected = "challenge";
    connection.note({ kind: "hello", content: this.#handshake.hello });
  }

  #frame(connection: Connection, frame: Frame): void {
    if (this.#isEstablished) return this.#events.frame(frame);
    if (frame.kind === "refusal") {
      const problem = JSON.stringify(REFUSAL.decode(frame.content).problem);
      throw new PeerError("unexpected", `it refuses this node: ${problem}`);
    }
    const expected = this.#expected;
    if (frame.kind !== expected) {
      throw new PeerError("unexpected", `a frame (${frame.kind}) out of turn`);
    }
    this.#expected = undefined;
    const isProof = expected === "challenge";
    const step = isProof
      ? this.#prove(connection, frame.content)
      : this.#verify(connection, frame.content);
    step.catch((cause) => this.#stepFailed(connection, cause));
  }

  async #prove(connection: Connection, challenge: Uint8Array): Promise<void> {
    const content = await this.#handshake!.prove(challenge);
    if (connection !== this.#connection) return;
    this.#expected = "welcome";
    connection.note({ kind: "proof", content });
  }

  async #verify(connection: Connection, welcome: Uint8Array): Promise<void> {
    await this.#handshake!.verify(welcome);
    if (connection !== this.#connection) return;
    this.#cancelTimer();
    this.#isEstablished = true;
    this.#establishedMs = this.#parts.clock.monotonicMs();
    this.#counts.connects++;
    this.#lastReason = "";
    const { node, lane } = this.#target;
    this.#parts.log("verbose", `Connected to node ${node} for ${lane}`);
    this.#events.opened(connection);
  }

  #stepFailed(connection: Connection, cause: unknown): void {
    if (connection !== this.#connection) return;
    if (cause instanceof PeerError) return connection.fail(cause);
    throw cause;
  }
}

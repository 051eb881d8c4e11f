/**
 * An accepted connection, from its first byte: it has to prove itself within a time
 * and a few bytes, then its frames are handed on.
 *
 * @module
 */

import { PeerError } from "../base/mod.ts";
import { HANDSHAKE_FRAME_BYTES_MAX, HANDSHAKE_MS_MAX } from "../config/mod.ts";
import { Connection, type FrameSource } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { AcceptorHandshake } from "./handshake.ts";
import { type Hello, REFUSAL } from "./handshake_messages.ts";
import { LANE_BOUNDS } from "./lane.ts";
import type { Wire } from "./network.ts";
import { drawNonce, type TransportParts } from "./parts.ts";

/** What the acceptor does about a guest. */
export interface GuestEvents {
  /** Whether a node that knows the secret is the one that had its id before; rejects with a `PeerError` if not. */
  readonly recognize: (hello: Hello) => Promise<void>;
  /** It has proved itself; a `PeerError` thrown refuses it. What is sent back to it, if anything. */
  readonly proved: (guest: Guest, hello: Hello) => FrameSource | undefined;
  /** A frame came after that. A `PeerError` thrown ends the connection. */
  readonly frame: (guest: Guest, frame: Frame) => void;
  /** It is gone; with an error, if it was refused or misbehaved. */
  readonly gone: (guest: Guest, error: PeerError | undefined) => void;
}

/** See the module. */
export class Guest {
  /** The connection. */
  readonly connection: Connection;
  readonly #events: GuestEvents;
  readonly #handshake: AcceptorHandshake;
  readonly #cancelTimer: () => void;
  #hello: Hello | undefined;
  #stage: "hello" | "proof" | "checking" | "proved" | "gone" = "hello";

  /** Waits for the hello of `wire`. */
  constructor(wire: Wire, parts: TransportParts, events: GuestEvents) {
    this.#events = events;
    const nonce = drawNonce(parts.random);
    this.#handshake = new AcceptorHandshake(parts.own, nonce, parts.prover);
    this.#cancelTimer = parts.after(HANDSHAKE_MS_MAX, () => {
      this.refuse(new PeerError("timeout", "its handshake takes too long"));
    });
    this.connection = new Connection(
      wire,
      HANDSHAKE_FRAME_BYTES_MAX,
      parts.after,
      {
        frame: (frame) => this.#frame(frame),
        ended: (reason, problem) => {
          const error = problem && new PeerError(problem, reason);
          this.#leave(error);
        },
      },
    );
  }

  /** Who it is; known to be true once it is proved. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** Whether it has proved itself. */
  get isProved(): boolean {
    return this.#stage === "proved";
  }

  /** Tells it why it is not taken, and ends the connection. */
  refuse(error: PeerError): void {
    if (this.#stage === "gone") return;
    const content = REFUSAL.encode({ problem: error.problem });
    this.connection.note({ kind: "refusal", content });
    this.connection.closeWhenWritten();
    this.#leave(error);
  }

  /** Ends the connection without a word, even one that is being refused. */
  close(): void {
    this.connection.close();
    this.#leave(undefined);
  }

  #leave(error: PeerError | undefined): void {
    if (this.#stage === "gone") return;
    this.#cancelTimer();
    this.#events.gone(this, error);
    this.#stage = "gone";
  }

  #frame(frame: Frame): void {
    try {
      this.#take(frame);
    } catch (cause) {
      this.#refuseFor(cause);
    }
  }

  #refuseFor(cause: unknown): void {
    if (!(cause instanceof PeerError)) throw cause;
    this.refuse(cause);
  }

  #take({ kind, content }: Frame): void {
    if (this.#stage === "proved") {
      return this.#events.frame(this, { kind, content });
    }
    if (kind !== this.#stage) {
      throw new PeerError("unexpected", `a frame (${kind}) out of turn`);
    }
    if (kind === "hello") {
      this.#hello = this.#handshake.greet(content);
      this.#stage = "proof";
      const challenge = this.#handshake.challenge;
      this.connection.note({ kind: "challenge", content: challenge });
    } else {
      this.#stage = "checking";
      this.#check(content).catch((cause) => this.#refuseFor(cause));
    }
  }

  async #check(proof: Uint8Array): Promise<void> {
    const welcome = await this.#handshake.verify(proof);
    const hello = this.#hello!;
    await this.#events.recognize(hello);
    if (this.#stage !== "checking") return;
    const source = this.#events.proved(this, hello);
    this.#cancelTimer();
    this.#stage = "proved";
    this.connection.note({ kind: "welcome", content: welcome });
    this.connection.establish(LANE_BOUNDS[hello.lane].messageBytes, source);
  }
}

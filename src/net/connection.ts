/**
 * One client's socket: reads straight into the core's memory, writes from a
 * buffer of its own.
 *
 * At most one read and one write are under way. The session may be freed only
 * after a read under way has settled, since the system writes into its buffer
 * until then.
 *
 * @module
 */

import {
  READ_BYTES_MAX,
  READ_BYTES_MIN,
  WRITE_BYTES_KEPT,
  WRITE_BYTES_MAX,
} from "../config/mod.ts";
import type { Client, ClientPort, Engine } from "../engine/mod.ts";
import { endpointOf } from "./address.ts";
import { Backlog } from "./backlog.ts";

/** What a connection needs of its socket; TLS sockets have no `setNoDelay`. */
export type ClientSocket =
  & Pick<
    Deno.Conn,
    "read" | "write" | "close" | "closeWrite" | "remoteAddr" | "localAddr"
  >
  & { readonly setNoDelay?: (noDelay?: boolean) => void };

/** Whether `socket` speaks TLS. */
export function isTls(socket: ClientSocket): boolean {
  return socket.setNoDelay === undefined;
}

/** What a connection needs of the engine. */
export type ConnectionEngine = Pick<
  Engine,
  "connect" | "disconnected" | "inputRoom" | "received"
>;

/** Facts of a connection that its opener knows. */
export interface ConnectionOptions {
  /** Whether no password is asked. */
  readonly isAuthenticated: boolean;
  /** Called once, when the socket is closed and its client forgotten. */
  readonly onClosed: () => void;
}

/** A connected client's socket. */
export class Connection implements ClientPort {
  /** See {@linkcode ClientPort}. */
  readonly isTls: boolean;
  readonly #socket: ClientSocket;
  readonly #engine: ConnectionEngine;
  readonly #options: ConnectionOptions;
  #client: Client | undefined;
  #readBytes = READ_BYTES_MIN;
  /** Where the last read went. */
  #room: Uint8Array | undefined;
  #isReading = false;
  #isFinishing = false;
  #isClosed = false;
  /** Room for replies on their way out. */
  #front = new Uint8Array(0);
  /** Bytes `[#written, #filled)` of it are being written: `#front`, or bytes that others share. */
  #source: Uint8Array = this.#front;
  #written = 0;
  #filled = 0;
  /** The bytes that are being written, kept for replies of the same length. */
  #leaving: Uint8Array = this.#front;
  /** Bytes that arrived meanwhile. */
  readonly #backlog = new Backlog();
  #drained: (() => void) | undefined;

  /** Takes over `socket`. Call {@linkcode start} next. */
  constructor(
    socket: ClientSocket,
    engine: ConnectionEngine,
    options: ConnectionOptions,
  ) {
    this.isTls = isTls(socket);
    this.#socket = socket;
    this.#engine = engine;
    this.#options = options;
  }

  /** Registers the client and starts reading; false when memory is full. */
  start(): boolean {
    this.#client = this.#engine.connect(
      this,
      endpointOf(this.#socket.remoteAddr),
      endpointOf(this.#socket.localAddr),
      this.#options.isAuthenticated,
    );
    if (this.#client === undefined) return false;
    this.#read();
    return true;
  }

  // -- Reading --

  #read(): void {
    if (this.#isClosed || this.#isFinishing) return;
    const bytes = this.#readBytes;
    const room = this.#engine.inputRoom(this.#client!, bytes, this.#room);
    if (room === undefined) {
      this.abort();
      return;
    }
    this.#room = room;
    this.#isReading = true;
    this.#socket.read(room).then(this.#onRead, this.#onReadFailure);
  }

  readonly #onRead = (count: number | null): void => {
    this.#isReading = false;
    if (this.#isClosed) {
      this.#close();
      return;
    }
    if (count === null || this.#isFinishing) {
      // The peer sends no more, but may still read what was answered.
      this.finish();
      return;
    }
    if (count === this.#room!.length && this.#readBytes < READ_BYTES_MAX) {
      this.#readBytes *= 2;
    }
    if (this.#engine.received(this.#client!, count)) this.#read();
  };

  /** A reset, or a read cut off by closing: the connection is over. */
  readonly #onReadFailure = (): void => {
    this.#isReading = false;
    this.#close();
  };

  /** Reads on after `Engine.received` paused. */
  resume(): void {
    if (!this.#isReading) this.#read();
  }

  // -- Writing --

  /** Bytes queued and not yet taken by the system. */
  get backlogBytes(): number {
    return this.#filled - this.#written + this.#backlog.bytes;
  }

  /** Queues a copy of `bytes`. */
  send(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#filled !== 0) {
      this.#backlog.push(bytes.slice());
      return;
    }
    if (this.#front.length < bytes.length) {
      this.#front = new Uint8Array(Math.max(bytes.length, 256));
    }
    this.#front.set(bytes);
    this.#begin(this.#front, bytes.length);
  }

  /** Queues `bytes` themselves, which other connections may share. */
  share(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#filled === 0) this.#begin(bytes, bytes.length);
    else this.#backlog.push(bytes);
  }

  #begin(source: Uint8Array, length: number): void {
    this.#source = source;
    this.#filled = length;
    this.#write();
  }

  #write(): void {
    const length = this.#filled - this.#written;
    const source = this.#source;
    const isSame = this.#leaving.buffer === source.buffer &&
      this.#leaving.byteOffset === source.byteOffset + this.#written &&
      this.#leaving.length === length;
    if (!isSame) {
      this.#leaving = source.subarray(this.#written, this.#filled);
    }
    this.#socket.write(this.#leaving)
      .then(this.#onWritten, this.#onWriteFailure);
  }

  readonly #onWritten = (count: number): void => {
    this.#written += count;
    if (this.#written < this.#filled) {
      this.#write();
      return;
    }
    this.#written = 0;
    this.#filled = 0;
    if (this.#front.length > WRITE_BYTES_KEPT) this.#front = new Uint8Array(0);
    if (this.#source !== this.#front) {
      this.#source = this.#front;
      this.#leaving = this.#front;
    }
    if (this.#backlog.bytes > 0) this.#writeBacklog();
    else this.#onDrained();
  };

  /** Closing ends the read under way, which then lets go of the client. */
  readonly #onWriteFailure = (): void => this.#close();

  #writeBacklog(): void {
    const bytes = this.#backlog.nextBytes(WRITE_BYTES_MAX);
    const whole = this.#backlog.takeWhole(bytes);
    if (whole === undefined) {
      if (this.#front.length < bytes) this.#front = new Uint8Array(bytes);
      this.#backlog.copyTo(this.#front, bytes);
    }
    this.#begin(whole ?? this.#front, bytes);
  }

  #onDrained(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
    if (this.#isFinishing && this.#filled === 0) this.#close();
  }

  /** Calls `then` once, when nothing is queued. */
  whenDrained(then: () => void): void {
    this.#drained = then;
    if (this.#filled === 0) queueMicrotask(() => this.#onDrained());
  }

  // -- Closing --

  /** Closes the socket once everything queued has been written. */
  finish(): void {
    this.#isFinishing = true;
    if (this.#filled === 0) this.#close();
  }

  /** Closes the socket now. */
  abort(): void {
    if (!this.#isClosed && this.#filled === 0) this.#hangUp();
    this.#close();
  }

  /**
   * Tells the peer before this turn ends, while `close` waits for the read under way to
   * end in a later one: who killed a client may rely on it once that is answered.
   * With TLS it could wait for a peer that does not read, and keep the socket open.
   */
  #hangUp(): void {
    if (this.#socket.setNoDelay === undefined) return;
    // The peer may have left already, which is as good.
    this.#socket.closeWrite().catch(() => {});
  }

  #close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#socket.close();
      this.#backlog.clear();
    }
    if (this.#isReading || this.#client === undefined) return;
    const client = this.#client;
    this.#client = undefined;
    this.#engine.disconnected(client);
    this.#options.onClosed();
  }
}

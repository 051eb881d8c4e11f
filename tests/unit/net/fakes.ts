/**
 * A socket and an engine that do what a test tells them.
 *
 * @module
 */

import type { Client, ClientPort } from "../../../src/engine/mod.ts";
import type {
  AcceptedSocket,
  ConnectionEngine,
  PortBinding,
} from "../../../src/net/mod.ts";

/** Lets everything run that is ready to. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function address(hostname: string, port: number): Deno.NetAddr {
  return { transport: "tcp", hostname, port };
}

interface Waiting<T> {
  readonly buffer: Uint8Array;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** A socket whose reads and writes end when the test says so. */
export class FakeSocket implements AcceptedSocket {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr;
  /** Bytes that the system has taken, as text. */
  written = "";
  /** Lengths of the buffers of every write. */
  readonly writes: number[] = [];
  /** Lengths of the buffers of every read. */
  readonly reads: number[] = [];
  isClosed = false;
  /** Whether the peer has been told that no more comes. */
  isHungUp = false;
  isNoDelay = false;
  isKeptAlive = false;
  #reading: Waiting<number | null> | undefined;
  #writing: Waiting<number> | undefined;

  constructor(remote = "127.0.0.1", port = 50_000, local = "127.0.0.1") {
    this.remoteAddr = address(remote, port);
    this.localAddr = address(local, 6379);
  }

  setNoDelay(noDelay = true): void {
    this.isNoDelay = noDelay;
  }

  setKeepAlive(keepAlive = true): void {
    this.isKeptAlive = keepAlive;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#reading !== undefined) throw new Error("Two reads at once");
    this.reads.push(buffer.length);
    return new Promise((resolve, reject) => {
      this.#reading = { buffer, resolve, reject };
    });
  }

  write(buffer: Uint8Array): Promise<number> {
    if (this.#writing !== undefined) throw new Error("Two writes at once");
    this.writes.push(buffer.length);
    return new Promise((resolve, reject) => {
      this.#writing = { buffer, resolve, reject };
    });
  }

  /** As Deno does: in this turn, and it fails when the peer is gone. */
  closeWrite(): Promise<void> {
    if (this.isClosed || this.#writing !== undefined) {
      throw new Error("Hung up too late");
    }
    this.isHungUp = true;
    return Promise.reject(new Error("Socket is not connected"));
  }

  /** As Deno does: ends what is under way, in a later turn. */
  close(): void {
    if (this.isClosed) throw new Error("Closed twice");
    this.isClosed = true;
    const under = [this.#reading, this.#writing];
    this.#reading = this.#writing = undefined;
    const error = new Error("operation canceled");
    setTimeout(() => under.forEach((op) => op?.reject(error)), 0);
  }

  get isReading(): boolean {
    return this.#reading !== undefined;
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** The peer sends `text`; as much as fits is read. */
  async receive(text: string): Promise<void> {
    const { buffer, resolve } = this.#reading!;
    const { written } = new TextEncoder().encodeInto(text, buffer);
    this.#reading = undefined;
    resolve(written);
    await settle();
  }

  /** The peer sends no more. */
  async receiveEnd(): Promise<void> {
    const { resolve } = this.#reading!;
    this.#reading = undefined;
    resolve(null);
    await settle();
  }

  /** The peer is gone: the read fails. */
  async failRead(): Promise<void> {
    const { reject } = this.#reading!;
    this.#reading = undefined;
    reject(new Error("Connection reset by peer"));
    await settle();
  }

  /** The system takes `bytes` of the write under way, or all. */
  async take(bytes = Infinity): Promise<void> {
    const { buffer, resolve } = this.#writing!;
    const taken = buffer.subarray(0, Math.min(bytes, buffer.length));
    this.written += new TextDecoder().decode(taken.slice());
    this.#writing = undefined;
    resolve(taken.length);
    await settle();
  }

  /** The peer is gone: the write fails. */
  async failWrite(): Promise<void> {
    const { reject } = this.#writing!;
    this.#writing = undefined;
    reject(new Error("Broken pipe"));
    await settle();
  }
}

/** An engine that notes what connections tell it. */
export class FakeEngine implements ConnectionEngine {
  /** Facts of every connection: addresses and whether it needs no password. */
  readonly connected: (readonly [string, string, boolean])[] = [];
  /** Everything received, as text. */
  text = "";
  /** Clients that have gone. */
  readonly gone: Client[] = [];
  /** Whether sockets may be read on. */
  mayRead = true;
  /** Whether there is memory for a new client. */
  hasMemory = true;
  /** Whether there is room for input. */
  hasRoom = true;
  /** What happens when bytes arrive. */
  onReceived: (port: ClientPort) => void = () => {};
  readonly #rooms = new Map<Client, Uint8Array>();

  connect(
    port: ClientPort,
    remote: string,
    local: string,
    isAuthenticated: boolean,
  ): Client | undefined {
    this.connected.push([remote, local, isAuthenticated]);
    if (!this.hasMemory) return undefined;
    return { port, isGone: false } as Client;
  }

  inputRoom(client: Client, bytes: number): Uint8Array | undefined {
    if (!this.hasRoom) return undefined;
    const room = new Uint8Array(bytes);
    this.#rooms.set(client, room);
    return room;
  }

  received(client: Client, bytes: number): boolean {
    const room = this.#rooms.get(client)!.subarray(0, bytes);
    this.text += new TextDecoder().decode(room);
    this.onReceived(client.port);
    return this.mayRead;
  }

  disconnected(client: Client): void {
    this.gone.push(client);
  }
}

/** A port whose clients come when the test says so. */
export class FakePort implements PortBinding {
  readonly addr: Deno.Addr = {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 4711,
  };
  accepts = 0;
  #accepting: PromiseWithResolvers<AcceptedSocket> | undefined;

  accept(): Promise<AcceptedSocket> {
    this.accepts++;
    this.#accepting = Promise.withResolvers();
    return this.#accepting.promise;
  }

  isClosed = false;

  close(): void {
    this.isClosed = true;
    this.#accepting?.reject(new Deno.errors.BadResource("Listener closed"));
  }

  async arrive(socket: AcceptedSocket): Promise<void> {
    this.#accepting!.resolve(socket);
    await settle();
  }

  async fail(error: Error): Promise<void> {
    const { accepts } = this;
    this.#accepting!.reject(error);
    while (this.accepts === accepts) await settle();
  }
}

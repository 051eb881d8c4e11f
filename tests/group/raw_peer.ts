/**
 * A connection to a node's port for other nodes, whose bytes a test writes itself.
 *
 * @module
 */

import type { Frame } from "../../src/transport/frame.ts";
import { FrameReader } from "../../src/transport/frame_reader.ts";
import { DiallerHandshake } from "../../src/transport/handshake.ts";
import { REFUSAL } from "../../src/transport/handshake_messages.ts";
import { type Lane, makeProver } from "../../src/transport/mod.ts";
import { frameBytes } from "../unit/transport/frames.ts";

/** See the module. */
export class RawPeer implements Disposable {
  /** Frames that came. */
  readonly frames: Frame[] = [];
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
  readonly #socket: Deno.TcpConn;
  #came = Promise.withResolvers<void>();

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.ended = this.#readAll();
  }

  /** Connects to `port` of this machine. */
  static async connect(port: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async #readAll(): Promise<void> {
    const reader = new FrameReader(100_000);
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const length = await this.#socket.read(buffer).catch(() => null);
      if (length === null) break;
      reader.push(buffer.slice(0, length), ({ kind, content }) => {
        this.frames.push({ kind, content: content.slice() });
        return true;
      });
      this.#came.resolve();
      this.#came = Promise.withResolvers();
    }
    this.#came.resolve();
  }

  /** Sends `bytes`; not all, if the other side has ended the connection. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#socket.write(bytes.subarray(at));
      }
    } catch {
      // It is refused.
    }
  }

  /** Sends frames. */
  send(...frames: readonly Frame[]): Promise<void> {
    return this.write(frameBytes(...frames));
  }

  /** The first frame of `kind`, when it has come. */
  async frame(kind: Frame["kind"]): Promise<Uint8Array> {
    for (;;) {
      const found = this.frames.find((frame) => frame.kind === kind);
      if (found !== undefined) return found.content;
      const before = this.frames.length;
      await this.#came.promise;
      if (this.frames.length === before) {
        throw new Error(`The connection has ended without a ${kind}`);
      }
    }
  }

  /** The problem for which it is refused, when that has come. */
  async refusal(): Promise<string> {
    return REFUSAL.decode(await this.frame("refusal")).problem;
  }

  /** Ends the connection. */
  [Symbol.dispose](): void {
    try {
      this.#socket.close();
    } catch {
      // The other side was faster.
    }
  }
}

/** Who a raw peer says that it is. */
export interface Claim {
  readonly from: number;
  readonly to: number;
  readonly lane?: Lane;
  readonly cluster?: string;
  readonly instance?: string;
  readonly secret?: string;
}

/** The dialling side's handshake of `claim`, with a nonce that is always the same. */
export function handshakeOf(claim: Claim): DiallerHandshake {
  const { from, to, lane = "control", cluster = "lanekv" } = claim;
  const { instance = "abc", secret = "test" } = claim;
  const prover = makeProver(new TextEncoder().encode(secret));
  const nonce = new Uint8Array(32).fill(7);
  const own = { node: from, cluster, instance };
  return new DiallerHandshake(own, to, lane, nonce, prover);
}

/** Goes through the handshake of `claim` with the node at `port`; `proof` is what it sent. */
export async function prove(
  port: number,
  claim: Claim,
): Promise<{ readonly peer: RawPeer; readonly proof: Uint8Array }> {
  const handshake = handshakeOf(claim);
  const peer = await RawPeer.connect(port);
  await peer.send({ kind: "hello", content: handshake.hello });
  const proof = await handshake.prove(await peer.frame("challenge"));
  await peer.send({ kind: "proof", content: proof });
  return { peer, proof };
}

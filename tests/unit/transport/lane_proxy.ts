/**
 * A proxy on sockets of the system that stops reading some lanes once they are open.
 *
 * @module
 */

import { FrameReader } from "../../../src/transport/frame_reader.ts";
import { HELLO } from "../../../src/transport/handshake_messages.ts";
import type { Lane } from "../../../src/transport/mod.ts";

const HOST = "127.0.0.1";
/** More than a handshake takes of what the dialling node says. */
const HANDSHAKE_BYTES = 512;

/** The lane that the first bytes of a connection name. */
function laneOf(bytes: Uint8Array): Lane | undefined {
  let lane: Lane | undefined;
  new FrameReader(1000).push(bytes, ({ content }) => {
    lane = HELLO.decode(content).lane;
    return false;
  });
  return lane;
}

/** See the module. */
export class LaneProxy {
  readonly #listener = Deno.listen({ hostname: HOST, port: 0 });
  readonly #sockets: Deno.Conn[] = [];
  readonly #to: number;
  readonly #blocked: readonly Lane[];
  /** Ends the waiting of blocked lanes. */
  readonly #release = Promise.withResolvers<void>();

  /** Leads to port `to`; of the lanes `blocked` nothing passes behind the handshake. */
  constructor(to: number, blocked: readonly Lane[]) {
    this.#to = to;
    this.#blocked = blocked;
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #accept(): Promise<void> {
    for await (const outer of this.#listener) {
      const inner = await Deno.connect({ hostname: HOST, port: this.#to });
      this.#sockets.push(outer, inner);
      void this.#pass(outer, inner, true);
      void this.#pass(inner, outer, false);
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, isOut: boolean): Promise<void> {
    const buffer = new Uint8Array(isOut ? HANDSHAKE_BYTES : 65_536);
    let lane: Lane | undefined;
    let passed = 0;
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) break;
        const bytes = buffer.subarray(0, length);
        if (isOut && lane === undefined) lane = laneOf(bytes);
        await to.write(bytes);
        passed += length;
        const isBlocked = lane !== undefined && this.#blocked.includes(lane);
        if (isBlocked && passed > HANDSHAKE_BYTES) await this.#release.promise;
      }
    } catch {
      // Closed by the test, or by a node.
    }
    for (const socket of [from, to]) {
      try {
        socket.close();
      } catch {
        // It is closed.
      }
    }
  }

  close(): void {
    this.#release.resolve();
    this.#listener.close();
    for (const socket of this.#sockets) {
      try {
        socket.close();
      } catch {
        // It is closed.
      }
    }
  }
}

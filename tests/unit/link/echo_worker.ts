/**
 * A Worker that sends every frame of a link back, for link_test.ts.
 *
 * @module
 */

import { LinkEnd, type LinkPort } from "../../../src/link/mod.ts";
import { sumOf } from "./frames.ts";

/** What the Worker is started with. */
export interface EchoStart {
  /** Its end of the link. */
  readonly link: LinkPort;
  /** Frames to send back. */
  readonly frames: number;
  /** Whether it blocks its thread while it waits. */
  readonly waiting: "blocking" | "asynchronous";
}

/** What it tells at the end. */
export interface EchoReport {
  /** Sum of all payloads in order. */
  readonly sum: number;
  /** Waits that ended by their time limit although a ring was due. */
  readonly overslept: number;
}

declare const self: DedicatedWorkerGlobalScope;

/** Longer than the other end ever takes. */
const WAIT_MS = 20_000;

async function echo(start: EchoStart): Promise<EchoReport> {
  const end = new LinkEnd(start.link);
  let [sum, done, overslept] = [0, 0, 0];
  while (done < start.frames) {
    const ticket = end.ownBell.ticket();
    let hasMoved = false;
    for (let frame = end.reader.peek(); frame; frame = end.reader.peek()) {
      const { kind, a, b, payload } = frame;
      if (!end.writer.tryPush(kind, a, b, payload)) break;
      sum = (Math.imul(sum, 31) + sumOf(payload)) | 0;
      end.reader.release();
      done++;
      hasMoved = true;
    }
    if (hasMoved) {
      end.otherBell.ring();
      continue;
    }
    if (start.waiting === "blocking") end.ownBell.wait(ticket, WAIT_MS);
    else await end.ownBell.waitAsync(ticket, WAIT_MS);
    if (end.ownBell.ticket() === ticket) overslept++;
  }
  return { sum, overslept };
}

self.onmessage = async (event: MessageEvent<EchoStart>) => {
  self.postMessage(await echo(event.data));
};

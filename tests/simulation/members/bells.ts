/**
 * A link between two sides of a node in one thread: rings of real code, and doorbells that
 * are events.
 *
 * @module
 */

import {
  createLink,
  Doorbell,
  LinkEnd,
  RingWriter,
} from "../../../src/link/mod.ts";

/** What happens on a link. */
export interface LinkEvents {
  /** The raft side is rung. */
  raftRung(): void;
  /** The serve side is rung. */
  serveRung(): void;
  /** The raft side waits until the serve side has made room. */
  raftWaits(): void;
  /** The raft side writes a frame, if there is room. */
  writes(kind: number, a: number, payload: Uint8Array | undefined): void;
}

class EventBell extends Doorbell {
  readonly #rung: () => void;
  readonly #waits: () => void;

  constructor(memory: SharedArrayBuffer, rung: () => void, waits: () => void) {
    super(memory);
    this.#rung = rung;
    this.#waits = waits;
  }

  override ring(): void {
    super.ring();
    this.#rung();
  }

  override wait(): void {
    this.#waits();
  }
}

class NotedWriter extends RingWriter {
  readonly #writes: LinkEvents["writes"];

  constructor(memory: SharedArrayBuffer, writes: LinkEvents["writes"]) {
    super(memory);
    this.#writes = writes;
  }

  override tryPush(
    kind: number,
    a: number,
    b: number,
    ...parts: Uint8Array[]
  ): boolean {
    this.#writes(kind, a, parts[0]);
    return super.tryPush(kind, a, b, ...parts);
  }
}

/** The two ends of a link whose rings hold `ringBytes` each. */
export function makeLink(
  ringBytes: number,
  events: LinkEvents,
): { readonly raft: LinkEnd; readonly serve: LinkEnd } {
  const { near, far } = createLink(ringBytes);
  const nobodyWaits = () => {
    throw new Error("only the raft side waits");
  };
  const raftBell = new EventBell(
    far.ownBell,
    () => events.raftRung(),
    () => events.raftWaits(),
  );
  const serveBell = new EventBell(
    far.otherBell,
    () => events.serveRung(),
    nobodyWaits,
  );
  const [serve, raft] = [new LinkEnd(near), new LinkEnd(far)];
  const writer = new NotedWriter(
    far.output,
    (kind, a, payload) => events.writes(kind, a, payload),
  );
  return {
    raft: { ...raft, writer, ownBell: raftBell, otherBell: serveBell },
    serve: { ...serve, ownBell: serveBell, otherBell: raftBell },
  };
}

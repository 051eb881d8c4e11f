/**
 * A replica with a simulated disk, a clock that stands still, and the serve Worker's
 * end of the link in the test's hands.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import {
  type Entry,
  INITIAL_HARD_STATE,
  MemoryLog,
} from "../../../src/raft/mod.ts";
import {
  RaftStatistics,
  RaftToServe,
  ServeToRaft,
  STATISTICS_BYTES,
} from "../../../src/replica/mod.ts";
import type { ReplicaOptions } from "../../../src/replica/options.ts";
import type { RecoveredLog } from "../../../src/replica/recovered_log.ts";
import { Replica } from "../../../src/replica/replica.ts";
import { SimulatedWriter } from "./simulated_writer.ts";

/** A frame as a value: `"COMMITTED 4 2"`, with the payload as text behind it. */
export type FrameText = string;

const NAMES = new Map(
  Object.entries(RaftToServe).map(([name, kind]) => [kind as number, name]),
);

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes as text. */
export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data.slice());
}

/** An entry of `term` at `index` whose data names both. */
export function entry(term: number, index: number): Entry {
  return { term, index, data: bytes(`${term}/${index}`) };
}

/** The serve Worker's end, as a test plays it. */
export class ServeSide {
  readonly end: LinkEnd;
  #lastId = 0;

  constructor(end: LinkEnd) {
    this.end = end;
  }

  /** Proposes `data`; false when there is no room. */
  propose(data: string): boolean {
    const { writer } = this.end;
    const { PROPOSE } = ServeToRaft;
    if (!writer.tryPush(PROPOSE, this.#lastId + 1, 0, bytes(data))) {
      return false;
    }
    this.#lastId++;
    return true;
  }

  /** Pushes any other frame. */
  push(
    kind: number,
    a = 0,
    b = 0,
    payload: Uint8Array = new Uint8Array(0),
  ): void {
    assert(this.end.writer.tryPush(kind, a, b, payload), "the ring has room");
  }

  /** All frames that have arrived. */
  frames(framesMax = Infinity): FrameText[] {
    const found: FrameText[] = [];
    const { reader } = this.end;
    while (found.length < framesMax) {
      const frame = reader.peek();
      if (frame === undefined) break;
      const data = frame.payload.length === 0 ? "" : ` ${text(frame.payload)}`;
      found.push(`${NAMES.get(frame.kind)} ${frame.a} ${frame.b}${data}`);
      reader.release();
    }
    return found;
  }
}

/** What a test may choose. */
export interface SetUp {
  readonly options?: Partial<ReplicaOptions>;
  readonly log?: RecoveredLog;
  readonly ringBytes?: number;
}

/** See the module. */
export class Bench {
  readonly clock = new ManualClock();
  readonly writer = new SimulatedWriter();
  readonly statistics = new RaftStatistics(
    new SharedArrayBuffer(STATISTICS_BYTES),
  );
  readonly serve: ServeSide;
  readonly raftEnd: LinkEnd;
  readonly replica: Replica;

  constructor(setUp: SetUp = {}) {
    const link = createLink(setUp.ringBytes ?? 64 * 1024);
    this.serve = new ServeSide(new LinkEnd(link.near));
    this.raftEnd = new LinkEnd(link.far);
    this.replica = new Replica(
      this.clock,
      () => 0,
      this.raftEnd,
      this.writer,
      setUp.log ??
        {
          stable: new MemoryLog(),
          hardState: INITIAL_HARD_STATE,
          snapshotBytes: 0,
        },
      this.statistics,
      {
        nodeId: 1,
        voters: [1],
        fsync: "always",
        tickMs: 100,
        electionTicks: 10,
        proposedBytesMax: 1024,
        applyingBytesMax: 2048,
        snapshotBytes: 1000,
        ...setUp.options,
      },
    );
  }

  /** Takes a turn, lets the disk finish, and so on until nothing is in flight. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) {
      this.replica.turn();
      if (!this.writer.isFlushing) return;
      await this.writer.endFlush();
    }
    assert(false, "the replica comes to rest");
  }

  /** Elects the replica; its frames so far. */
  async recover(): Promise<FrameText[]> {
    await this.settle();
    assertEquals(this.replica.phase, "running");
    return this.serve.frames();
  }
}

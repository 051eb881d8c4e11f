/**
 * Damaged bytes for a connection between nodes: the reader of frames finds frames or
 * refuses, and so does the reader of each frame's content; nothing else is thrown,
 * nothing that was changed in a frame passes its checksum, and memory stays bounded
 * whatever a header claims.
 *
 *   deno run --allow-read tests/fuzz/peer_fuzz.ts --seed=1 --inputs=1000000
 *
 * @module
 */

import { PeerError, SeededRandom } from "../../src/base/mod.ts";
import { PEER_FRAME_BYTES_START } from "../../src/config/mod.ts";
import type { Frame } from "../../src/transport/frame.ts";
import { FrameReader } from "../../src/transport/frame_reader.ts";
import { frameBytes } from "../unit/transport/frames.ts";
import { damage } from "./damage.ts";
import { numberFlag } from "./flags.ts";
import { CONTENTS } from "./peer_contents.ts";

/** What a run is made of. */
export interface PeerFuzzOptions {
  /** Start of the random sequence. */
  readonly seed: number;
  /** Damaged streams, and as many damaged contents. */
  readonly inputs: number;
}

/** What became of what was damaged. */
export interface PeerFuzzCounts {
  /** Streams that were refused, or ended inside a frame. */
  refusedStreams: number;
  /** Streams of whole frames: the damage took out or repeated some. */
  wholeStreams: number;
  /** Contents that were refused. */
  refusedContents: number;
  /** Contents that say something else now, and say it well. */
  takenContents: number;
}

const FRAMES_MAX = 4;
const CONTENT_BYTES_MAX = 100_000;

/** See the module. */
export class PeerFuzz {
  readonly #options: PeerFuzzOptions;
  readonly #random: SeededRandom;
  readonly #counts: PeerFuzzCounts = {
    refusedStreams: 0,
    wholeStreams: 0,
    refusedContents: 0,
    takenContents: 0,
  };

  /** A run of `options`. */
  constructor(options: PeerFuzzOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  /** Runs it all; throws at the first fault. */
  run(): PeerFuzzCounts {
    for (let input = 0; input < this.#options.inputs; input++) {
      try {
        this.#streams();
        this.#contents();
      } catch (cause) {
        const { seed } = this.#options;
        const place = `seed ${seed}, input ${input}`;
        throw new Error(`${place}: ${cause}`, { cause });
      }
    }
    return this.#counts;
  }

  readonly #draw = (bound: number) => this.#random.below(bound);

  #frame(): Frame {
    const { kind, make } = CONTENTS[this.#draw(CONTENTS.length)]!;
    return { kind, content: make(this.#draw) };
  }

  /** A stream with some changes, in pieces. */
  #streams(): void {
    const frames = Array.from(
      { length: 1 + this.#draw(FRAMES_MAX) },
      () => this.#frame(),
    );
    let bytes = frameBytes(...frames);
    for (let times = 1 + this.#draw(3); times > 0; times--) {
      bytes = damage(bytes, this.#draw);
    }
    const originals = new Set(frames.map((frame) => String(frameBytes(frame))));
    const reader = new FrameReader(CONTENT_BYTES_MAX);
    let arrived = 0;
    try {
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + this.#draw(200));
        reader.push(bytes.subarray(at, end), (frame) => {
          if (originals.has(String(frameBytes(frame)))) return true;
          throw new Error("a changed frame passes");
        });
        arrived += end - at;
        at = end;
        if (reader.heldBytes > PEER_FRAME_BYTES_START + 2 * arrived) {
          throw new Error(`${reader.heldBytes} bytes are held`);
        }
      }
      if (reader.isInside) this.#counts.refusedStreams++;
      else this.#counts.wholeStreams++;
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.#counts.refusedStreams++;
    }
  }

  /** A content with some changes, as if its checksum had been made for it. */
  #contents(): void {
    const { make, read } = CONTENTS[this.#draw(CONTENTS.length)]!;
    let content = make(this.#draw);
    read(content);
    for (let times = 1 + this.#draw(3); times > 0; times--) {
      content = damage(content, this.#draw);
    }
    try {
      read(content);
      this.#counts.takenContents++;
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.#counts.refusedContents++;
    }
  }
}

if (import.meta.main) {
  const options = {
    seed: numberFlag(Deno.args, "seed", 1),
    inputs: numberFlag(Deno.args, "inputs", 1_000_000),
  };
  console.log(`peer fuzz: seed ${options.seed}, ${options.inputs} inputs`);
  const counts = new PeerFuzz(options).run();
  console.log(`peer fuzz: ${JSON.stringify(counts)}, no fault`);
}

/**
 * Random requests, broken requests and garbage, cut into chunks at random, on
 * several sessions at a time, against a reader that sees each stream whole:
 * replies, requests handed to the host, the log's requests and the end of the
 * connection must be the same. No session may leave memory behind.
 *
 * ```text
 * deno run --allow-read tests/fuzz/parser_fuzz.ts --seed=1 --inputs=10_000_000
 * ```
 *
 * An input is one request, broken request or piece of garbage that was fed.
 *
 * @module
 */

import { Core } from "../../src/core/mod.ts";
import { Random } from "../differential/random.ts";
import { numberFlag } from "./flags.ts";
import { ParserStream, STREAM_TIME_MS } from "./parser_stream.ts";
import type { StreamEnd } from "./session_reference.ts";

const ENTRY_HEADER_BYTES = 24;
const RUN_HEADER_BYTES = 8;
const STREAMS_MAX = 4;

/** What a run is made of. */
export interface ParserFuzzOptions {
  /** Round `n` is made from it and `n` alone. */
  readonly seed: number;
  /** Inputs to feed, at least. */
  readonly inputCount: number;
  /** First round, to replay one. @default {0} */
  readonly firstRound?: number;
}

/** What a run did. */
export interface ParserFuzzCounts {
  /** Inputs fed. */
  inputs: number;
  /** Streams, each on its own session. */
  streams: number;
  /** Bytes. */
  bytes: number;
  /** Chunks that the streams were cut into. */
  chunks: number;
  /** Requests answered or handed to the host. */
  requests: number;
  /** Streams by their end. */
  readonly ends: Record<StreamEnd, number>;
}

/** Feeds streams to one core; throws at the first difference. */
export class ParserFuzz {
  /** What was done. */
  readonly counts: ParserFuzzCounts = {
    inputs: 0,
    streams: 0,
    bytes: 0,
    chunks: 0,
    requests: 0,
    ends: { open: 0, closed: 0, http: 0, unknown: 0 },
  };
  readonly #options: ParserFuzzOptions;
  readonly #core = new Core(7n, 11n);
  readonly #streams = Array.from(
    { length: STREAMS_MAX },
    (_, index) => new ParserStream(this.#core, index),
  );
  #open: readonly ParserStream[] = [];
  #round = 0;
  #index = 0;
  #bytesUsedStart = 0;

  /** Prepares a run. */
  constructor(options: ParserFuzzOptions) {
    this.#options = options;
    this.#round = options.firstRound ?? 0;
  }

  /** Feeds until there were inputs enough. */
  run(): void {
    this.#warmUp();
    while (this.counts.inputs < this.#options.inputCount) {
      try {
        this.#runRound();
      } catch (cause) {
        const replay = `--seed=${this.#options.seed} --round=${this.#round}`;
        throw new Error(`parser fuzz failed (${replay})`, { cause });
      }
      this.#round++;
    }
  }

  /** Lets buffers that are kept for good grow to their largest. */
  #warmUp(): void {
    this.#send(`PING ${"x".repeat(65_531)}\n`);
    const count = 1024 * 1024;
    const rest = "$0\r\n\r\n".repeat(count - 1);
    this.#send(`*${count}\r\n$4\r\nPING\r\n${rest}`);
    this.#send(`*2\r\n$4\r\nECHO\r\n$1000000\r\n${"x".repeat(1_000_000)}\r\n`);
    this.#bytesUsedStart = this.#core.header.get("bytesUsed");
  }

  /** Sends `text` on a session of its own and forgets what it answers. */
  #send(text: string): void {
    const session = this.#core.openSession(1)!;
    this.#core.setFlags(session, 1);
    const bytes = new TextEncoder().encode(text);
    this.#core.inputRoom(session, bytes.length)!.set(bytes);
    this.#core.received(session, bytes.length);
    this.#core.serve(session, STREAM_TIME_MS);
    if (this.#core.gathered() > 0) this.#commit();
    this.#core.clearOutput();
    this.#core.closeSession(session);
  }

  // -- One round --

  #runRound(): void {
    const random = new Random(this.#options.seed, this.#round + 1);
    this.#open = this.#streams.slice(0, random.between(1, STREAMS_MAX));
    for (const stream of this.#open) stream.open(random);
    while (this.#advance()) this.#commit();
    for (const stream of this.#open) {
      stream.compare();
      stream.close();
      this.#count(stream);
    }
    this.#clean();
  }

  /** Feeds each stream once; whether there is more to do. */
  #advance(): boolean {
    let isOver = true;
    for (const stream of this.#open) {
      while (stream.pause === "full") {
        this.#commit();
        stream.serve();
      }
      if (stream.pause === "reading") stream.feed();
      if (stream.pause !== "over") isOver = false;
    }
    return !isOver;
  }

  /** Commits the gathering batch; then its streams are served on. */
  #commit(): void {
    if (this.#core.gathered() === 0) return;
    this.#splitEntry(this.#core.sealBatch(STREAM_TIME_MS, ++this.#index, 0));
    this.#core.beginBatch(this.#index);
    for (;;) {
      const session = this.#core.stepBatch();
      if (session === undefined) break;
      this.#streams.find((stream) => stream.session === session)?.takeReplies();
    }
    for (const stream of this.#open) {
      if (stream.pause === "deferred") stream.serve();
    }
  }

  /** Hands the runs of an entry to the streams that they came from. */
  #splitEntry(entry: Uint8Array): void {
    const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
    for (let at = ENTRY_HEADER_BYTES; at < entry.length;) {
      const stream = this.#streams[view.getUint32(at, true)]!;
      const start = at + RUN_HEADER_BYTES;
      at = start + view.getUint32(at + 4, true);
      stream.log.slice(entry, start, at);
    }
  }

  /** Takes back what writes left, and compares what is used with the start. */
  #clean(): void {
    if (this.#open.some(({ log }) => log.length > 0)) {
      this.#open = [];
      this.#send("FLUSHALL\r\n");
      while (this.#core.upkeep(1000)) { /* until nothing waits */ }
    }
    const used = this.#core.header.get("bytesUsed");
    if (used > this.#bytesUsedStart) {
      throw new Error(`${used - this.#bytesUsedStart} bytes stay in use`);
    }
    // A reply of more than 1 MiB made the core give back what it kept for them.
    if (used < this.#bytesUsedStart) this.#warmUp();
  }

  #count(stream: ParserStream): void {
    const { counts } = this;
    const last = stream.reference.lastPlace;
    for (const start of stream.source.starts) {
      if (start <= last) counts.inputs++;
    }
    counts.streams++;
    counts.bytes += stream.source.stream.length;
    counts.chunks += stream.chunkCount;
    counts.requests += stream.reference.requestCount;
    counts.ends[stream.end]++;
  }
}

/** Runs with the flags `args`, printing what was done. */
export function main(args: readonly string[]): void {
  const seed = numberFlag(args, "seed", Date.now() >>> 0);
  const isReplay = args.some((word) => word.startsWith("--round="));
  const inputs = isReplay ? 1 : numberFlag(args, "inputs", 1_000_000);
  console.log(`parser fuzz: seed ${seed}, ${inputs} inputs`);
  const firstRound = numberFlag(args, "round", 0);
  const fuzz = new ParserFuzz({ seed, inputCount: inputs, firstRound });
  const startedMs = performance.now();
  fuzz.run();
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = Math.round(fuzz.counts.inputs / seconds);
  console.log(`parser fuzz: no difference, ${rate} inputs/s`, fuzz.counts);
}

if (import.meta.main) main(Deno.args);

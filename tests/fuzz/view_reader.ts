/**
 * A reader Worker of the stress test: walks each view it is handed, twice.
 *
 * @module
 */

import { CoreReader, type ReaderGrant } from "../../src/core/mod.ts";
import { Random } from "../differential/random.ts";
import { contentFault, readContent, type ViewContent } from "./view_content.ts";
import { type HandedView, ViewMailbox } from "./view_mailbox.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What a reader gets. */
export interface ReaderTask {
  /** Row in the mailbox. */
  readonly reader: number;
  /** Rows of it. */
  readonly readers: number;
  /** Its words. */
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Access to the core. */
  readonly grant: ReaderGrant;
  /** Seed of how long views are held. */
  readonly seed: number;
}

/** What a reader found. */
export interface ReaderReport {
  /** Row in the mailbox. */
  readonly reader: number;
  /** Views walked. */
  readonly views: number;
  /** Bytes of content read. */
  readonly bytes: number;
  /** What was wrong; undefined = nothing. */
  readonly fault: string | undefined;
}

/** Reads views until it is told to stop. */
class StressReader {
  readonly #task: ReaderTask;
  readonly #mailbox: ViewMailbox;
  readonly #core: CoreReader;
  readonly #random: Random;
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));
  #content = new Uint8Array(1 << 20);
  #views = 0;
  #bytes = 0;

  constructor(task: ReaderTask) {
    this.#task = task;
    this.#mailbox = new ViewMailbox(task.readers, task.words);
    this.#core = new CoreReader(task.grant);
    this.#random = new Random(task.seed, task.reader);
  }

  run(): ReaderReport {
    let fault: string | undefined;
    const { reader } = this.#task;
    while (fault === undefined) {
      const view = this.#mailbox.take(reader);
      if (view === undefined && this.#mailbox.isStopped) break;
      if (view === undefined) continue;
      fault = this.#readView(view);
      this.#core.releaseView(view.slot);
      // A reader that found something takes no view any more, so stays busy.
      if (fault === undefined) this.#mailbox.finish(reader);
      else this.#mailbox.stop();
      this.#views++;
    }
    return { reader, views: this.#views, bytes: this.#bytes, fault };
  }

  #readView(view: HandedView): string | undefined {
    const { slot, batch, index } = view;
    try {
      const broken = this.#core.checkView(slot);
      if (broken !== 0) return `invariant ${broken} of a view is broken`;
      const first = this.#export(slot);
      const fault = contentFault(first, batch, index);
      if (fault !== undefined) return fault;
      this.#hold();
      const second = this.#export(slot);
      if (second.hash !== first.hash) return "a view has changed";
      const after = this.#core.checkView(slot);
      return after === 0 ? undefined : `invariant ${after} broke later`;
    } catch (cause) {
      return `reading a view failed: ${cause}`;
    }
  }

  #export(slot: number): ViewContent {
    let length = 0;
    for (const piece of this.#core.snapshot(slot)) {
      if (length + piece.length > this.#content.length) {
        const larger = new Uint8Array(this.#content.length * 2);
        larger.set(this.#content);
        this.#content = larger;
      }
      this.#content.set(piece, length);
      length += piece.length;
    }
    this.#bytes += length;
    return readContent(this.#content, length);
  }

  /** Lets the writer go on for a while, mostly a short one. */
  #hold(): void {
    const longest = this.#random.below(30) === 0 ? 500 : 15;
    Atomics.wait(this.#pause, 0, 0, this.#random.below(longest));
  }
}

self.onmessage = (event: MessageEvent<ReaderTask>) => {
  self.postMessage(new StressReader(event.data).run());
  self.close();
};

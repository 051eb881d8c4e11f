/**
 * A Worker that reads a pinned view whole and releases it, for reader_test.ts.
 *
 * @module
 */

import { CoreReader, type ReaderGrant } from "../../../src/core/mod.ts";

/** What to read. */
export interface ReadStart {
  /** Access to the owner's memory. */
  readonly grant: ReaderGrant;
  /** The pinned view. */
  readonly slot: number;
}

/** What was read. */
export interface ReadReport {
  /** The content of the view's snapshot. */
  readonly content: Uint8Array;
}

declare const self: DedicatedWorkerGlobalScope;

let reader: CoreReader | undefined;

self.onmessage = (event: MessageEvent<ReadStart>) => {
  const { grant, slot } = event.data;
  reader ??= new CoreReader(grant);
  const bytes: number[] = [];
  for (const piece of reader.snapshot(slot)) bytes.push(...piece);
  reader.releaseView(slot);
  const report: ReadReport = { content: Uint8Array.from(bytes) };
  self.postMessage(report);
};

/**
 * Many keys that come due within one second, and what other clients notice.
 *
 * @module
 */

import { RespClient, sleep } from "../tests/servers/mod.ts";
import { benchmarkKey, sendWords } from "./loading.ts";
import type { Probe } from "./prober.ts";
import type { Probed } from "./probing.ts";

/** What one turn found. */
export interface Expiry {
  /** The other client a while before keys came due. */
  readonly idle: Probe;
  /** The other client from just before the first was due until all were gone. */
  readonly probe: Probe;
  /** Bound of the longest gap of the server's loop, by its own metric. */
  readonly gapMs: number | undefined;
  /** From the first key's due time until none was left. */
  readonly goneSeconds: number;
}

const DUE_WITHIN_MS = 1000;
const IDLE_MS = 1000;
/** Left between loading and the first due time, for the idle client. */
const MARGIN_MS = IDLE_MS + 500;
const LOOK_MS = 50;
const GONE_TIMEOUT_MS = 120_000;

function* setRequests(keys: number, dueMs: number): Generator<string[]> {
  for (let at = 0; at < keys; at++) {
    // Neighbours in the keyspace come due at times far from each other.
    const afterMs = Math.imul(at, 7919) >>> 0;
    const due = String(dueMs + afterMs % DUE_WITHIN_MS);
    yield ["SET", benchmarkKey("key:", at), "xxx", "PXAT", due];
  }
}

async function untilGone(port: number): Promise<void> {
  using client = await RespClient.connect(port);
  const endMs = Date.now() + GONE_TIMEOUT_MS;
  while (await client.plain("DBSIZE") !== 0) {
    if (Date.now() > endMs) throw new Error("Keys that are due stay");
    await sleep(LOOK_MS);
  }
}

/**
 * Loads keys due within one second, `leadMs` from now, and watches them go.
 *
 * @throws {Error} When loading takes longer than that.
 */
export async function measureExpiry(
  probed: Probed,
  keys: number,
  leadMs: number,
): Promise<Expiry> {
  const { port } = probed.contender;
  const dueMs = Date.now() + leadMs;
  await sendWords(port, setRequests(keys, dueMs));
  const leftMs = dueMs - Date.now();
  if (leftMs < MARGIN_MS) {
    throw new Error(`Loading leaves ${leftMs} ms: give more --lead-seconds`);
  }
  await sleep(leftMs - MARGIN_MS);
  const idle = await probed.probe(() => sleep(IDLE_MS));
  let probe = idle;
  let goneSeconds = 0;
  const gapMs = await probed.longestGapMs(async () => {
    probe = await probed.probe(() => untilGone(port));
    goneSeconds = (Date.now() - dueMs) / 1000;
  });
  return { idle, probe, gapMs, goneSeconds };
}

import { assert, assertEquals } from "@std/assert";
import {
  type Core,
  CoreReader,
  type ReaderGrant,
} from "../../../src/core/mod.ts";
import { makeCore, NOW_MS, openSession, run } from "./harness.ts";
import type { ReadReport, ReadStart } from "./reader_worker.ts";

function grantOf(core: Core, bufferBytes = 65_536): ReaderGrant {
  return {
    module: core.module,
    memory: core.memory.memory,
    scratch: core.newScratch()!,
    buffer: core.allocateBuffer(bufferBytes)!,
    bufferBytes,
  };
}

/** Everything a snapshot's pieces hold, in one array. */
function contentOf(reader: CoreReader, slot: number): Uint8Array {
  const bytes: number[] = [];
  for (const piece of reader.snapshot(slot)) bytes.push(...piece);
  return Uint8Array.from(bytes);
}

/** The rest of an import that has begun, `pieceBytes` at a time. */
function importPieces(
  core: Core,
  content: Uint8Array,
  pieceBytes: number,
): void {
  let outcome: string = "more";
  for (let at = 0; at < content.length; at += pieceBytes) {
    assertEquals(outcome, "more", "the content ends with its last piece");
    outcome = core.importPiece(content.slice(at, at + pieceBytes));
  }
  assertEquals(outcome, "done");
}

function load(content: Uint8Array, pieceBytes: number): Core {
  const core = makeCore();
  core.beginImport();
  importPieces(core, content, pieceBytes);
  return core;
}

function fill(core: Core): void {
  const session = openSession(core);
  for (let at = 0; at < 300; at++) {
    run(core, session, `SET key:${at} value-${at}`, `HSET h f${at} ${at}`);
    run(core, session, `XADD chunks ${at}-1 f ${at} g ${"x".repeat(at * 2)}`);
  }
  run(
    core,
    session,
    "SET gone 1 PX 5000",
    "XADD s 1-1 a b",
    "SETBIT b 99999 1",
  );
  run(core, session, "SELECT 7", "SET elsewhere 1");
}

Deno.test("CoreReader.snapshot() holds all that the view held, in any pieces", () => {
  const core = makeCore();
  fill(core);
  const slot = core.pinView(NOW_MS)!;
  const content = contentOf(new CoreReader(grantOf(core)), slot);
  for (const pieceBytes of [content.length, 4096, 997]) {
    const loaded = load(content, pieceBytes);
    assertEquals(loaded.digest(3n, true), core.digest(3n, true));
    assertEquals(loaded.check(), 0);
  }
});

Deno.test("Core.beginImport() needs no memory that a full core has not", () => {
  const core = makeCore();
  fill(core);
  const slot = core.pinView(NOW_MS)!;
  const content = contentOf(new CoreReader(grantOf(core)), slot);
  core.releaseView(slot);
  const digest = core.digest(3n, true);
  const lowest = () => core.memory.bytes(0, 64).slice();
  const before = lowest();
  core.header.limitGrowth(8 * 1024 * 1024);
  const taken: number[] = [];
  for (const bytes of [60_000, 1000, 33]) {
    for (;;) {
      const buffer = core.allocateBuffer(bytes);
      if (buffer === undefined) break;
      taken.push(buffer);
    }
  }
  core.beginImport();
  for (const buffer of taken) core.freeBuffer(buffer);
  importPieces(core, content, 1);
  assertEquals(core.digest(3n, true), digest);
  assertEquals(lowest(), before, "nothing is written where no object lies");
});

Deno.test("CoreReader.snapshot() cuts its pieces by its buffer", () => {
  const core = makeCore();
  fill(core);
  const slot = core.pinView(NOW_MS)!;
  const whole = contentOf(new CoreReader(grantOf(core)), slot);
  const small = new CoreReader(grantOf(core, 8192));
  for (const piece of small.snapshot(slot)) assert(piece.length <= 8192);
  assertEquals(contentOf(small, slot), whole);
});

Deno.test("CoreReader reads the view as it was pinned, whatever is written since", () => {
  const core = makeCore();
  fill(core);
  const digest = core.digest(3n, true);
  const slot = core.pinView(NOW_MS)!;
  const session = openSession(core, 2);
  for (let at = 0; at < 300; at++) {
    run(core, session, `SET key:${at} changed`, `HDEL h f${at}`);
  }
  run(core, session, "FLUSHALL", "SET new 1");
  assert(core.digest(3n, true) !== digest, "the present has moved on");
  const reader = new CoreReader(grantOf(core));
  const loaded = load(contentOf(reader, slot), 4096);
  assertEquals(loaded.digest(3n, true), digest);
  reader.releaseView(slot);
  while (core.upkeep(10_000));
  assertEquals([core.header.viewsOpen, core.header.get("bytesRetired")], [
    0,
    0,
  ]);
  assertEquals(core.check(), 0);
});

Deno.test("an empty core's snapshot loads as an empty core", () => {
  const core = makeCore();
  const slot = core.pinView(NOW_MS)!;
  const loaded = load(contentOf(new CoreReader(grantOf(core)), slot), 4096);
  assertEquals(loaded.digest(1n, true), core.digest(1n, true));
});

Deno.test("a reader in another Worker sees one state while the owner writes", async () => {
  const core = makeCore();
  fill(core);
  const worker = new Worker(new URL("./reader_worker.ts", import.meta.url), {
    type: "module",
  });
  const grant = grantOf(core);
  const session = openSession(core, 2);
  let writes = 0;
  for (let round = 0; round < 8; round++) {
    const slot = core.pinView(NOW_MS)!;
    const digest = core.digest(3n, true);
    const reported = new Promise<ReadReport>((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    worker.postMessage({ grant, slot } satisfies ReadStart);
    let isRead = false;
    reported.then(() => isRead = true, () => isRead = true);
    while (!isRead) {
      const at = writes++ % 300;
      run(core, session, `SET key:${at} round-${round}`, `HSET h f${at} ${at}`);
      if (at % 20 === 0) run(core, session, `DEL h`, "INCR n");
      core.upkeep(100);
      if (at % 50 === 0) await new Promise((go) => setTimeout(go, 0));
    }
    const { content } = await reported;
    assertEquals(load(content, 65_536).digest(3n, true), digest);
  }
  worker.terminate();
  assert(writes > 100, "the owner wrote meanwhile");
  while (core.upkeep(10_000));
  assertEquals([core.check(), core.header.viewsOpen], [0, 0]);
});

/** The raft Worker as a whole, on a real disk, driven over a real link. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import {
  type FromRaft,
  RaftStatistics,
  type RaftToServe,
  ServeToRaft,
  STATISTICS_BYTES,
  type ToRaft,
} from "../../../src/replica/mod.ts";
import { SystemFiles, writeSnapshot } from "../../../src/storage/mod.ts";
import { bytes, type FrameText, ServeSide } from "./harness.ts";

const WORKER = new URL("../../../src/workers/raft.ts", import.meta.url);

/** One run of the Worker over a directory. */
class Run {
  readonly serve: ServeSide;
  readonly report: Promise<FromRaft>;
  readonly #worker = new Worker(WORKER, { type: "module" });
  readonly statistics: RaftStatistics;

  constructor(
    directory: string,
    more: { ringBytes?: number; fsync?: "always" | "everysec" | "no" } = {},
  ) {
    const link = createLink(more.ringBytes ?? 1024 * 1024);
    this.serve = new ServeSide(new LinkEnd(link.near));
    const memory = new SharedArrayBuffer(STATISTICS_BYTES);
    this.statistics = new RaftStatistics(memory);
    this.report = new Promise((resolve) => {
      this.#worker.onmessage = (event: MessageEvent<FromRaft>) =>
        resolve(event.data);
    });
    const start: ToRaft = {
      kind: "start",
      shard: 0,
      directory,
      segmentBytes: 256 * 1024,
      link: link.far,
      statistics: memory,
      logLevel: "warning",
      options: {
        nodeId: 1,
        voters: [1],
        fsync: more.fsync ?? "no",
        tickMs: 10,
        electionTicks: 10,
        proposedBytesMax: 256 * 1024,
        applyingBytesMax: 256 * 1024,
        snapshotBytes: 64 * 1024 * 1024,
      },
    };
    this.#worker.postMessage(start);
  }

  /** Reads frames, as the serve Worker does, up to one of `kind`. */
  async until(kind: keyof typeof RaftToServe): Promise<FrameText[]> {
    const frames: FrameText[] = [];
    const { ownBell, otherBell } = this.serve.end;
    for (;;) {
      const ticket = ownBell.ticket();
      const [frame] = this.serve.frames(1);
      if (frame !== undefined) {
        frames.push(frame);
        if (frame.startsWith(`${kind} `)) return frames;
        continue;
      }
      otherBell.ring();
      await ownBell.waitAsync(ticket, 1_000);
    }
  }

  /** Proposes each of `words`, waiting for room where there is none. */
  async propose(words: Iterable<string>): Promise<void> {
    const { ownBell, otherBell } = this.serve.end;
    for (const word of words) {
      for (;;) {
        const ticket = ownBell.ticket();
        if (this.serve.propose(word)) break;
        otherBell.ring();
        await ownBell.waitAsync(ticket, 1_000);
      }
    }
    otherBell.ring();
  }

  /** Waits until proposal `id` is committed. */
  async committed(id: number): Promise<void> {
    for (;;) {
      const last = (await this.until("COMMITTED")).at(-1)!;
      if (Number(last.split(" ")[2]) >= id) return;
    }
  }

  /** Stops in order; the frames from here on. */
  async stop(): Promise<FrameText[]> {
    this.serve.push(ServeToRaft.STOP);
    this.serve.end.otherBell.ring();
    const frames = await this.until("STOPPED");
    assertEquals((await this.report).kind, "stopped");
    this.kill();
    return frames;
  }

  kill(): void {
    this.#worker.terminate();
  }
}

async function withDirectory(
  action: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  // A sleeper by itself does not keep an event loop alive.
  const timer = setInterval(() => {}, 1_000);
  try {
    await action(directory);
  } finally {
    clearInterval(timer);
    Deno.removeSync(directory, { recursive: true });
  }
}

function words(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, at) => `w${from + at}`);
}

/** Data of the ENTRY frames that are not empty. */
function entryData(frames: readonly FrameText[]): string[] {
  return frames.filter((frame) => frame.startsWith("ENTRY "))
    .flatMap((frame) => frame.split(" ").slice(3));
}

Deno.test("raft Worker commits, stops and has everything again", () =>
  withDirectory(async (directory) => {
    for (const fsync of ["always", "everysec", "no"] as const) {
      const run = new Run(directory, { fsync });
      const before = entryData(await run.until("RECOVERED")).length;
      await run.propose(words(200, before + 1));
      await run.committed(200);
      assert(run.statistics.get("entriesAppended") >= 200);
      const [stopped] = await run.stop();
      assertMatch(stopped!, /^STOPPED \d+ 200$/);
    }
    const run = new Run(directory);
    const frames = await run.until("RECOVERED");
    assertEquals(entryData(frames), words(600));
    assertEquals(frames.at(-1), "RECOVERED 604 4");
    await run.stop();
  }));

Deno.test("raft Worker has after a kill what it reported as committed", () =>
  withDirectory(async (directory) => {
    let kept = 0;
    for (let round = 0; round < 4; round++) {
      const run = new Run(directory);
      const found = entryData(await run.until("RECOVERED"));
      assert(found.length >= kept, "nothing that was reported is lost");
      assertEquals(found, words(found.length), "nothing is there twice");
      await run.propose(words(300, found.length + 1));
      await run.committed(250);
      kept = found.length + 250;
      run.kill();
    }
  }));

Deno.test("raft Worker waits for room while it recovers more than a ring holds", () =>
  withDirectory(async (directory) => {
    const first = new Run(directory);
    await first.until("RECOVERED");
    const large = (at: number) => `${at}:${"x".repeat(10_000)}`;
    const all = Array.from({ length: 200 }, (_, at) => large(at));
    await first.propose(all);
    await first.committed(200);
    await first.stop();
    const second = new Run(directory, { ringBytes: 4096 });
    const frames = await second.until("RECOVERED");
    const data = frames.filter((frame) => frame.startsWith("ENTRY"))
      .flatMap((frame) => frame.split(" ").slice(3)).join("");
    assertEquals(data, all.join(""));
    assert(frames.some((frame) => frame.startsWith("ENTRY_PART")));
    await second.stop();
  }));

Deno.test("raft Worker stops in the middle of recovery", () =>
  withDirectory(async (directory) => {
    const first = new Run(directory);
    await first.until("RECOVERED");
    await first.propose(words(5_000));
    await first.committed(5_000);
    await first.stop();
    const second = new Run(directory, { ringBytes: 1024 });
    await second.until("ENTRY");
    assertEquals((await second.stop()).at(-1), "STOPPED 0 0");
  }));

Deno.test("raft Worker trims behind a snapshot and starts from it", () =>
  withDirectory(async (directory) => {
    const files = new SystemFiles(directory);
    const segments = () => files.list().filter((name) => name.endsWith(".log"));
    const first = new Run(directory);
    await first.until("RECOVERED");
    const large = "x".repeat(10_000);
    await first.propose(Array.from({ length: 100 }, () => large));
    await first.committed(100);
    const before = segments().length;
    const point = { index: 99, term: 1 };
    const size = await writeSnapshot(files, point, [bytes("state")]);
    first.serve.push(ServeToRaft.SNAPSHOT_TAKEN, 99, size);
    await first.propose(["last"]);
    await first.committed(101);
    assert(segments().length < before, "segments were removed");
    await first.stop();
    const second = new Run(directory);
    const frames = await second.until("RECOVERED");
    assertEquals(frames.slice(0, 2), [
      "SNAPSHOT_BLOCK 0 0 state",
      "SNAPSHOT_END 99 1",
    ]);
    assertEquals(entryData(frames), [large, large, "last"]);
    await second.stop();
  }));

Deno.test("raft Worker fails with the file's name when the log is damaged", () =>
  withDirectory(async (directory) => {
    for (let round = 0; round < 2; round++) {
      const run = new Run(directory);
      await run.until("RECOVERED");
      await run.propose(words(50));
      await run.committed(50);
      await run.stop();
    }
    const path = `${directory}/wal-0000000000000001.log`;
    const damaged = Deno.readFileSync(path);
    damaged[200]! ^= 1;
    Deno.writeFileSync(path, damaged);
    const run = new Run(directory);
    const failed = (await run.until("FAILED")).at(-1)!;
    assertMatch(failed, /wal-0000000000000001\.log/);
    const report = await run.report;
    assertEquals(report.kind, "failed");
    run.kill();
  }));

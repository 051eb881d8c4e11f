import { assert, assertEquals } from "@std/assert";
import { createLink, LinkEnd } from "../../../src/link/mod.ts";
import { printedSeed } from "../seed.ts";
import { frameOf, sumOf } from "./frames.ts";
import type { EchoReport, EchoStart } from "./echo_worker.ts";

const FOREVER_MS = 60_000;

Deno.test("createLink() joins each end's output to the other's input", () => {
  const { near, far } = createLink(1024);
  const [one, two] = [new LinkEnd(near), new LinkEnd(far)];
  assertEquals(one.writer.tryPush(1, 2, 3), true);
  assertEquals(two.reader.peek()?.kind, 1);
  assertEquals(one.reader.peek(), undefined, "an end does not hear itself");
  assertEquals(two.writer.tryPush(4, 5, 6), true);
  assertEquals(one.reader.peek()?.kind, 4);
});

Deno.test("LinkEnd.otherBell rings the other end's own bell, both ways", () => {
  const { near, far } = createLink(1024);
  const [one, two] = [new LinkEnd(near), new LinkEnd(far)];
  for (const [from, to] of [[one, two], [two, one]] as const) {
    const tickets = [from.ownBell.ticket(), to.ownBell.ticket()];
    from.otherBell.ring();
    assertEquals(from.ownBell.ticket(), tickets[0]);
    assert(to.ownBell.ticket() !== tickets[1]);
  }
});

/** Pushes and hears until every frame has come back; the sum of what came. */
async function sendAndHear(
  end: LinkEnd,
  seed: number,
  frames: number,
): Promise<number> {
  let [sent, heard, sum] = [0, 0, 0];
  while (heard < frames) {
    const ticket = end.ownBell.ticket();
    let hasMoved = false;
    while (sent < frames) {
      const { kind, a, b, parts } = frameOf(seed, sent, 2000);
      if (!end.writer.tryPush(kind, a, b, ...parts)) break;
      sent++;
      hasMoved = true;
    }
    for (let frame = end.reader.peek(); frame; frame = end.reader.peek()) {
      assertEquals(frame.kind, frameOf(seed, heard, 2000).kind);
      sum = (Math.imul(sum, 31) + sumOf(frame.payload)) | 0;
      end.reader.release();
      heard++;
      hasMoved = true;
    }
    if (hasMoved) end.otherBell.ring();
    else await end.ownBell.waitAsync(ticket, FOREVER_MS);
  }
  return sum;
}

for (const waiting of ["blocking", "asynchronous"] as const) {
  Deno.test(`a link carries random frames to a Worker and back, ${waiting}`, async () => {
    const seed = printedSeed();
    const frames = 20_000;
    const { near, far } = createLink(4096);
    const worker = new Worker(new URL("./echo_worker.ts", import.meta.url), {
      type: "module",
    });
    const reported = new Promise<EchoReport>((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    worker.postMessage({ link: far, frames, waiting } satisfies EchoStart);
    const sum = await sendAndHear(new LinkEnd(near), seed, frames);
    const report = await reported;
    worker.terminate();
    let wanted = 0;
    for (let at = 0; at < frames; at++) {
      const { parts } = frameOf(seed, at, 2000);
      wanted = (Math.imul(wanted, 31) + sumOf(...parts)) | 0;
    }
    assertEquals(report.sum, wanted, "what the Worker heard");
    assertEquals(sum, wanted, "what came back");
    // Missed wake-ups would end by the time limit and be counted.
    assertEquals(report.overslept, 0);
  });
}

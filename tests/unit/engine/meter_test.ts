import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import type { Core } from "../../../src/core/mod.ts";
import { UNTIMED } from "../../../src/engine/client.ts";
import { Meter } from "../../../src/engine/meter.ts";
import { COMMANDS } from "../../../src/commands/mod.ts";
import {
  makeCore,
  openSession,
  receive,
  requests,
  run,
  takeReplies,
} from "../core/harness.ts";

const NOW_MS = 1_700_000_000_000;

function idOf(name: string): number {
  return COMMANDS.findIndex((row) => row.name === name);
}

/** Serves `lines` of reads as one crossing of `tookMs`, if it is timed. */
function serve(
  core: Core,
  meter: Meter,
  clock: ManualClock,
  tookMs: number,
  ...lines: string[]
): boolean {
  const session = openSession(core);
  receive(core, session, requests(...lines));
  const startMs = meter.start();
  core.serve(session, NOW_MS);
  clock.advance(tookMs);
  if (startMs !== UNTIMED) meter.served(startMs);
  takeReplies(core);
  core.closeSession(session);
  return startMs !== UNTIMED;
}

Deno.test("Meter.served() shares a crossing's time among equal calls", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  serve(core, meter, clock, 0.4, "GET a", "GET b", "STRLEN a", "GET c");
  const get = meter.commandUs(idOf("get"))!;
  const strlen = meter.commandUs(idOf("strlen"))!;
  assertEquals([get.count, strlen.count], [3, 1]);
  assertEquals([Math.round(get.sum), Math.round(strlen.sum)], [300, 100]);
  assertEquals([meter.readUs.count, Math.round(meter.readUs.sum)], [1, 400]);
  assertEquals(meter.commandUs(idOf("set")), undefined);
});

Deno.test("Meter.served() gives more of the time to who notes work", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  const session = openSession(core);
  const fields = Array.from({ length: 1000 }, (_, index) => `f${index} v`);
  run(core, session, `HSET h ${fields.join(" ")}`);
  serve(core, meter, clock, 1, "GET a", "HGETALL h");
  const get = meter.commandUs(idOf("get"))!.sum;
  const all = meter.commandUs(idOf("hgetall"))!.sum;
  assertEquals(Math.round(get + all), 1000);
  assert(all > 20 * get, `${all} µs and ${get} µs`);
});

Deno.test("Meter.served() counts no chunk in which nothing ran", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  serve(core, meter, clock, 1, "GET a");
  serve(core, meter, clock, 1, "NOSUCHCOMMAND");
  assertEquals(meter.readUs.count, 1);
});

Deno.test("Meter.start() times all at first, then a sample of known weight", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  let timed = 0;
  while (serve(core, meter, clock, 0.001, "GET a")) timed++;
  assert(timed >= 100, `the first ${timed} were timed`);
  const crossings = 100_000;
  const before = meter.readUs.count;
  for (let index = 0; index < crossings; index++) {
    serve(core, meter, clock, 0.001, "GET a");
  }
  const estimate = meter.readUs.count - before;
  assert(
    Math.abs(estimate / crossings - 1) < 0.1,
    `${estimate} estimated for ${crossings}`,
  );
  meter.tick();
  assert(meter.start() !== UNTIMED, "after a tick all are timed again");
  assertEquals(meter.times, 1);
});

Deno.test("Meter.answered() takes the time from a write's arrival", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  const wroteMs = clock.monotonicMs();
  clock.advance(3);
  const client = (times: number, startMs: number) =>
    ({ wroteMs: startMs, wroteTimes: times }) as Parameters<
      Meter["answered"]
    >[0][number];
  meter.answered([client(1, wroteMs), client(8, wroteMs), client(1, UNTIMED)]);
  assertEquals([meter.writeUs.count, meter.writeUs.sum], [9, 27_000]);
});

Deno.test("Meter.reset() forgets commands and bytes, not the histograms", () => {
  const core = makeCore();
  const clock = new ManualClock();
  const meter = new Meter(clock, core.header);
  serve(core, meter, clock, 1, "GET a");
  meter.bytesIn = 5;
  meter.reset();
  assertEquals(meter.commandUs(idOf("get")), undefined);
  assertEquals([meter.bytesIn, meter.readUs.count], [0, 1]);
});

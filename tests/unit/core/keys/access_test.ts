/** What OBJECT tells of a key's uses, by time and by number. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Core, SessionAddress } from "../../../../src/core/mod.ts";
import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
} from "../harness.ts";
import { run, takeReplies } from "../harness.ts";

const MINUTE_MS = 60_000;

function frequencies(): [Core, SessionAddress] {
  const core = makeCore();
  core.header.setEviction("allkeys-lfu", 5);
  return [core, openSession(core)];
}

/** The number that a read answers at another time. */
function askAt(
  core: Core,
  session: SessionAddress,
  line: string,
  timeMs: number,
): number {
  receive(core, session, requests(line));
  core.serve(session, timeMs);
  return Number(takeReplies(core).slice(1));
}

Deno.test("OBJECT FREQ and IDLETIME answer what the policy keeps", () => {
  const [core, session] = frequencies();
  run(core, session, "SET key v");
  assertEquals(run(core, session, "OBJECT FREQ key"), ":5\r\n");
  assertMatch(
    run(core, session, "OBJECT IDLETIME key"),
    /^-ERR An LFU maxmemory policy is selected, idle time not tracked/,
  );
  core.header.setEviction("allkeys-lru", 5);
  assertMatch(
    run(core, session, "OBJECT FREQ key"),
    /^-ERR An LFU maxmemory policy is not selected, access frequency not/,
  );
  assertEquals(run(core, session, "OBJECT FREQ none"), "$-1\r\n");
  assertMatch(run(core, session, "OBJECT FREQ"), /^-ERR wrong number/);
});

Deno.test("OBJECT FREQ grows with the logarithm of the uses", () => {
  const [core, session] = frequencies();
  run(core, session, "SET key v");
  const after = (uses: number) => {
    for (let use = 0; use < uses; use += 100) {
      run(core, session, ...Array.from({ length: 100 }, () => "GET key"));
    }
    return Number(run(core, session, "OBJECT FREQ key").slice(1));
  };
  const hundred = after(100);
  const thousands = after(9900);
  assert(hundred > 6 && hundred < 18, `${hundred} after 100 uses`);
  assert(thousands > 30 && thousands < 75, `${thousands} after 10,000 uses`);
  // A counter that grows with every use soon stops at its end.
  core.header.setUseCounters(0, 1);
  assertEquals(after(300), 255);
  assertEquals(after(100), 255);
});

Deno.test("OBJECT FREQ falls as minutes pass", () => {
  const [core, session] = frequencies();
  run(core, session, "SET key v");
  const at = (minutes: number) =>
    askAt(core, session, "OBJECT FREQ key", NOW_MS + minutes * MINUTE_MS);
  assertEquals([at(0), at(1), at(4), at(5), at(1000)], [5, 4, 1, 0, 0]);
  core.header.setUseCounters(10, 2);
  assertEquals([at(1), at(2), at(4)], [5, 4, 3]);
  core.header.setUseCounters(10, 0);
  assertEquals(at(1000), 5);
});

Deno.test("a key that is written anew keeps its counter", () => {
  const [core, session] = frequencies();
  core.header.setUseCounters(0, 1);
  run(core, session, "SET key v");
  for (let use = 0; use < 10; use++) run(core, session, "GET key");
  run(core, session, "SET key w");
  const counter = Number(run(core, session, "OBJECT FREQ key").slice(1));
  assertEquals(counter, 16);
  run(core, session, "RENAME key other");
  const moved = Number(run(core, session, "OBJECT FREQ other").slice(1));
  assert(moved >= counter, `${moved} of ${counter}`);
});

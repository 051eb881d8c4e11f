import { assertEquals } from "@std/assert";
import { Logger, ManualClock } from "../../../src/base/mod.ts";
import type { ReadConsistency } from "../../../src/config/mod.ts";
import { LEASE_PAGE_BYTES, LeaseReader } from "../../../src/replica/mod.ts";
import { LeasePage } from "../../../src/replica/lease_page.ts";
import { Membership } from "../../../src/workers/membership.ts";
import { Bench, turn } from "../engine/harness.ts";
import { settingsOf } from "./group_settings.ts";

/** A member over a real engine, or a node alone. */
function makeMember(readConsistency?: ReadConsistency) {
  const memory = new SharedArrayBuffer(LEASE_PAGE_BYTES);
  const seen = {
    lines: [] as string[],
    leaders: [] as number[],
    asked: [] as number[],
    hasRoom: true,
    waitsEnded: 0,
    forwardedTo: [] as number[],
  };
  const clock = new ManualClock();
  const holder: { bench?: Bench } = {};
  const membership = new Membership({
    settings: readConsistency &&
      {
        ...settingsOf(1, [7001, 7002], `--read-consistency=${readConsistency}`),
        lease: new LeaseReader(memory),
      },
    engine: () => holder.bench!.engine,
    link: () => ({
      readIndex: (id) => seen.hasRoom && seen.asked.push(id) > 0,
      change: () => false,
    }),
    clock,
    cluster: {
      ownId: 1,
      get leaderId() {
        return seen.leaders.at(-1) ?? 0;
      },
      noteLeader: (_term, leader) => void seen.leaders.push(leader),
    },
    writeWaits: { endAll: () => void seen.waitsEnded++ },
    forwarder: { setLeader: (leader) => void seen.forwardedTo.push(leader) },
    logger: new Logger(
      "serve",
      "notice",
      (line) => seen.lines.push(line.slice(25)),
      new ManualClock(),
    ),
  });
  const bench = new Bench(
    readConsistency === undefined ? {} : { reads: membership },
  );
  holder.bench = bench;
  return { bench, membership, page: new LeasePage(memory), clock, seen };
}

async function ask(bench: Bench, request: string): Promise<string> {
  const client = bench.connect();
  bench.receive(client, request);
  await bench.settle();
  return bench.take(client);
}

Deno.test("Membership of a node alone leads from its start, in the term of its log", async () => {
  const { bench, membership, seen } = makeMember();
  membership.restored(2);
  membership.recovered(3);
  assertEquals(membership.point, { index: 0, term: 3 });
  assertEquals(await ask(bench, "SET a 1\r\n"), "+OK\r\n");
  membership.committed(2, bench.log.proposals.length);
  assertEquals(membership.point, { index: 2, term: 3 });
  assertEquals([seen.lines, seen.asked], [[], []]);
});

Deno.test("Membership refuses writes until its node serves as the leader, and when it does no more", async () => {
  const { bench, membership, seen } = makeMember("stale");
  membership.recovered(3);
  assertEquals((await ask(bench, "SET a 1\r\n")).slice(0, 9), "-READONLY");
  membership.leadership(4, 1, false);
  assertEquals((await ask(bench, "SET a 1\r\n")).slice(0, 9), "-READONLY");
  membership.leadership(4, 1, true);
  assertEquals(await ask(bench, "SET a 1\r\n"), "+OK\r\n");
  membership.leadership(5, 2, false);
  assertEquals((await ask(bench, "SET a 1\r\n")).slice(0, 9), "-READONLY");
  membership.leadership(6, 0, false);
  assertEquals([seen.leaders, seen.waitsEnded], [[1, 1, 2, 0], 3]);
  assertEquals(seen.forwardedTo, seen.leaders);
  assertEquals(seen.lines, [
    "serve notice: In term 4 node 1 leads",
    "serve notice: In term 5 node 2 leads",
    "serve notice: In term 6 no node is known to lead",
  ]);
});

Deno.test("Membership's point has the term of what was applied last, whoever proposed it", async () => {
  const { bench, membership } = makeMember("stale");
  const other = new Bench();
  await ask(other, "SET a 1\r\n");
  const { entry } = other.log.proposals[0]!;
  membership.entry(1, 1, entry, true);
  membership.recovered(1);
  assertEquals(membership.point, { index: 1, term: 1 });
  membership.entry(2, 2, entry, false);
  assertEquals(membership.point, { index: 2, term: 2 });
  // The first entry of a leader is empty.
  membership.entry(3, 4, new Uint8Array(0), false);
  membership.leadership(4, 1, true);
  assertEquals(membership.point, { index: 3, term: 4 });
  bench.receive(bench.connect(), "SET b 1\r\n");
  await turn();
  membership.committed(4, 1);
  assertEquals(membership.point, { index: 4, term: 4 });
  assertEquals(bench.core.header.keys, 2);
});

Deno.test("Membership's point holds the members as of the entry that changed them", () => {
  const { membership } = makeMember("stale");
  const members = Uint8Array.of(1, 2, 3);
  membership.membersChanged(7, 2, members);
  assertEquals(membership.point, { index: 7, term: 2, members });
});

Deno.test("Membership permits reads under the lease alone, and only of a state that is far enough", () => {
  const { clock, membership, page } = makeMember("lease");
  assertEquals(membership.permits(10), false);
  page.noteClock(clock.monotonicMs(), clock.monotonicMs());
  page.noteCommitted(10);
  page.noteEnd(100, clock.wallMs() + 100);
  assertEquals([membership.permits(10), membership.permits(9)], [true, false]);
  clock.advance(100);
  assertEquals(membership.permits(10), false);
});

Deno.test("Membership permits no read at once with read-index, and each with stale", () => {
  const strict = makeMember("read-index");
  strict.page.noteClock(0, 0);
  strict.page.noteEnd(1000, strict.clock.wallMs() + 1000);
  assertEquals(strict.membership.permits(10), false);
  assertEquals(makeMember("stale").membership.permits(0), true);
});

Deno.test("Membership asks the log for reads, and again when who leads has changed", async () => {
  const { bench, membership, seen } = makeMember("read-index");
  membership.recovered(1);
  membership.leadership(2, 2, false);
  seen.hasRoom = false;
  const client = bench.connect();
  bench.receive(client, "GET a\r\n");
  await turn();
  assertEquals([seen.asked, bench.take(client)], [[], ""]);
  seen.hasRoom = true;
  membership.leadership(3, 3, false);
  assertEquals(seen.asked, [1]);
  bench.engine.readGate!.readAt(1, 0);
  assertEquals(bench.take(client), "$-1\r\n");
});

Deno.test("Membership's point has the term of own proposals, though they are committed before the node serves", async () => {
  const { bench, membership } = makeMember("stale");
  membership.recovered(3);
  membership.leadership(3, 1, true);
  const client = bench.connect();
  bench.receive(client, "SET a 1\r\n");
  await turn();
  membership.leadership(4, 2, false);
  membership.leadership(5, 1, false);
  membership.committed(7, 1);
  assertEquals(membership.point, { index: 7, term: 5 });
});

import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/mod.ts";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { SERVED } from "../../../src/core/mod.ts";
import {
  type Client,
  type SlowCommand,
  SlowWatch,
} from "../../../src/engine/mod.ts";
import {
  makeCore,
  NOW_MS,
  openSession,
  receive,
  requests,
  run,
} from "../core/harness.ts";

/** A core with a client whose crossings are watched. */
class Watched {
  readonly core = makeCore();
  readonly clock = new ManualClock();
  readonly client = { session: openSession(this.core) } as Client;
  /** `name microseconds words`, or `-` for no words. */
  readonly told: string[] = [];
  readonly watch = new SlowWatch(
    this.core,
    this.clock,
    (client, command) => {
      assertEquals(client, this.client);
      this.told.push(describe(command));
    },
  );

  /** Serves one chunk of `lines`, which ends in `served`. */
  serve(served: number, ...lines: string[]): void {
    receive(this.core, this.client.session, requests(...lines));
    this.watch.began(this.clock.wallMs());
    assertEquals(this.core.serve(this.client.session, NOW_MS), served);
  }
}

function describe({ id, us, words }: SlowCommand): string {
  const decoder = new TextDecoder();
  const shown = words?.map((word) => decoder.decode(word)).join(" ") ?? "-";
  return `${COMMANDS[id]!.name} ${us} ${shown}`;
}

Deno.test("SlowWatch tells of crossings that take as long as its threshold", () => {
  const some = new Watched();
  some.serve(SERVED.idle, "GET a");
  some.watch.timed(some.client, 1e6, true);
  assertEquals(some.told, [], "nothing is told without a threshold");
  some.watch.thresholdUs = 100;
  some.watch.timed(some.client, 99, true);
  some.watch.timed(some.client, 100, true);
  assertEquals(some.told, ["get 100 GET a"]);
});

Deno.test("SlowWatch blames the command with the largest cost", () => {
  const some = new Watched();
  run(some.core, some.client.session, "SETRANGE big 9000000 x");
  some.watch.thresholdUs = 1000;
  some.serve(SERVED.yield, "GET a", "GET a", "BITCOUNT big", "GET b");
  some.watch.timed(some.client, 5000, false);
  assertEquals(some.told.length, 1);
  const [name, us, ...words] = some.told[0]!.split(" ");
  assertEquals([name, words.join(" ")], ["bitcount", "BITCOUNT big"]);
  assert(Number(us) > 4900 && Number(us) <= 5000, us);
});

Deno.test("SlowWatch shares a crossing's time among its commands", () => {
  const some = new Watched();
  some.watch.thresholdUs = 1000;
  some.serve(SERVED.idle, ...Array<string>(50).fill("GET a"));
  some.watch.timed(some.client, 40_000, true);
  assertEquals(some.told, [], "each took 800 us");
  some.watch.timed(some.client, 50_000, true);
  assertEquals(some.told, ["get 1000 GET a"]);
});

Deno.test("SlowWatch gives no words that are another request's", () => {
  const some = new Watched();
  some.watch.thresholdUs = 0;
  some.serve(SERVED.idle, "GET a", "*2\r\n$3\r\nGET\r\n$5\r\nab");
  some.watch.timed(some.client, 10, true);
  assertEquals(some.told, ["get 10 -"]);
});

Deno.test("SlowWatch sees applied writes", () => {
  const some = new Watched();
  some.watch.thresholdUs = 0;
  some.serve(SERVED.deferred, "SET a 1", "SET b 2");
  some.core.sealBatch(NOW_MS, 1, 0);
  some.core.beginBatch(1);
  assertEquals(some.core.stepBatch(), some.client.session);
  some.watch.timed(some.client, 30, false);
  assertEquals(some.told, ["set 15 SET b 2"]);
});

Deno.test("SlowWatch looks at untimed crossings with much work alone", () => {
  const some = new Watched();
  run(some.core, some.client.session, "SETRANGE big 9000000 x");
  some.watch.thresholdUs = 3000;
  some.serve(SERVED.idle, "GET a");
  some.clock.advance(50);
  some.watch.untimed(some.client);
  assertEquals(some.told, []);
  some.serve(SERVED.yield, "BITCOUNT big");
  some.clock.advance(4);
  some.watch.untimed(some.client);
  assertEquals(some.told, ["bitcount 4000 BITCOUNT big"]);
});

Deno.test("SlowWatch does not blame a crossing for the one before it", () => {
  const some = new Watched();
  run(some.core, some.client.session, "SETRANGE big 9000000 x");
  some.watch.thresholdUs = 3000;
  some.serve(SERVED.yield, "BITCOUNT big");
  some.clock.advance(4);
  some.watch.untimed(some.client);
  some.watch.untimed(some.client);
  some.clock.advance(10);
  some.watch.timed(some.client, 10_000, false);
  some.watch.untimed(some.client);
  assertEquals(some.told.length, 2);
});

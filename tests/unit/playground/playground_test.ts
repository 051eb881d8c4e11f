import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { STOP_MS_MAX } from "../../../src/config/mod.ts";
import {
  Playground,
  type ProcessEnd,
  type ProcessEvents,
} from "../../../src/playground/playground.ts";

interface FakeProcess {
  readonly id: number;
  readonly pid: number;
  readonly events: ProcessEvents;
  readonly signals: string[];
}

const KILLED: ProcessEnd = { code: 137, signal: "SIGKILL" };
const STOPPED: ProcessEnd = { code: 0, signal: undefined };

/** A playground of three nodes whose processes do what a test says. */
class Game {
  readonly processes: FakeProcess[] = [];
  readonly said: string[] = [];
  readonly timers: { ms: number; then: () => void; isOff: boolean }[] = [];
  readonly playground: Playground;
  end: boolean | undefined;

  constructor(backAfterSeconds = 10, showsAllLines = false) {
    this.playground = new Playground({
      plans: [1, 2, 3].map((id) => ({
        id,
        port: 6378 + id,
        adminPort: 9120 + id,
        flags: [],
      })),
      dir: "/d",
      isTemporary: true,
      backAfterSeconds,
      showsAllLines,
      spawn: ({ id }, events) => {
        const pid = 100 + this.processes.length;
        const made = { id, pid, events, signals: [] as string[] };
        this.processes.push(made);
        return { pid, send: (signal) => void made.signals.push(signal) };
      },
      after: (ms, then) => {
        const timer = { ms, then, isOff: false };
        this.timers.push(timer);
        return () => {
          timer.isOff = true;
        };
      },
      say: (line) => this.said.push(line),
    });
    this.playground.end.then((end) => this.end = end);
  }

  /** The newest process of node `id`. */
  node(id: number): FakeProcess {
    return this.processes.findLast((process) => process.id === id)!;
  }

  /** Node `id` prints that it takes clients. */
  serves(id: number): void {
    this.node(id).events.line("lanekv 0.1.0 listens on 127.0.0.1:1, fsync no");
  }

  /** Node `id` prints who leads. */
  hears(id: number, term: number, leader: number): void {
    this.node(id).events.line(
      `2026-01-01T00:00:00.000Z serve notice: In term ${term} node ${leader} leads`,
    );
  }

  /** All serve, and node 2 leads in term 1; what was said until then is forgotten. */
  begin(): this {
    for (const id of [1, 2, 3]) this.serves(id);
    this.hears(1, 1, 2);
    this.said.length = 0;
    return this;
  }
}

Deno.test("Playground tells how to connect when all serve and one leads", () => {
  const game = new Game();
  game.serves(1);
  game.hears(1, 1, 2);
  game.serves(3);
  assertEquals(game.said, []);
  game.serves(2);
  const text = game.said.join("\n");
  assertStringIncludes(text, "Node 2 leads in term 1");
  assertStringIncludes(text, "redis-cli -p 6380 set hello world");
  assertStringIncludes(text, "kill -9 101");
});

Deno.test("Playground tells once of each leader, and nothing of older ones", () => {
  const game = new Game().begin();
  game.hears(3, 1, 2);
  game.hears(3, 2, 1);
  game.hears(2, 2, 1);
  game.hears(2, 1, 2);
  assertEquals(game.said, [
    "Node 1 leads in term 2: redis-cli -p 6379 set hello again; kill -9 100",
  ]);
});

Deno.test("Playground brings a node back that was ended", () => {
  const game = new Game().begin();
  game.node(2).events.ended(KILLED);
  const [timer] = game.timers;
  assertEquals(timer!.ms, 10_000);
  timer!.then();
  assertEquals(game.processes.length, 4);
  game.serves(2);
  assertEquals(game.said, [
    "Node 2, the leader, was ended by SIGKILL; it comes back in 10 s.",
    "Node 2 is back, as process 103.",
  ]);
});

Deno.test("Playground leaves a node away that has refused to go on, or when told so", () => {
  const game = new Game().begin();
  game.node(1).events.line("lanekv: the directory was lost");
  game.node(1).events.ended({ code: 1, signal: undefined });
  assertEquals(game.said, [
    "node 1 | lanekv: the directory was lost",
    "Node 1 has ended with code 1; it stays away.",
  ]);
  const other = new Game(0).begin();
  other.node(1).events.ended(KILLED);
  assertEquals([...game.timers, ...other.timers], []);
});

Deno.test("Playground gives up when a node does not come up", async () => {
  const game = new Game();
  game.serves(1);
  game.node(3).events.line("lanekv: Cannot listen");
  game.node(3).events.ended({ code: 1, signal: undefined });
  assertStringIncludes(
    game.said.at(-1)!,
    "Node 3 has not come up: lanekv: Cannot listen",
  );
  for (const id of [1, 2]) {
    assertEquals(game.node(id).signals, ["SIGTERM"]);
    game.node(id).events.ended(STOPPED);
  }
  assertEquals(await game.playground.end, false);
});

Deno.test("Playground ends when the last process has, and starts none meanwhile", async () => {
  const game = new Game().begin();
  game.node(1).events.ended(KILLED);
  game.playground.stop();
  assert(game.timers[0]!.isOff);
  game.node(2).events.ended(STOPPED);
  await Promise.resolve();
  assertEquals(game.end, undefined);
  game.node(3).events.ended(STOPPED);
  assertEquals(await game.playground.end, true);
  assert(game.timers.every(({ isOff }) => isOff));
  assertEquals(game.processes.length, 3);
});

Deno.test("Playground ends at once who does not stop in time, or when told twice", () => {
  const game = new Game().begin();
  game.playground.stop();
  const [timer] = game.timers;
  assertEquals(timer!.ms, STOP_MS_MAX);
  timer!.then();
  assertEquals(game.node(1).signals, ["SIGTERM", "SIGKILL"]);
  const other = new Game().begin();
  other.playground.kill();
  assertEquals(other.node(3).signals, ["SIGTERM", "SIGKILL"]);
});

Deno.test("Playground shows warnings, and all lines when asked", () => {
  const notice = "2026-01-01T00:00:00.000Z peers notice: No connection";
  const warning = "2026-01-01T00:00:00.000Z peers warning: Refused a peer";
  const few = new Game().begin();
  const all = new Game(10, true).begin();
  for (const game of [few, all]) {
    game.node(1).events.line(notice);
    game.node(1).events.line(warning);
  }
  assertEquals(few.said, [`node 1 | ${warning}`]);
  assertEquals(all.said, [`node 1 | ${notice}`, `node 1 | ${warning}`]);
});

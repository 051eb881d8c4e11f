/**
 * Keyspace events of random commands of all groups: the messages that a listener gets
 * from redis-server and from us, in order.
 */

import { assert, assertEquals } from "@std/assert";
import {
  hasRedis,
  RespClient,
  sleep,
  startRedis,
  startSubject,
  withServers,
} from "../servers/mod.ts";
import { encodeCommands, type Unit } from "./commands.ts";
import { makePayloads } from "./campaign.ts";
import { EventListener } from "./event_listener.ts";
import { explainEvents } from "./explained_events.ts";
import { SHARED_PARAMETERS } from "./groups/server_group.ts";
import { formatCommand } from "./round.ts";
import { GROUP_NAMES, makeSequence } from "./sequence.ts";

const COMMANDS = Number(Deno.env.get("LANEKV_COMMANDS") ?? 4000);
const ROUND_COMMANDS = 1000;
const SEED = Number(Deno.env.get("LANEKV_SEED") ?? 1);
const DIFFERENCES_MAX = 10;
/** In this time both servers remove what is due. */
const EXPIRY_MS = 250;
const GROUPS = Deno.env.get("LANEKV_GROUPS")?.split(",");

/** Commands about connections, or whose events are drawn by lot. */
const SKIPPED = new Set(["HELLO", "RESET", "QUIT", "CLIENT", "CONFIG"]);

/** One server and its listener. */
interface Side {
  readonly client: RespClient;
  readonly events: EventListener;
}

async function run({ client, events }: Side, unit: Unit): Promise<string[]> {
  const { afterPause = [], commands, pauseMs } = unit;
  await client.exchange(encodeCommands(commands), commands.length);
  if (pauseMs === undefined) return await events.take();
  // Long enough for both to have removed what is due.
  await sleep(pauseMs + EXPIRY_MS);
  await client.exchange(encodeCommands(afterPause), afterPause.length);
  return await events.take();
}

function isExpiry(message: string): boolean {
  return /^__keyevent@\d+__:expired: |: expired$/.test(message);
}

/** Runs one round's units on both sides. */
async function compareRound(
  sides: readonly Side[],
  payloads: readonly string[],
  round: number,
) {
  const groups = GROUP_NAMES.filter((name) =>
    name !== "server" && (GROUPS === undefined || GROUPS.includes(name))
  );
  const units = makeSequence({
    seed: SEED,
    round,
    commandCount: ROUND_COMMANDS,
    groups,
    skipped: SKIPPED,
    payloads,
  });
  // When due keys are removed is each server's own affair.
  const expired = sides.map((): string[] => []);
  const differences: string[] = [];
  for (const unit of units) {
    const [expected, actual] = await Promise.all(sides.map(async (side, at) => {
      const messages = await run(side, unit);
      expired[at]!.push(...messages.filter(isExpiry));
      return messages.filter((message) => !isExpiry(message));
    }));
    const commands = [...unit.commands, ...unit.afterPause ?? []];
    const what = commands.map(formatCommand).join("\n");
    const shown = [actual!, expected!].map((messages) =>
      explainEvents(commands, messages).join("\n    ")
    );
    if (shown[0] === shown[1]) continue;
    differences.push(
      `${what}\n  ours:\n    ${shown[0]}\n  redis:\n    ${shown[1]}`,
    );
    if (differences.length === DIFFERENCES_MAX) break;
  }
  assert(
    differences.length === 0,
    `seed ${SEED}, round ${round}:\n${differences.join("\n")}`,
  );
  await sleep(EXPIRY_MS);
  for (const [at, { events }] of sides.entries()) {
    expired[at]!.push(...(await events.take()).filter(isExpiry));
  }
  assertEquals(expired[1]!.sort(), expired[0]!.sort(), `round ${round}`);
}

Deno.test({
  name: `events of ${COMMANDS} commands are redis-server's`,
  ignore: !hasRedis,
  fn: () =>
    withServers([startRedis(), startSubject()], async (oracle, subject) => {
      using stack = new DisposableStack();
      const sides: Side[] = [];
      const payloads = await makePayloads(oracle.port);
      for (const { port } of [oracle, subject]) {
        const client = stack.use(await RespClient.connect(port));
        for (const [name, value] of Object.entries(SHARED_PARAMETERS)) {
          await client.call("CONFIG", "SET", name, value);
        }
        const events = stack.use(await EventListener.connect(port, "KEAmn"));
        sides.push({ client, events });
      }
      for (let round = 0; round * ROUND_COMMANDS < COMMANDS; round++) {
        for (const { client, events } of sides) {
          await client.call("FLUSHALL");
          await events.take();
        }
        await compareRound(sides, payloads, round);
      }
    }),
});

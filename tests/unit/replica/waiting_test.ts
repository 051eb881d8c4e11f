import { assertEquals } from "@std/assert";
import { Doorbell, DOORBELL_BYTES } from "../../../src/link/mod.ts";
import {
  BlockWhenIdle,
  type DiskWork,
  EventLoopWait,
} from "../../../src/replica/waiting.ts";

const IDLE: DiskWork = { flushing: undefined, background: undefined };
const LONG_MS = 60_000;

function bell(): Doorbell {
  return new Doorbell(new SharedArrayBuffer(DOORBELL_BYTES));
}

/** A sleeper by itself does not keep an event loop alive; a Worker's port does. */
function alive(): Disposable {
  const timer = setInterval(() => {}, LONG_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("BlockWhenIdle.wait() blocks for the timeout when the disk is idle", () => {
  const own = bell();
  assertEquals(new BlockWhenIdle().wait(own, own.ticket(), 1, IDLE), undefined);
});

Deno.test("BlockWhenIdle.wait() does not block behind a ring after the ticket", () => {
  const own = bell();
  const ticket = own.ticket();
  own.ring();
  assertEquals(new BlockWhenIdle().wait(own, ticket, LONG_MS, IDLE), undefined);
});

Deno.test("BlockWhenIdle.wait() waits for a flush alone", async () => {
  using _ = alive();
  const own = bell();
  const flush = Promise.withResolvers<void>();
  const policy = new BlockWhenIdle();
  const waiting = policy.wait(own, own.ticket(), LONG_MS, {
    flushing: flush.promise,
    background: undefined,
  });
  assertEquals(waiting, flush.promise);
  flush.resolve();
  await waiting;
});

Deno.test("BlockWhenIdle.wait() hears the bell in the event loop during a sync", async () => {
  using _ = alive();
  const own = bell();
  const work = { flushing: undefined, background: new Promise<void>(() => {}) };
  const waiting = new BlockWhenIdle().wait(own, own.ticket(), LONG_MS, work);
  own.ring();
  await waiting;
});

Deno.test("BlockWhenIdle.wait() hears every ring after a sync has overtaken it", async () => {
  using _ = alive();
  const own = bell();
  const sync = Promise.withResolvers<void>();
  const policy = new BlockWhenIdle();
  const waiting = policy.wait(own, own.ticket(), LONG_MS, {
    flushing: undefined,
    background: sync.promise,
  });
  sync.resolve();
  await waiting;
  // The bell still has its first sleeper: a second one would take its place.
  const next = policy.wait(own, own.ticket(), LONG_MS, IDLE);
  own.ring();
  await next;
  assertEquals(policy.wait(own, own.ticket(), 1, IDLE), undefined);
});

Deno.test("EventLoopWait.wait() ends with a flush, a sync, a ring or the timeout", async () => {
  using _ = alive();
  const never = new Promise<void>(() => {});
  for (const flushing of [Promise.resolve(), never]) {
    const own = bell();
    const background = flushing === never ? Promise.resolve() : never;
    const policy = new EventLoopWait();
    await policy.wait(own, own.ticket(), LONG_MS, { flushing, background });
    own.ring();
    await policy.wait(own, own.ticket(), LONG_MS, IDLE);
  }
  const own = bell();
  await new EventLoopWait().wait(own, own.ticket(), 1, IDLE);
});

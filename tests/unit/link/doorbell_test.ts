import { assert, assertEquals } from "@std/assert";
import { Doorbell, DOORBELL_BYTES } from "../../../src/link/mod.ts";

/** Far longer than any test; a wait that uses it up was not woken. */
const FOREVER_MS = 60_000;

/** Waits for `promise`; a sleeper on a bell does not keep Deno's loop alive. */
async function alive(promise: Promise<unknown>): Promise<void> {
  const timer = setInterval(() => {}, FOREVER_MS);
  await promise;
  clearInterval(timer);
}

function makeBell() {
  const memory = new SharedArrayBuffer(DOORBELL_BYTES);
  return { bell: new Doorbell(memory), other: new Doorbell(memory) };
}

Deno.test("Doorbell.ticket() changes with every ring alone", () => {
  const { bell, other } = makeBell();
  const ticket = bell.ticket();
  assertEquals(bell.ticket(), ticket);
  other.ring();
  const next = bell.ticket();
  assert(next !== ticket);
  other.ring();
  assert(bell.ticket() !== next && bell.ticket() !== ticket);
});

Deno.test("Doorbell.wait() does not sleep on a ticket that a ring has spent", () => {
  const { bell, other } = makeBell();
  const ticket = bell.ticket();
  other.ring();
  bell.wait(ticket, FOREVER_MS);
});

Deno.test("Doorbell.waitAsync() does not sleep on a ticket that a ring has spent", async () => {
  const { bell, other } = makeBell();
  const ticket = bell.ticket();
  other.ring();
  await bell.waitAsync(ticket, FOREVER_MS);
});

Deno.test("Doorbell.waitAsync() resolves at a ring after the ticket", async () => {
  const { bell, other } = makeBell();
  let isAwake = false;
  const waiting = bell.waitAsync(bell.ticket(), FOREVER_MS)
    .then(() => isAwake = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(isAwake, false, "it sleeps while nobody rings");
  other.ring();
  await alive(waiting);
});

Deno.test("Doorbell.wait() and waitAsync() end by themselves", async () => {
  const { bell } = makeBell();
  bell.wait(bell.ticket(), 1);
  await alive(bell.waitAsync(bell.ticket(), 1));
});

Deno.test("Doorbell.ring() before a ticket is taken wakes nobody later", async () => {
  const { bell, other } = makeBell();
  other.ring();
  let isAwake = false;
  const waiting = bell.waitAsync(bell.ticket(), 20)
    .then(() => isAwake = true);
  await Promise.resolve();
  assertEquals(isAwake, false);
  await alive(waiting);
});

Deno.test("two bells in one thread do not hear each other", async () => {
  const [one, two] = [makeBell(), makeBell()];
  const ticket = one.bell.ticket();
  two.other.ring();
  assertEquals(one.bell.ticket(), ticket);
  one.other.ring();
  await one.bell.waitAsync(ticket, FOREVER_MS);
});

Deno.test("Doorbell.attend() leaves a sleeper asleep until a ring behind rest()", async () => {
  const { bell, other } = makeBell();
  let isAwake = false;
  const waiting = bell.waitAsync(bell.ticket(), FOREVER_MS)
    .then(() => isAwake = true);
  const ticket = bell.ticket();
  bell.attend();
  other.ring();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(isAwake, false);
  bell.rest();
  assert(bell.ticket() !== ticket, "it is seen that somebody rang");
  other.ring();
  await alive(waiting);
});

/**
 * Bits of a command's flags in the core.
 *
 * @module
 */

import type { CommandRow } from "./table/mod.ts";

/** Names and bits, as the generated dispatch exports them. */
export const FLAG_BITS = {
  /** May change keys. */
  CMD_WRITE: 1,
  /** Reads keys. */
  CMD_READ: 2,
  /** Refused at the memory limit. */
  CMD_DENYOOM: 4,
  /** Runs in TypeScript. */
  CMD_HOST: 8,
  /** Takes constant or logarithmic time. */
  CMD_FAST: 16,
  /** Runs before AUTH. */
  CMD_NO_AUTH: 32,
  /** Answered as unknown. */
  CMD_UNSERVED: 64,
  /** Its second word names a subcommand. */
  CMD_CONTAINER: 128,
  /** May wait for a key. */
  CMD_BLOCKING: 256,
  /** Has keys outside of its range of keys. */
  CMD_MOVABLE_KEYS: 512,
  /** Not allowed in scripts. */
  CMD_NOSCRIPT: 1024,
  /** Not allowed inside a transaction. */
  CMD_NO_MULTI: 2048,
  /** Runs for clients that listen in RESP2. */
  CMD_CONFINED: 32768,
  /** Decides how the requests behind it run: none is looked at before. */
  CMD_ALONE: 65536,
  /** Changes no key by its name, but tells others or replicas of something: it waits with the writes. */
  CMD_MAY_REPLICATE: 131072,
  /** For who administers the server: MONITOR does not show it. */
  CMD_ADMIN: 262144,
} as const;

type FlagName = keyof typeof FLAG_BITS;

const BITS_OF_FLAGS: Readonly<Record<string, FlagName>> = {
  admin: "CMD_ADMIN",
  blocking: "CMD_BLOCKING",
  denyoom: "CMD_DENYOOM",
  fast: "CMD_FAST",
  may_replicate: "CMD_MAY_REPLICATE",
  movablekeys: "CMD_MOVABLE_KEYS",
  no_auth: "CMD_NO_AUTH",
  no_multi: "CMD_NO_MULTI",
  noscript: "CMD_NOSCRIPT",
  readonly: "CMD_READ",
  write: "CMD_WRITE",
};

/** Flags of a subcommand in the core that its container has too. */
const INHERITED: readonly string[] = ["write", "readonly", "denyoom"];

/** Commands of clients that listen in RESP2; Redis names them in its code. */
const CONFINED: ReadonlySet<string> = new Set([
  "ping",
  "psubscribe",
  "punsubscribe",
  "quit",
  "reset",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "unsubscribe",
]);

/** Commands that change database or transaction. */
const ALONE: ReadonlySet<string> = new Set([
  "discard",
  "exec",
  "multi",
  "select",
  "unwatch",
  "watch",
]);

/** Redis's flags of `row` and, since a container's name alone says little, of what it holds. */
function flagsOf(row: CommandRow): ReadonlySet<string> {
  const inCore = row.home === "core"
    ? row.subcommands.filter(({ home }) => home === "core")
    : [];
  const inherited = inCore.flatMap(({ flags }) =>
    flags.filter((flag) => INHERITED.includes(flag))
  );
  return new Set([...row.flags, ...inherited]);
}

/** CMD_… bits of `row`. */
export function dispatchFlags(row: CommandRow, isServed: boolean): number {
  let bits = 0;
  for (const flag of flagsOf(row)) {
    const name = BITS_OF_FLAGS[flag];
    if (name !== undefined) bits |= FLAG_BITS[name];
  }
  if (row.home === "host") bits |= FLAG_BITS.CMD_HOST;
  if (CONFINED.has(row.name)) bits |= FLAG_BITS.CMD_CONFINED;
  if (ALONE.has(row.name)) bits |= FLAG_BITS.CMD_ALONE;
  if (!isServed) bits |= FLAG_BITS.CMD_UNSERVED;
  return row.subcommands.length > 0 ? bits | FLAG_BITS.CMD_CONTAINER : bits;
}

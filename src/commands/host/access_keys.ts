/**
 * Keys and channels of a request, for who asks whether its user may touch them.
 *
 * What the command table cannot say of a command's keys is said here. Words that
 * tell no keys have none: the command then answers a syntax error.
 *
 * Source: https://redis.io/docs/management/security/acl/#key-permissions
 *
 * @module
 */

import type { ChannelUse, KeyUse } from "../../acl/mod.ts";
import type { CommandRow } from "../table/mod.ts";
import { findKeys, hasKeys } from "./command_keys.ts";

/** Flags of key specs that stand for changing the value. */
const WRITES: readonly string[] = ["insert", "update", "delete"];

function useOf(at: number, flags: readonly string[]): KeyUse {
  return {
    at,
    reads: flags.includes("access"),
    writes: flags.some((flag) => WRITES.includes(flag)),
  };
}

const READ = ["access"];
const OVERWRITE = ["update"];

type KeyFinder = (words: readonly string[]) => readonly KeyUse[];

/** Words behind each option of SORT that are no options. */
const SORT_VALUES: Readonly<Record<string, number>> = {
  limit: 2,
  get: 1,
  by: 1,
};

function keysOfSort(words: readonly string[]): readonly KeyUse[] {
  let target: KeyUse | undefined;
  for (let at = 2; at < words.length; at++) {
    const option = words[at]!.toLowerCase();
    if (option === "store" && at + 1 < words.length) {
      target = useOf(at + 1, OVERWRITE);
    }
    at += SORT_VALUES[option] ?? 0;
  }
  const source = useOf(1, READ);
  return target === undefined ? [source] : [source, target];
}

function keysOfGeoRadius(words: readonly string[]): readonly KeyUse[] {
  let target: KeyUse | undefined;
  for (let at = 5; at + 1 < words.length; at++) {
    if (!/^store(dist)?$/i.test(words[at]!)) continue;
    target = useOf(++at, OVERWRITE);
  }
  const source = useOf(1, READ);
  return target === undefined ? [source] : [source, target];
}

/** Words behind each option of MIGRATE that are no options. */
const MIGRATE_VALUES: Readonly<Record<string, number>> = { auth: 1, auth2: 2 };

function keysOfMigrate(words: readonly string[]): readonly KeyUse[] {
  const flags = ["access", "delete"];
  for (let at = 6; at < words.length; at++) {
    const option = words[at]!.toLowerCase();
    if (option === "keys" && words[3] === "") {
      return words.slice(at + 1).map((_, index) =>
        useOf(at + 1 + index, flags)
      );
    }
    at += MIGRATE_VALUES[option] ?? 0;
  }
  return [useOf(3, flags)];
}

/** Commands whose specs leave keys out. */
const FINDERS: Readonly<Record<string, KeyFinder>> = {
  georadius: keysOfGeoRadius,
  georadiusbymember: keysOfGeoRadius,
  migrate: keysOfMigrate,
  sort: keysOfSort,
  sort_ro: () => [useOf(1, READ)],
};

/** Whether the keys of `row` are known as far as its words tell them. */
export function hasKnownKeys(row: CommandRow): boolean {
  const isIncomplete = row.keySpecs.some(({ begin, find, flags }) =>
    flags.includes("incomplete") || begin.kind === "unknown" ||
    find.kind === "unknown"
  );
  return !isIncomplete || row.name in FINDERS;
}

/** Keys of a request of `row` and what it does to them; words hold one character a byte. */
export function keyUses(
  row: CommandRow,
  words: readonly string[],
): readonly KeyUse[] {
  const finder = FINDERS[row.name];
  if (finder !== undefined) return finder(words);
  if (!hasKeys(row)) return [];
  return (findKeys(row, words) ?? []).map(({ index, flags }) =>
    useOf(index, flags)
  );
}

// -- Channels --

/** Commands that name channels: whether these are patterns, and whether all words are. */
const CHANNELS: Readonly<
  Record<string, { readonly isPattern: boolean; readonly isList: boolean }>
> = {
  psubscribe: { isPattern: true, isList: true },
  publish: { isPattern: false, isList: false },
  spublish: { isPattern: false, isList: false },
  ssubscribe: { isPattern: false, isList: true },
  subscribe: { isPattern: false, isList: true },
};

/** Channels that a request of `row` with `length` words listens to or publishes in. */
export function channelUses(
  row: CommandRow,
  length: number,
): readonly ChannelUse[] {
  const found = CHANNELS[row.name];
  if (found === undefined) return [];
  const { isPattern, isList } = found;
  return Array.from(
    { length: isList ? length - 1 : 1 },
    (_, index) => ({ at: index + 1, isPattern }),
  );
}

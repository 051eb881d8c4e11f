/**
 * Whether a user may run a request.
 *
 * @module
 */

import { globMatches } from "../base/mod.ts";
import type { KnownCommand } from "./catalog.ts";
import type { Selector } from "./selector.ts";
import type { User } from "./user.ts";

/** A key of a request, and what the command does with its value. */
export interface KeyUse {
  /** Place among the words. */
  readonly at: number;
  /** Whether the value comes to light. */
  readonly reads: boolean;
  /** Whether it may be changed or removed. */
  readonly writes: boolean;
}

/** A channel of a request. */
export interface ChannelUse {
  /** Place among the words. */
  readonly at: number;
  /** Whether it is a pattern, which must be allowed as it stands. */
  readonly isPattern: boolean;
}

/** A request to be checked. What it touches is asked only where it matters. */
export interface AccessRequest {
  /** What it runs. */
  readonly command: KnownCommand;
  /** Its number of words. */
  readonly length: number;
  /** Word `at`, one character a byte. */
  word(at: number): string;
  /** Its keys. */
  keys(): readonly KeyUse[];
  /** Channels that it listens to or publishes in. */
  channels(): readonly ChannelUse[];
}

/** What a user lacks, in the order in which a worse lack is told before others. */
const LACKS = ["command", "key", "channel"] as const;

/** Why a request is denied, and the word that is to blame. */
export interface Denial {
  /** What the user may not use. */
  readonly lack: (typeof LACKS)[number];
  /** Place of the key or channel among the words; 0 for a command. */
  readonly at: number;
}

function allowsCommand(selector: Selector, request: AccessRequest): boolean {
  const { command } = request;
  if (command.isOpen || selector.allows(command)) return true;
  if (request.length < 2) return false;
  const words = selector.firstArguments(command);
  if (words.length === 0) return false;
  const given = request.word(1).toLowerCase();
  return words.some((word) => word.toLowerCase() === given);
}

function allowsKey(selector: Selector, key: string, use: KeyUse): boolean {
  return selector.keyPatterns.some(({ pattern, reads, writes }) =>
    (reads || !use.reads) && (writes || !use.writes) &&
    globMatches(pattern, key)
  );
}

function allowsChannel(
  selector: Selector,
  channel: string,
  { isPattern }: ChannelUse,
): boolean {
  return selector.channelPatterns.some((pattern) =>
    isPattern ? pattern === channel : globMatches(pattern, channel)
  );
}

function checkSelector(
  selector: Selector,
  request: AccessRequest,
): Denial | undefined {
  if (!allowsCommand(selector, request)) return { lack: "command", at: 0 };
  if (!selector.hasAllKeys) {
    const denied = request.keys().find((use) =>
      !allowsKey(selector, request.word(use.at), use)
    );
    if (denied !== undefined) return { lack: "key", at: denied.at };
  }
  if (selector.hasAllChannels) return undefined;
  const denied = request.channels().find((use) =>
    !allowsChannel(selector, request.word(use.at), use)
  );
  return denied === undefined ? undefined : { lack: "channel", at: denied.at };
}

/** Whether `next` tells more of what is lacking than `before`. */
function isMoreTelling(next: Denial, before: Denial): boolean {
  const [rank, rankBefore] = [next, before].map(({ lack }) =>
    LACKS.indexOf(lack)
  );
  return rank! > rankBefore! || (rank === rankBefore && next.at > before.at);
}

/**
 * Why `user` may not run the request; `undefined`: they may. Of several selectors
 * the one that comes furthest says why.
 */
export function checkAccess(
  user: User,
  request: AccessRequest,
): Denial | undefined {
  let worst: Denial = { lack: "command", at: 0 };
  for (const selector of user.selectors) {
    const denial = checkSelector(selector, request);
    if (denial === undefined) return undefined;
    if (isMoreTelling(denial, worst)) worst = denial;
  }
  return worst;
}

/**
 * Whether `user` may run the command, with each of its subcommands, whatever the words
 * of the request; `namesData`: these may be keys and channels.
 */
export function allowsAlways(
  user: User,
  command: KnownCommand,
  namesData: boolean,
): boolean {
  return user.selectors.some((selector) => {
    if (namesData && !(selector.hasAllKeys && selector.hasAllChannels)) {
      return false;
    }
    return (command.isOpen || selector.allows(command)) &&
      command.subcommands.every((sub) => selector.allows(sub));
  });
}

/** Whether a selector of `user` allows the request and reading any other key beside. */
export function mayReadAnyKey(user: User, request: AccessRequest): boolean {
  return user.selectors.some((selector) => {
    if (checkSelector(selector, request) !== undefined) return false;
    return selector.hasAllKeys ||
      selector.keyPatterns.some(({ pattern, reads }) =>
        reads && pattern === "*"
      );
  });
}

/** Whether each of the channels, patterns if `isPattern`, is allowed by one selector of `user`. */
export function allowsChannels(
  user: User,
  channels: Iterable<string>,
  isPattern: boolean,
): boolean {
  for (const channel of channels) {
    const isAllowed = user.selectors.some((selector) =>
      selector.hasAllChannels ||
      allowsChannel(selector, channel, { at: 0, isPattern })
    );
    if (!isAllowed) return false;
  }
  return true;
}

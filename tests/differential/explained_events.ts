/**
 * Differences between our keyspace events and redis-server's that must stay, with the
 * reason of each.
 *
 * @module
 */

import type { Command } from "./commands.ts";

/** A difference that has a reason. */
interface ExplainedEvents {
  /** Why it must stay. */
  readonly reason: string;
  /** Whether it may show in a command. */
  readonly isIn: (args: readonly string[]) => boolean;
  /** The messages that may differ. */
  readonly messages: RegExp;
  /** Whether they must come all the same, in any order. */
  readonly isOrderAlone?: boolean;
}

const EXPLAINED: readonly ExplainedEvents[] = [
  {
    reason: "LPOS refuses this rank before it looks at the key, as from 7.2 on",
    isIn: (args) =>
      /^lpos$/i.test(args[0]!) && args.includes("-9223372036854775808"),
    messages: /keymiss/,
  },
  {
    reason:
      "SORT looks patterns up in the order of a set's elements, or hash's",
    isIn: (args) => /^sort(_ro)?$/i.test(args[0]!),
    messages: /keymiss/,
    isOrderAlone: true,
  },
];

/** The messages of `commands` without what may differ. */
export function explainEvents(
  commands: readonly Command[],
  messages: readonly string[],
): readonly string[] {
  const explained = EXPLAINED.filter(({ isIn }) =>
    commands.some(({ args }) => isIn(args))
  );
  const isOf = (message: string, isOrderAlone: boolean) =>
    explained.some((one) =>
      one.messages.test(message) && (one.isOrderAlone ?? false) === isOrderAlone
    );
  const kept = messages.filter((message) => !isOf(message, false));
  return [
    ...kept.filter((message) => !isOf(message, true)),
    ...kept.filter((message) => isOf(message, true)).sort(),
  ];
}

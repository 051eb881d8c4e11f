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
}

const EXPLAINED: readonly ExplainedEvents[] = [
  {
    reason: "LPOS refuses this rank before it looks at the key, as from 7.2 on",
    isIn: (args) =>
      /^lpos$/i.test(args[0]!) && args.includes("-9223372036854775808"),
    messages: /keymiss/,
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
  return messages.filter((message) =>
    !explained.some(({ messages }) => messages.test(message))
  );
}

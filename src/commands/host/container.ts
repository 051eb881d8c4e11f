/**
 * Commands that hold subcommands: which one is meant, whether it has enough
 * words, and HELP, all from the command table.
 *
 * @module
 */

import { assert, byteText } from "../../base/mod.ts";
import {
  array,
  type Reply,
  status,
  subscribedContext,
  unknownSubcommand,
  wrongArity,
} from "../../resp/mod.ts";
import {
  type CommandRow,
  findRow,
  formatSyntax,
  isServed,
} from "../table/mod.ts";
import { type HostCall, type HostCommand, lower, word } from "./context.ts";

/** Whether a request of `words` words meets `arity`; negative = at least. */
export function meetsArity(arity: number, words: number): boolean {
  return arity >= 0 ? words === arity : words >= -arity;
}

/** What HELP prints for one subcommand: how it is written, then what it does. */
export type HelpEntry = readonly [usage: string, ...explanation: string[]];

/** A HELP reply. HELP itself comes last. */
export function helpReply(
  container: string,
  entries: readonly HelpEntry[],
): Reply {
  const title = `${container.toUpperCase()} ` +
    "<subcommand> [<arg> [value] [opt] ...]. Subcommands are:";
  const lines = [...entries, ["HELP", "Print this help."] as const].flatMap((
    [usage, ...explanation],
  ) => [usage, ...explanation.map((line) => `    ${line}`)]);
  return array([title, ...lines].map(status));
}

function helpEntry({ name, summary, syntax }: CommandRow): HelpEntry {
  const subcommand = name.slice(name.indexOf("|") + 1).toUpperCase();
  return [`${subcommand} ${formatSyntax(syntax)}`.trimEnd(), `${summary}.`];
}

/** HELP of a container, from the rows of its subcommands that are served. */
function helpOf(row: CommandRow): Reply {
  const rows = row.subcommands.filter((subcommand) =>
    isServed(subcommand) && subcommand.name !== `${row.name}|help`
  );
  return helpReply(row.name, rows.map(helpEntry));
}

/**
 * The refusal of a container's subcommand to a client that listens in RESP2, and
 * the name of what is refused; `undefined`: `words` call no container.
 */
export function refuseSubcommand(
  words: readonly Uint8Array[],
): { readonly name: string; readonly reply: Reply } | undefined {
  const [container, given = ""] = words.map(byteText);
  const name = container!.toLowerCase();
  const row = findRow(name);
  if (row === undefined || row.subcommands.length === 0) return undefined;
  const fullName = `${name}|${given.toLowerCase()}`;
  const meant = findRow(fullName);
  if (meant === undefined || !isServed(meant)) {
    return { name, reply: unknownSubcommand(given, name) };
  }
  const reply = meetsArity(meant.arity, words.length)
    ? subscribedContext(fullName)
    : wrongArity(fullName);
  return { name: fullName, reply };
}

/**
 * The command `name` that calls one of `subcommands`. There is a row for each,
 * and one of them for each row of the host; HELP is made from the rows. `refusal` says
 * why none of them runs now, if so.
 */
export function container(
  name: string,
  subcommands: Readonly<Record<string, HostCommand>>,
  refusal: (call: HostCall) => Reply | undefined = () => undefined,
): HostCommand {
  const row = findRow(name);
  assert(row !== undefined, `"${name}" is in the command table`);
  const runs = new Map<string, HostCommand>([["help", () => helpOf(row)]]);
  for (const [word, run] of Object.entries(subcommands)) runs.set(word, run);
  const wanted = row.subcommands.filter(({ home }) => home === "host");
  assert(
    wanted.length === runs.size &&
      wanted.every((row) => runs.has(row.name.slice(name.length + 1))),
    `every subcommand of "${name}" has a row and a function`,
  );
  return (call) => {
    const given = lower(call, 1);
    const run = runs.get(given);
    if (run === undefined) return unknownSubcommand(word(call, 1), name);
    const fullName = `${name}|${given}`;
    call.client.lastCommand = fullName;
    if (!meetsArity(findRow(fullName)!.arity, call.words.length)) {
      return wrongArity(fullName);
    }
    return refusal(call) ?? run(call);
  };
}

/**
 * What the differential test sends: commands with the way their replies are
 * compared, in units that are kept or dropped together.
 *
 * Arguments are strings of code points 0..255, one a byte, so that a failing
 * sequence prints and repeats as it is.
 *
 * @module
 */

import { fromLatin1 } from "../servers/mod.ts";

/** How two replies must agree when neither is an error. */
export type Comparison =
  /** Byte for byte. */
  | "exact"
  /** The same elements in any order. */
  | "unordered"
  /** The same pairs of two elements in any order. */
  | "pairs"
  /** A cursor of 0 both, and the same elements (or pairs) in any order. */
  | "scan"
  | "scan-pairs"
  /** Non-negative integers may differ by a little; negative ones not. */
  | "seconds"
  | "milliseconds"
  /** The same type byte. */
  | "kind"
  /** The same, with the reply just before at hand for `explained.ts`. */
  | "seconds-after-previous"
  | "kind-after-previous"
  /** Equal but for stream ids and their length. */
  | "ids"
  /** Equal but for clocks and the shape of trees: see `group_agreement.ts`. */
  | "group-facts"
  /** TIME: the seconds agree within a few. */
  | "clock"
  /** HRANDFIELD: as many, all out of the reply of HGETALL just before. */
  | "fields-of-previous"
  /** SRANDMEMBER, SPOP: as many, all out of the reply of SMEMBERS just before. */
  | "members-of-previous"
  /** COMMAND INFO, DOCS and LIST: see `command_agreement.ts`. */
  | "command-rows"
  | "command-documents"
  | "command-names"
  /** RANDOMKEY: null both, or out of the reply of KEYS just before. */
  | "member-of-previous";

/** One command of a sequence. */
export interface Command {
  /** Name and arguments, one code point a byte. */
  readonly args: readonly string[];
  /** How its replies are compared. */
  readonly comparison: Comparison;
  /** Sent as an inline command instead of a RESP array. */
  readonly isInline?: boolean;
}

/** Commands that belong together: minimising keeps all or none. */
export interface Unit {
  /** At least one. */
  readonly commands: readonly Command[];
  /** Wait after these, so that short expiries are over on both servers. */
  readonly pauseMs?: number;
  /** Sent after the pause. */
  readonly afterPause?: readonly Command[];
}

/** A command compared byte for byte. */
export function exact(...args: readonly string[]): Command {
  return { args, comparison: "exact" };
}

/** A unit of one command, byte for byte if not said otherwise. */
export function unit(
  args: readonly string[],
  comparison: Comparison = "exact",
): Unit {
  return { commands: [{ args, comparison }] };
}

/** The bytes that ask for `commands`, one after the other. */
export function encodeCommands(
  commands: readonly Command[],
): Uint8Array<ArrayBuffer> {
  let text = "";
  for (const { args, isInline } of commands) {
    if (isInline) {
      text += `${args.join(" ")}\r\n`;
      continue;
    }
    text += `*${args.length}\r\n`;
    for (const argument of args) {
      text += `$${argument.length}\r\n${argument}\r\n`;
    }
  }
  return fromLatin1(text);
}

/** Whether the command can be sent inline without quoting. */
export function fitsInline(args: readonly string[]): boolean {
  return args.every((argument) =>
    /^[\w.:*+\-\[\](){}|/?!@%&]+$/.test(argument)
  );
}

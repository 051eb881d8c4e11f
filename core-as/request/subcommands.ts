// === Words of containers: what is refused, as Redis tells it ===

import { argumentAt, argumentLength } from "./parser";
import { beginError, emitText, emitUpToNul, endError } from "./reply";

/** Longest subcommand that an error shows. */
const SHOWN_MAX: u32 = 128;

function emitTried(container: string): void {
  emitUpToNul(argumentAt(1), min(argumentLength(1), SHOWN_MAX));
  emitText("'. Try ");
  emitText(container);
  emitText(" HELP.");
  endError();
}

/** Answers that `container` (upper case) has no subcommand like argument 1. */
export function replyUnknownSubcommand(container: string): void {
  beginError();
  emitText("ERR unknown subcommand '");
  emitTried(container);
}

/** Answers that the words behind a subcommand of `container` make no sense; always false. */
export function refuseSubcommand(container: string): bool {
  beginError();
  emitText("ERR unknown subcommand or wrong number of arguments for '");
  emitTried(container);
  return false;
}

/** Answers that a subcommand, named `container|subcommand`, has too few words or too many. */
export function replyWrongSubcommandArity(name: string): void {
  beginError();
  emitText("ERR wrong number of arguments for '");
  emitText(name);
  emitText("' command");
  endError();
}

/**
 * Redis's texts for errors that host commands answer.
 *
 * @module
 */

import { error, type Reply } from "../../resp/mod.ts";

/** Wrong options. */
export const SYNTAX: Reply = error("ERR syntax error");

/** Not a whole number. */
export const NOT_INTEGER: Reply = error(
  "ERR value is not an integer or out of range",
);

/** HELLO with a version other than 2 and 3. */
export const NOPROTO: Reply = error("NOPROTO unsupported protocol version");

/** AUTH with a wrong name or password. */
export const WRONGPASS: Reply = error(
  "WRONGPASS invalid username-password pair or user is disabled.",
);

/** AUTH with one word when no password is set. */
export const NO_PASSWORD: Reply = error(
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);

/** HELLO before AUTH. */
export const HELLO_NOAUTH: Reply = error(
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
);

/** Too few or many arguments; `name` has a `|` before a subcommand. */
export function wrongArity(name: string): Reply {
  return error(`ERR wrong number of arguments for '${name}' command`);
}

/** A container was given a subcommand it does not have. */
export function unknownSubcommand(name: string, container: string): Reply {
  const shown = name.slice(0, 128).replaceAll(/[\r\n]/g, " ");
  return error(
    `ERR unknown subcommand '${shown}'. Try ${container.toUpperCase()} HELP.`,
  );
}

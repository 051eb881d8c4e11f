/**
 * Errors that host commands answer, with the exact texts of Redis 7.
 *
 * The first word is the code that clients look at; programs compare whole texts,
 * so none may change. What the core answers itself is in `core-as`.
 *
 * @module
 */

import { error, type Reply } from "./reply.ts";

/** Bytes of a name or of all arguments that an error shows. */
const SHOWN_BYTES_MAX = 128;

/** `text` as C prints it: up to a zero byte, at most `bytesMax` of it. */
function shown(text: string, bytesMax: number): string {
  const end = text.indexOf("\0");
  return text.slice(0, Math.min(end < 0 ? text.length : end, bytesMax));
}

// -- Words of a request --

/** A word that the command does not expect. */
export const SYNTAX: Reply = error("ERR syntax error");

/** A key that should be there. */
export const NO_SUCH_KEY: Reply = error("ERR no such key");

/** A time that is no whole number of milliseconds. */
export const TIMEOUT_NOT_INTEGER: Reply = error(
  "ERR timeout is not an integer or out of range",
);

/** A time below zero. */
export const TIMEOUT_NEGATIVE: Reply = error("ERR timeout is negative");

/** A time that ends too late for 64 bits. */
export const TIMEOUT_OUT_OF_RANGE: Reply = error(
  "ERR timeout is out of range",
);

/** CLIENT PAUSE knows two kinds. */
export const PAUSE_MODE: Reply = error(
  "ERR CLIENT PAUSE mode must be WRITE or ALL",
);

/** No memory left for what was asked. */
export const OOM: Reply = error(
  "OOM command not allowed when used memory > 'maxmemory'.",
);

/** No memory left for further subscriptions. */
export const SUBSCRIPTIONS_FULL: Reply = error(
  "OOM command not allowed: subscriptions are at their limit",
);

/** A transaction may subscribe to channels and patterns, not to these. */
export const SHARD_IN_EXEC: Reply = error(
  "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
);

/** In RESP2 a connection that listens can do little else; `name` as in {@linkcode wrongArity}. */
export function subscribedContext(name: string): Reply {
  return error(
    `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / ` +
      "PING / QUIT / RESET are allowed in this context",
  );
}

/** CLIENT UNBLOCK knows two reasons. */
export const UNBLOCK_REASON: Reply = error(
  "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR",
);

/** Not a whole number of 64 bits. */
export const NOT_INTEGER: Reply = error(
  "ERR value is not an integer or out of range",
);

/** A negative number where none may be. */
export const NOT_POSITIVE: Reply = error(
  "ERR value is out of range, must be positive",
);

/** Too few or many words; `name` is lower case, `container|subcommand` for a subcommand. */
export function wrongArity(name: string): Reply {
  return error(`ERR wrong number of arguments for '${name}' command`);
}

/** A command that may not stand between MULTI and EXEC. */
export const NO_MULTI = error("ERR Command not allowed inside a transaction");

/** As {@linkcode unknownSubcommand}, where a wrong number of words has the same error. */
export function unknownSubcommandOrArity(
  name: string,
  container: string,
): Reply {
  const subcommand = shown(name, SHOWN_BYTES_MAX);
  return error(
    "ERR unknown subcommand or wrong number of arguments for " +
      `'${subcommand}'. Try ${container.toUpperCase()} HELP.`,
  );
}

/** The container has no subcommand of that name, as the client wrote it. */
export function unknownSubcommand(name: string, container: string): Reply {
  const subcommand = shown(name, SHOWN_BYTES_MAX);
  return error(
    `ERR unknown subcommand '${subcommand}'. Try ${container.toUpperCase()} HELP.`,
  );
}

// -- Who may talk --

/** HELLO before AUTH. */
export const HELLO_NOAUTH: Reply = error(
  "NOAUTH HELLO must be called with the client already authenticated, " +
    "otherwise the HELLO <proto> AUTH <user> <pass> option can be used to " +
    "authenticate the client and select the RESP protocol version at the " +
    "same time",
);

/** A wrong name or password. */
export const WRONGPASS: Reply = error(
  "WRONGPASS invalid username-password pair or user is disabled.",
);

/** AUTH with one word when no password is set. */
export const NO_PASSWORD: Reply = error(
  "ERR AUTH <password> called without any password configured for the " +
    "default user. Are you sure your configuration is correct?",
);

/** HELLO with a version other than 2 and 3. */
export const NOPROTO: Reply = error("NOPROTO unsupported protocol version");

/** HELLO with something else than a version. */
export const PROTOCOL_NOT_INTEGER: Reply = error(
  "ERR Protocol version is not an integer or out of range",
);

/** HELLO with an option it does not know, or one without its values. */
export function helloOption(option: string): Reply {
  return error(
    `ERR Syntax error in HELLO option '${shown(option, option.length)}'`,
  );
}

// -- Clients --

/** A name with a space or an unprintable character. */
export const CLIENT_NAME: Reply = error(
  "ERR Client names cannot contain spaces, newlines or special characters.",
);

/** CLIENT SETINFO with such a value; `attribute` is `lib-name` or `lib-ver`. */
export function clientInfoValue(attribute: string): Reply {
  return error(
    `ERR ${attribute} cannot contain spaces, newlines or special characters.`,
  );
}

/** CLIENT SETINFO of something else. */
export function unknownOption(option: string): Reply {
  return error(`ERR Unrecognized option '${shown(option, option.length)}'`);
}

/** A kind of client that there is not. */
export function unknownClientType(type: string): Reply {
  return error(`ERR Unknown client type '${shown(type, type.length)}'`);
}

/** CLIENT LIST ID with no number. */
export const CLIENT_ID: Reply = error("ERR Invalid client ID");

/** CLIENT KILL ID with no number. */
export const CLIENT_ID_POSITIVE: Reply = error(
  "ERR client-id should be greater than 0",
);

/** CLIENT KILL of an address that nobody has. */
export const NO_SUCH_CLIENT: Reply = error("ERR No such client");

/** A user that there is not. */
export function noSuchUser(user: string): Reply {
  return error(`ERR No such user '${shown(user, user.length)}'`);
}

// -- The server --

/** SAVE or BGSAVE while a snapshot is taken. */
export const SAVE_IN_PROGRESS: Reply = error(
  "ERR Background save already in progress",
);

/** SHUTDOWN ABORT without a SHUTDOWN. */
export const NO_SHUTDOWN: Reply = error("ERR No shutdown in progress.");

/** CONFIG REWRITE: parameters come from flags. */
export const NO_CONFIG_FILE: Reply = error(
  "ERR The server is running without a config file",
);

/** DEBUG RELOAD with another word than these. */
export const RELOAD_OPTIONS: Reply = error(
  "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
);

// -- COMMAND GETKEYS --

/** No such command, or none that is served. */
export const GETKEYS_UNKNOWN: Reply = error("ERR Invalid command specified");

/** It never has keys. */
export const GETKEYS_NO_KEYS: Reply = error(
  "ERR The command has no key arguments",
);

/** It has too few or many words. */
export const GETKEYS_ARITY: Reply = error(
  "ERR Invalid number of arguments specified for command",
);

/** Its words do not tell where its keys are. */
export const GETKEYS_ARGUMENTS: Reply = error(
  "ERR Invalid arguments specified for command",
);

// -- ACL, SLOWLOG, LATENCY --

/** ACL CAT of a category that there is not. */
export function unknownCategory(category: string): Reply {
  return error(`ERR Unknown category '${shown(category, SHOWN_BYTES_MAX)}'`);
}

/** ACL GENPASS with too few or many bits. */
export const GENPASS_BITS: Reply = error(
  "ERR ACL GENPASS argument must be the number of bits for the output " +
    "password, a positive number up to 4096",
);

/** SLOWLOG GET of no number. */
export const SLOWLOG_COUNT: Reply = error(
  "ERR count should be greater than or equal to -1",
);

/** LATENCY GRAPH of an event that did not happen. */
export function noSamples(event: string): Reply {
  return error(
    `ERR No samples available for event '${shown(event, event.length)}'`,
  );
}

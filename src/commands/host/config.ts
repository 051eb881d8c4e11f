/**
 * CONFIG and its subcommands.
 *
 * Source: https://redis.io/commands/config/
 *
 * @module
 */

import {
  array,
  bulk,
  error,
  map,
  OK,
  type Reply,
  status,
} from "../../resp/mod.ts";
import { meetsArity } from "./client.ts";
import { type HostCall, type HostReply, lower, word } from "./context.ts";
import { SYNTAX, unknownSubcommand, wrongArity } from "./errors.ts";
import { globPattern } from "./glob.ts";

function get(call: HostCall): Reply {
  const patterns = call.words.slice(2).map((_, at) =>
    globPattern(lower(call, at + 2))
  );
  const rows = call.server.parameters.select((name) =>
    patterns.some((pattern) => pattern.test(name))
  );
  return map(rows.map(([name, value]) => [bulk(name), bulk(value)]));
}

function set(call: HostCall): Reply {
  if (call.words.length % 2 !== 0) return SYNTAX;
  const pairs: [string, string][] = [];
  for (let at = 2; at < call.words.length; at += 2) {
    pairs.push([word(call, at), word(call, at + 1)]);
  }
  const problem = call.server.parameters.set(pairs);
  return problem === undefined ? OK : error(`ERR ${problem.text}`);
}

const HELP = [
  "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
  "GET <pattern> ... | SET <parameter> <value> ...",
  "RESETSTAT | REWRITE",
  "HELP",
];

const SUBCOMMANDS: Readonly<
  Record<
    string,
    { readonly arity: number; readonly run: (call: HostCall) => Reply }
  >
> = {
  get: { arity: -3, run: get },
  help: { arity: 2, run: () => array(HELP.map(status)) },
  resetstat: {
    arity: 2,
    run: ({ server }) => {
      server.resetStatistics();
      return OK;
    },
  },
  rewrite: {
    arity: 2,
    run: () => error("ERR The server is running without a config file"),
  },
  set: { arity: -4, run: set },
};

/** `CONFIG subcommand [argument ...]` */
export function config(call: HostCall): HostReply {
  const name = lower(call, 1);
  const subcommand = Object.hasOwn(SUBCOMMANDS, name)
    ? SUBCOMMANDS[name]
    : undefined;
  if (subcommand === undefined) {
    return unknownSubcommand(word(call, 1), "config");
  }
  if (!meetsArity(subcommand.arity, call.words.length)) {
    return wrongArity(`config|${name}`);
  }
  return subcommand.run(call);
}

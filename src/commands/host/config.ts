/**
 * CONFIG and its subcommands.
 *
 * Source: https://redis.io/commands/config/
 *
 * @module
 */

import { globMatchesAnyCase } from "../../base/mod.ts";
import {
  bulk,
  error,
  map,
  NO_CONFIG_FILE,
  OK,
  type Reply,
  SYNTAX,
} from "../../resp/mod.ts";
import { container } from "./container.ts";
import { type HostCall, texts } from "./context.ts";

/** `CONFIG GET pattern [pattern ...]` */
function get(call: HostCall): Reply {
  const patterns = texts(call).slice(2);
  const values = call.server.parameters.select((name) =>
    patterns.some((pattern) => globMatchesAnyCase(pattern, name))
  );
  return map(values.map(([name, value]) => [bulk(name), bulk(value)]));
}

/** `CONFIG SET parameter value [parameter value ...]`: all or none. */
function set(call: HostCall): Reply {
  const words = texts(call);
  if (words.length % 2 !== 0) return SYNTAX;
  const pairs: [string, string][] = [];
  for (let at = 2; at < words.length; at += 2) {
    pairs.push([words[at]!, words[at + 1]!]);
  }
  const problem = call.server.parameters.set(pairs);
  return problem === undefined ? OK : error(`ERR ${problem.text}`);
}

/** `CONFIG subcommand [argument ...]` */
export const config = container("config", {
  get,
  resetstat: ({ server }) => {
    server.resetStatistics();
    return OK;
  },
  // Parameters come from flags and the environment: there is no file to write.
  rewrite: () => NO_CONFIG_FILE,
  set,
});

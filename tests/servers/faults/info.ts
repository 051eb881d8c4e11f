/**
 * `src/commands/host/info.ts` with a `LOLWUT` that breaks: `faults_test.ts` puts it
 * in that file's place by an import map.
 *
 * @module
 */

import type {
  HostCall,
  HostReply,
} from "../../../src/commands/host/context.ts";
import { OK } from "../../../src/resp/mod.ts";

export * from "../../../src/commands/host/info.ts";

/** `LOLWUT VERSION word`: breaks at the time that the word says. */
export function lolwut(call: HostCall): HostReply {
  switch (new TextDecoder().decode(call.words[2])) {
    case "now":
      throw new TypeError("injected at once");
    case "later":
      return {
        kind: "later",
        reply: Promise.reject(new TypeError("injected later")),
      };
    case "afterwards":
      setTimeout(() => {
        throw new TypeError("injected afterwards");
      }, 1);
      return OK;
    default:
      return OK;
  }
}

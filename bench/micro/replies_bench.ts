/**
 * Bytes of the replies that the host makes, from values.
 *
 * @module
 */

import {
  array,
  bulk,
  encodeReply,
  error,
  integer,
  map,
  OK,
  type Reply,
  verbatim,
} from "../../src/resp/mod.ts";

const INFO_BYTES = 6000;
const COMMANDS = 240;

const hello = map([
  [bulk("server"), bulk("redis")],
  [bulk("version"), bulk("7.2.0")],
  [bulk("proto"), integer(3)],
  [bulk("id"), integer(7)],
  [bulk("mode"), bulk("standalone")],
  [bulk("role"), bulk("master")],
  [bulk("modules"), array([])],
]);

const commands = array(
  Array.from({ length: COMMANDS }, (_, index) =>
    array([
      bulk(`command${index}`),
      integer(-3),
      array([bulk("write"), bulk("denyoom"), bulk("fast")]),
      integer(1),
      integer(1),
      integer(1),
    ])),
);

const REPLIES: Readonly<Record<string, Reply>> = {
  "OK": OK,
  "an error": error("ERR unknown subcommand 'x'. Try CLIENT HELP."),
  "HELLO": hello,
  "INFO, 6,000 bytes of text": verbatim("x".repeat(INFO_BYTES)),
  "COMMAND, 240 rows": commands,
};

for (const [name, reply] of Object.entries(REPLIES)) {
  for (const protocol of [2, 3] as const) {
    Deno.bench({
      name: `${name}, RESP${protocol}`,
      group: `reply, ${name}`,
      baseline: protocol === 2,
      fn: () => void encodeReply(reply, protocol),
    });
  }
}

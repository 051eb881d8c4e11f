/**
 * Waiting until other members of the group have a client's writes: WAIT, WAITAOF.
 *
 * Sources: https://redis.io/commands/wait/, https://redis.io/commands/waitaof/
 *
 * @module
 */

import {
  array,
  CLIENT_UNBLOCKED,
  integer,
  NOT_INTEGER,
  NOT_POSITIVE,
  type Reply,
  STATE_CHANGED,
  TIMEOUT_NEGATIVE,
  TIMEOUT_NOT_INTEGER,
  TIMEOUT_OUT_OF_RANGE,
  WAIT_ON_REPLICA,
  WAITAOF_NUMLOCAL,
  WAITAOF_ON_REPLICA,
} from "../../resp/mod.ts";
import { isLeading } from "./cluster/mod.ts";
import { type HostCall, type HostReply, word } from "./context.ts";
import { parseInteger } from "./integers.ts";

/** Who has the log up to some index. */
export interface Holders {
  /** Whether this node has. */
  readonly own: boolean;
  /** How many others have. */
  readonly others: number;
}

/** How waiting for holders has ended: with those there are, by CLIENT UNBLOCK, or with the lead. */
export type HoldersOutcome = Holders | "unblocked" | "demoted";

/** A wait for holders. */
export interface HoldersWait {
  /** How it ends. */
  readonly outcome: Promise<HoldersOutcome>;
  /** Ends it early. */
  end(how: "timeout" | "error" | "gone"): void;
}

/** Longest time: what it ends at fits into 64 bits. */
const INT64_MAX = 2n ** 63n - 1n;

/** The time in word `index` in milliseconds, 0 = for ever; or the error. */
function readTimeout(call: HostCall, index: number): number | Reply {
  const value = parseInteger(word(call, index));
  if (value === undefined) return TIMEOUT_NOT_INTEGER;
  if (value < 0n) return TIMEOUT_NEGATIVE;
  const isTooLong = value > INT64_MAX - BigInt(call.server.wallMs());
  return isTooLong ? TIMEOUT_OUT_OF_RANGE : Number(value);
}

/** Waits for at most `ms` until the client's writes have enough holders; `show` is the reply. */
function whenHeld(
  { client, server, session }: HostCall,
  isEnough: (holders: Holders) => boolean,
  ms: number,
  show: (holders: Holders) => Reply,
): HostReply {
  const index = server.writtenIndex(client);
  const holders = server.holders(index);
  // A transaction does not wait.
  const isOver = isEnough(holders) || session.queuedCount >= 0;
  if (isOver) return show(holders);
  const wait = server.waitForHolders(index, isEnough, ms);
  const reply = wait.outcome.then((outcome) => {
    if (outcome === "unblocked") return CLIENT_UNBLOCKED;
    return outcome === "demoted" ? STATE_CHANGED : show(outcome);
  });
  return { kind: "later", reply, end: (how) => wait.end(how) };
}

/** `WAIT numreplicas timeout` */
export function wait(call: HostCall): HostReply {
  if (!isLeading(call.server.cluster)) return WAIT_ON_REPLICA;
  const wanted = parseInteger(word(call, 1));
  if (wanted === undefined) return NOT_INTEGER;
  const ms = readTimeout(call, 2);
  if (typeof ms !== "number") return ms;
  return whenHeld(
    call,
    ({ others }) => others >= wanted,
    ms,
    ({ others }) => integer(others),
  );
}

/** `WAITAOF numlocal numreplicas timeout` */
export function waitaof(call: HostCall): HostReply {
  const local = parseInteger(word(call, 1));
  if (local === undefined) return NOT_INTEGER;
  if (local < 0n || local > 1n) return WAITAOF_NUMLOCAL;
  const wanted = parseInteger(word(call, 2));
  if (wanted === undefined) return NOT_INTEGER;
  if (wanted < 0n) return NOT_POSITIVE;
  const ms = readTimeout(call, 3);
  if (typeof ms !== "number") return ms;
  if (!isLeading(call.server.cluster)) return WAITAOF_ON_REPLICA;
  return whenHeld(
    call,
    ({ others, own }) => others >= wanted && (own || local === 0n),
    ms,
    ({ others, own }) => array([integer(own ? 1 : 0), integer(others)]),
  );
}

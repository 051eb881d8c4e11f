/**
 * DEBUG POPULATE: many keys at once.
 *
 * @module
 */

import { error, OK, type Reply } from "../../resp/mod.ts";
import type { HostServer } from "./context.ts";

/** Keys set by requests that are sent together. */
const KEYS_PER_CHUNK = 500;

/** Which keys to make. */
export interface Population {
  /** How many. */
  readonly count: number;
  /** What stands before `:` and the number. */
  readonly prefix: string;
  /** Bytes of each value; 0 = as many as `value:<number>` has. */
  readonly size: number;
}

/** `value:<number>`, cut or filled up with zeros. */
function valueOf(at: number, size: number): string {
  const value = `value:${at}`;
  return size === 0 ? value : value.slice(0, size).padEnd(size, "\0");
}

/** Sets the keys of `population` in `database`; those that exist stay as they are. */
export async function populate(
  server: HostServer,
  database: number,
  { count, prefix, size }: Population,
): Promise<Reply> {
  for (let first = 0; first < count; first += KEYS_PER_CHUNK) {
    const end = Math.min(count, first + KEYS_PER_CHUNK);
    const requests: string[][] = [];
    for (let at = first; at < end; at++) {
      requests.push(["SETNX", `${prefix}:${at}`, valueOf(at, size)]);
    }
    const replies = await server.run(database, requests);
    const refused = /^-(.*)$/m.exec(replies);
    if (refused !== null) return error(refused[1]!.trimEnd());
  }
  return OK;
}

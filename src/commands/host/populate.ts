/**
 * DEBUG POPULATE: many keys at once.
 *
 * @module
 */

import { error, OK, type Reply } from "../../resp/mod.ts";
import type { HostServer } from "./context.ts";

/** Characters of keys and values after which requests are sent. */
const CHUNK_CHARACTERS = 256 * 1024;

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
  let requests: string[][] = [];
  let characters = 0;
  for (let at = 0; at < count; at++) {
    const [key, value] = [`${prefix}:${at}`, valueOf(at, size)];
    requests.push(["SETNX", key, value]);
    characters += key.length + value.length;
    if (characters < CHUNK_CHARACTERS && at < count - 1) continue;
    const replies = await server.run(database, requests);
    const refused = /^-(.*)$/m.exec(replies);
    if (refused !== null) return error(refused[1]!.trimEnd());
    requests = [];
    characters = 0;
  }
  return OK;
}

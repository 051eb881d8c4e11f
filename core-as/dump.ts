// === DUMP and RESTORE ===
//
// Payloads are Redis's: see rdb/value_dump.ts and rdb/value_restore.ts.

import { argumentAt, argumentLength } from "./parser";
import { readKey } from "./keyspace";
import { insertBulk, outputLength, replyNull } from "./reply";
import { emitPayload } from "./rdb/value_dump";

/** `DUMP key` */
export function dumpCommand(): void {
  const record = readKey(argumentAt(1), argumentLength(1));
  if (record == 0) return replyNull();
  const from = outputLength();
  emitPayload(record);
  insertBulk(from);
}

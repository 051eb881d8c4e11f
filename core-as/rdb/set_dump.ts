// === RDB: writing sets ===
//
// Two forms of Redis 7.0: an intset, and a list of strings, which is also that of
// a small set: its listpack form is 7.2's, whose servers read both.

import { next, recordOf, seekFirst, settle } from "../tree/cursor";
import { tailLength, tailOf } from "../tree/page";
import { outputLength } from "../request/reply";
import { memberCount, membersRoot } from "../sets/members";
import { addWork, walkCursor } from "../memory/state";
import { parsedInteger, parseInteger } from "../text/integers";
import { emitIntsetInteger, insertIntset } from "./intset";
import { emitLength, emitString, insertString } from "./strings";

/** Appends the members of a set's record, as an intset or as strings. */
export function emitSet(record: usize, isIntset: bool): void {
  const count = memberCount(record);
  if (!isIntset) emitLength(count);
  const from = outputLength();
  const cursor = walkCursor();
  seekFirst(cursor, membersRoot(record));
  let more = settle(cursor);
  while (more) {
    const member = recordOf(cursor);
    if (isIntset) {
      const isInteger = parseInteger(tailOf(member), tailLength(member));
      assert(isInteger); // others are not let into an intset
      emitIntsetInteger(parsedInteger());
    } else {
      emitString(tailOf(member), tailLength(member));
    }
    more = next(cursor);
  }
  addWork(count);
  if (!isIntset) return;
  insertIntset(from, count);
  insertString(from);
}

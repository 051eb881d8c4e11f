// === The invariants of a hash, for check.ts ===
//
// There is a field, as many as are counted, and the due times of the second tree are
// those that stand in front of the fields' values.

import { find, treeCount } from "../tree/cursor";
import { DUE_BYTES, dueOf, duesRoot } from "./dues";
import { fieldCount, fieldsRoot } from "./fields";
import { payloadOf } from "../keys/keyspace";
import { childOf, countOf, levelOf, recordAt, tailLength, tailOf, tailWord, TIMED, VALUE_BLOB, valueLength } from "../tree/page";

/** Whether the hash in a key's record is sound. Requires: its trees are, as trees. */
export function isHashSound(record: usize): bool {
  const root = fieldsRoot(record);
  const count = fieldCount(record);
  if (count == 0 || treeCount(root) != count) return false;
  const dues = duesRoot(payloadOf(record));
  if (dues == 0) return noneIsTimed(root);
  return timedFields(root, dues) == <i64>treeCount(dues);
}

function noneIsTimed(page: usize): bool {
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (levelOf(page) > 0 ? !noneIsTimed(childOf(record)) : (tailWord(record) & TIMED) != 0) return false;
  }
  return true;
}

/** Fields below `page` that are due, all of them in `dues` when they are; else -1. */
function timedFields(page: usize, dues: usize): i64 {
  let sum: i64 = 0;
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    let below: i64 = 0;
    if (levelOf(page) > 0) below = timedFields(childOf(record), dues);
    else if (tailWord(record) & TIMED) below = isDueNoted(record, dues) ? 1 : -1;
    if (below < 0) return -1;
    sum += below;
  }
  return sum;
}

function isDueNoted(field: usize, dues: usize): bool {
  const least: u32 = DUE_BYTES + (tailWord(field) & VALUE_BLOB ? 8 : 0);
  if (valueLength(field) < least || dueOf(field) < 0) return false;
  return find(dues, dueOf(field), tailOf(field), tailLength(field)) != 0;
}

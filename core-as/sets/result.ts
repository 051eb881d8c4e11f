// === Where the members go that SINTER, SUNION or SDIFF finds ===
//
// They come in the order of the trees, each once: to the reply, to a count, or to
// a new tree beside the keyspace, which replaces the destination in one step.

import { argumentAt, argumentLength } from "../request/parser";
import { indexAt, seek, setIndex } from "../tree/cursor";
import { insert } from "../tree/tree";
import { SUBTREES, tailLength, tailOf } from "../tree/page";
import { deleteOpenKey, notifyOpen, openKey, payloadOf, replaceKey, TYPE_SET } from "../keys/keyspace";
import { FIELDS_ROOT } from "../hashes/fields";
import { SET_BYTES } from "./members";
import { encodingOfIntegers, encodingWith, isIntegerMember } from "./encoding";
import { insertSet, outputLength, replyBulk, replyInteger } from "../request/reply";
import { elementCursor, keyScratch } from "../memory/state";
import { ON_SET } from "../keys/events";

/** What becomes of the members. */
export const RESULT_REPLY: u32 = 0;
export const RESULT_COUNT: u32 = 1;
export const RESULT_STORE: u32 = 2;

let kind: u32 = RESULT_REPLY;
/** Members found. */
export let resultCount: u32 = 0;
/** Where the reply starts. */
let from: u32 = 0;
let encoding: u32 = 0;
let areIntegers: bool = true;
/** Members that `considerMember` noted; 0 = those of the result decide about its encoding. */
let candidates: u32 = 0;

/** Starts a result; one that is stored starts in encoding `initial`. */
export function beginResult(resultKind: u32, initial: u32): void {
  kind = resultKind;
  resultCount = 0;
  from = outputLength();
  encoding = initial;
  areIntegers = true;
  candidates = 0;
  memory.fill(keyScratch(), 0, SET_BYTES);
}

/** Adds the member in `record`, which is above those before it. */
export function addToResult(head: u64, record: usize): void {
  resultCount++;
  if (kind == RESULT_REPLY) replyBulk(tailOf(record), tailLength(record));
  else if (kind == RESULT_STORE) append(head, tailOf(record), tailLength(record));
}

function append(head: u64, member: usize, length: u32): void {
  const cursor = elementCursor();
  const rootRef = keyScratch() + FIELDS_ROOT;
  if (resultCount == 1) seek(cursor, 0, head, member, length);
  else setIndex(cursor, 0, indexAt(cursor, 0) + 1);
  insert(cursor, rootRef, head, member, length, 0);
  areIntegers = areIntegers && isIntegerMember(member, length);
  if (candidates == 0) encoding = encodingWith(encoding, resultCount, load<u32>(rootRef), member, length);
}

/**
 * Notes a member of the tree at `root` that Redis would first add to the result,
 * and then may remove: the encoding that it took remains.
 */
export function considerMember(root: usize, record: usize): void {
  encoding = encodingWith(encoding, ++candidates, root, tailOf(record), tailLength(record));
}

/** Answers with the result, or makes it the set at argument 1 by event `name`. */
export function endResult(prefersIntset: bool, name: string): void {
  if (kind == RESULT_REPLY) {
    insertSet(from, resultCount);
    return;
  }
  if (kind == RESULT_STORE) storeResult(prefersIntset, name);
  replyInteger(resultCount);
}

function storeResult(prefersIntset: bool, name: string): void {
  const exists = openKey(argumentAt(1), argumentLength(1)) != 0;
  if (resultCount == 0) {
    if (exists) deleteOpenKey();
    return;
  }
  if (prefersIntset && areIntegers) encoding = encodingOfIntegers(encoding, resultCount);
  store<u32>(keyScratch(), resultCount);
  const record = replaceKey(exists, TYPE_SET, encoding, -1, SET_BYTES, SUBTREES);
  memory.copy(payloadOf(record), keyScratch(), SET_BYTES);
  notifyOpen(ON_SET, name);
}

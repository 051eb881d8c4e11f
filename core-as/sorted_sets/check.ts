// === The invariants of a sorted set, for check.ts ===
//
// Both trees have the same members: as many, and each member of the one is in the
// other where its score belongs.

import { find, treeCount } from "../tree/cursor";
import { childOf, countOf, levelOf, recordAt, tailLength, tailOf, valueLength, valueOf } from "../tree/page";
import { memberCount, membersRoot, scoreHead, scoresRoot } from "./members";

/** Whether the sorted set in a key's record is sound. Requires: its trees are, as trees. */
export function isSortedSetSound(record: usize): bool {
  const count = memberCount(record);
  if (count == 0 || treeCount(membersRoot(record)) != count || treeCount(scoresRoot(record)) != count) return false;
  return areScoresSound(membersRoot(record), scoresRoot(record));
}

/** Whether each member below `page` is in the scores' tree, where its score is. */
function areScoresSound(page: usize, scores: usize): bool {
  for (let i: u32 = 0; i < countOf(page); i++) {
    const record = recordAt(page, i);
    if (levelOf(page) > 0) {
      if (!areScoresSound(childOf(record), scores)) return false;
      continue;
    }
    if (valueLength(record) != 8) return false;
    const score = load<f64>(valueOf(record));
    if (isNaN<f64>(score) || find(scores, scoreHead(score), tailOf(record), tailLength(record)) == 0) return false;
  }
  return true;
}

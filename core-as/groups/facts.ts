// === Facts of streams and groups, as XINFO shows them: names and what belongs to them ===

import { replyBulk, replyBulkText, replyInteger, replyStreamId } from "../request/reply";
import { streamRecord } from "../streams/entries";
import { groupHeader, nameAt, nameLen } from "./groups";
import { replyLag, replyReads } from "./lag";

/** Answers a pair with the name last looked at. */
export function replyName(): void {
  replyBulkText("name");
  replyBulk(nameAt, nameLen);
}

/** Answers a pair with a number. */
export function replyPair(name: string, value: i64): void {
  replyBulkText(name);
  replyInteger(value);
}

/** Answers a pair with an id. */
export function replyIdPair(name: string, ms: u64, seq: u64): void {
  replyBulkText(name);
  replyStreamId(ms, seq);
}

/** What all descriptions of the group at hand tell of its reads. */
export function replyProgress(): void {
  const group = groupHeader(streamRecord);
  replyIdPair("last-delivered-id", group.lastMs, group.lastSeq);
  replyBulkText("entries-read");
  replyReads(group.entriesRead);
  replyBulkText("lag");
  replyLag(streamRecord);
}

import { assertEquals } from "@std/assert";
import { RaftStatistics, STATISTICS_BYTES } from "../../../src/replica/mod.ts";
import { groupInfo } from "../../../src/workers/group_info.ts";

function statistics(): RaftStatistics {
  const raft = new RaftStatistics(new SharedArrayBuffer(STATISTICS_BYTES));
  raft.set("term", 7);
  raft.set("committedIndex", 100);
  raft.set("leader", 3);
  raft.set("proposalsLost", 2);
  return raft;
}

Deno.test("groupInfo() tells who leads, and how reads were let through", () => {
  const reads = { hits: 10, misses: 4, rounds: 3, refusals: 1 };
  assertEquals(Object.fromEntries(groupInfo(2, statistics(), reads)), {
    raft_node_id: 2,
    raft_leader: 3,
    raft_leading: 0,
    raft_leader_changes: 0,
    raft_term: 7,
    raft_committed_index: 100,
    raft_log_whole: 0,
    raft_proposals_refused: 0,
    raft_proposals_lost: 2,
    raft_received_dropped: 0,
    read_lease_hits: 10,
    read_lease_misses: 4,
    read_index_rounds: 3,
    reads_refused: 1,
  });
});

Deno.test("groupInfo() of a node alone says that it has no id", () => {
  assertEquals(
    Object.fromEntries(groupInfo(undefined, statistics(), undefined)),
    {
      raft_node_id: 0,
      raft_term: 7,
      raft_committed_index: 100,
    },
  );
});

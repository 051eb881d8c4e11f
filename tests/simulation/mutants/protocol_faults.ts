/**
 * Historical faults of elections, replication, reads and membership changes.
 *
 * @module
 */

import type { Mutant } from "./patch.ts";

const RAFT = "src/raft";

const ELECTIONS: readonly Mutant[] = [
  {
    name: "votes for a candidate with an older log",
    reference: "thesis section 3.6.1",
    edits: [{
      file: `${RAFT}/log_matching.ts`,
      find: "  return last.term > own.term ||",
      replace: "  return last.term >= 0 || last.term > own.term ||",
    }],
  },
  {
    name: "votes twice in a term",
    reference: "thesis section 3.4",
    edits: [{
      file: `${RAFT}/election.ts`,
      find: "  const isFree = raft.vote === from ||",
      replace: "  const isFree = raft.vote >= 0 || raft.vote === from ||",
    }, {
      file: `${RAFT}/state.ts`,
      find: "      this.#vote === NO_NODE || this.#vote === candidate,",
      replace: "      candidate > 0,",
    }],
  },
  {
    name: "leads before its own vote is on disk",
    reference: "found by this simulation",
    edits: [{
      file: `${RAFT}/election.ts`,
      find: "else if (raft.tracker.votes.get(raft.id) === true) lead(raft);",
      replace: "else lead(raft);",
    }],
  },
  {
    name: "takes in messages of older terms",
    reference: "thesis section 3.3",
    edits: [{
      file: `${RAFT}/terms.ts`,
      find: "    meetOlderTerm(raft, message);\n    return false;",
      replace: "    return true;",
    }],
  },
  {
    name: "campaigns with a change of members that it has not applied",
    reference: "etcd-io/raft 234",
    edits: [{
      file: `${RAFT}/election.ts`,
      find: 'return hasUnappliedChange(raft) ? "unapplied-change" : undefined;',
      replace: "return undefined;",
    }],
  },
];

const REPLICATION: readonly Mutant[] = [
  {
    name: "commits entries of older terms by counting",
    reference: "thesis figure 3.7",
    edits: [{
      file: `${RAFT}/replication.ts`,
      find: "raft.log.maybeCommit({ index, term: raft.term })",
      replace:
        "raft.log.maybeCommit({ index, term: raft.log.termAt(index) ?? 0 })",
    }],
  },
  {
    name: "an append that was overtaken cuts the log",
    reference: "thesis section 3.5; RedisRaft 53",
    edits: [{
      file: `${RAFT}/log_matching.ts`,
      find: "const at = entries.findIndex((entry) => !log.matches(entry));",
      replace:
        "const at = entries.findIndex((entry) => entry.index > log.committed);",
    }],
  },
  {
    name: "a heartbeat commits what is not known to match",
    reference: "etcd/raft, commit of MsgHeartbeat",
    edits: [{
      file: `${RAFT}/heartbeat.ts`,
      find: "const commit = Math.min(progress.match, raft.log.committed);",
      replace: "const commit = raft.log.committed;",
    }],
  },
  {
    name: "forgets committed entries beyond a portion",
    reference: "etcd/raft 8ecce32",
    edits: [{
      file: `${RAFT}/apply_cursor.ts`,
      find: "    this.#applying = index;\n    this.#bytes += bytes;",
      replace: "    this.#applying = applicable;\n    this.#bytes += bytes;",
    }],
  },
  {
    name: "a full window never opens again",
    reference: "etcd 14633",
    edits: [{
      file: `${RAFT}/responses.ts`,
      find: "  progress.msgAppFlowPaused = false;\n",
      replace: "",
    }],
  },
  {
    name: "committed bytes count as uncommitted for ever",
    reference: "etcd/raft a370b6f",
    edits: [{
      file: `${RAFT}/replication.ts`,
      find: "  if (raft.uncommittedBytes === 0) return;",
      replace: "  if (raft.uncommittedBytes >= 0) return;",
    }],
  },
];

const READS: readonly Mutant[] = [
  {
    name: "answers reads before an entry of its term is committed",
    reference: "etcd 7331; RedisRaft 18, 19",
    edits: [{
      file: `${RAFT}/read_index.ts`,
      find: "  if (!raft.hasCommittedInTerm()) {\n    raft.reads.postpone",
      replace: "  if (raft.term < 0) {\n    raft.reads.postpone",
    }],
  },
  {
    name: "answers reads without asking whether it leads",
    reference: "etcd 741; d-engine 381",
    edits: [{
      file: `${RAFT}/read_index.ts`,
      find: "    raft.reads.wait({ ...read, index, round });\n",
      replace: "    raft.reads.wait({ ...read, index, round: round * 0 });\n",
    }],
  },
  {
    name: "answers to one read confirm a later one of the same context",
    reference: "etcd 20418",
    edits: [{
      file: `${RAFT}/read_queue.ts`,
      find: "    this.#waiting.push(read);",
      replace: `    const first = this.#waiting.find(({ context }) =>
      context === read.context
    );
    this.#waiting.push({ ...read, round: first?.round ?? read.round });`,
    }, {
      file: `${RAFT}/read_queue.ts`,
      find:
        "    const later = this.#waiting.findIndex((read) => read.round > round);\n    return this.#waiting.splice(0, later === -1 ? Infinity : later);",
      replace:
        "    const last = this.#waiting.findLastIndex((read) => read.round <= round);\n    return this.#waiting.splice(0, last + 1);",
    }],
  },
  {
    name: "gives a read the number of an earlier one",
    reference: "etcd 20418",
    edits: [{
      file: "tests/simulation/node/raft_node.ts",
      find: "    const context = this.#context++;\n",
      replace: "    const context = this.#context++ % 2;\n",
    }],
  },
];

const MEMBERS: readonly Mutant[] = [
  {
    name: "counts learners",
    reference: "thesis section 4.2.1",
    edits: [{
      file: `${RAFT}/tracker.ts`,
      find:
        "    return jointCommittedIndex(\n      this.#configuration.voters,",
      replace: `    const { voters, learners } = this.#configuration;
    return jointCommittedIndex(
      { ...voters, incoming: new Set([...voters.incoming, ...learners]) },`,
    }],
  },
  {
    name: "takes a change while another one is not applied",
    reference: "RedisRaft 17 (d3a7f75); Ongaro 2015",
    edits: [{
      file: `${RAFT}/proposal.ts`,
      find: "  if (pending > applied) {",
      replace: "  if (pending < 0) {",
    }],
  },
  {
    name: "a new leader does not look for changes of the one before",
    reference: "etcd/raft 477ebd8; Ongaro 2015",
    edits: [{
      file: `${RAFT}/state.ts`,
      find: "    this.pendingChangeIndex = this.log.lastIndex;\n",
      replace: "",
    }],
  },
  {
    name: "restores a joint configuration as a simple one",
    reference: "etcd/raft e515a67",
    edits: [{
      file: `${RAFT}/restore.ts`,
      find: "if (outgoing.length === 0) return",
      replace: "if (outgoing.length >= 0) return",
    }],
  },
  {
    name: "a joint group commits with the new half alone",
    reference: "thesis section 4.3",
    edits: [{
      file: `${RAFT}/tracker.ts`,
      find:
        "    return jointCommittedIndex(\n      this.#configuration.voters,",
      replace: `    const { voters } = this.#configuration;
    return jointCommittedIndex(
      { ...voters, outgoing: new Set<number>() },`,
    }],
  },
  {
    name: "nobody leaves a joint configuration",
    reference: "etcd/raft bd3c759",
    edits: [{
      file: `${RAFT}/reconfiguration.ts`,
      find: "  if (!configuration.autoLeave || raft",
      replace: "  if (configuration.autoLeave || raft",
    }],
  },
  {
    name: "a change that is being applied changes a snapshot's members",
    reference: "RedisRaft 30, 48; found by this simulation",
    edits: [{
      file: `${RAFT}/reconfiguration.ts`,
      find:
        "  if (index <= raft.membersIndex) return raft.tracker.confState();\n",
      replace: "",
    }],
  },
];

/** See the module. */
export const PROTOCOL_FAULTS: readonly Mutant[] = [
  ...ELECTIONS,
  ...REPLICATION,
  ...READS,
  ...MEMBERS,
];

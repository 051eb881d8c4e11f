/**
 * Faults of what stands between Raft's core and the world: the disk, the lanes, the serve
 * Worker, and the clocks. Only whole nodes have them.
 *
 * @module
 */

import type { Mutant } from "./patch.ts";

const REPLICA = "src/replica";
const STORAGE = "src/storage";

const LEASES: readonly Omit<Mutant, "of">[] = [
  {
    name: "a lease lasts for two election timeouts",
    reference: "etcd-io/raft 166",
    edits: [{
      file: `${REPLICA}/lease.ts`,
      find: "  return (electionMs - tickMs) * (1 - 2 * driftMax) - slackMs;",
      replace: "  return 2 * electionMs + 0 * (tickMs + driftMax + slackMs);",
    }],
  },
  {
    name: "a lease is not shorter for the drift of clocks",
    reference: "TiKV: raft_store_max_leader_lease",
    edits: [{
      file: `${REPLICA}/lease.ts`,
      find: "  return (electionMs - tickMs) * (1 - 2 * driftMax) - slackMs;",
      replace: "  return electionMs + 0 * (tickMs + driftMax + slackMs);",
    }],
  },
  {
    name: "a lease begins when a round is answered",
    reference: "TiKV: lease from the time of sending",
    edits: [{
      file: `${REPLICA}/lease.ts`,
      find: "    this.#noteConfirmed(facts.confirmedRound);",
      replace: `    const before = this.#confirmedMs;
    this.#noteConfirmed(facts.confirmedRound);
    if (this.#confirmedMs > before) this.#confirmedMs = sendingMs;`,
    }],
  },
  {
    name: "a lease outlives a transfer",
    reference: "etcd 12704; raft-rs 234",
    edits: [{
      file: `${REPLICA}/lease.ts`,
      find: "      facts.transferee === 0 && this.#suspendedIndex === 0;",
      replace: "      facts.transferee >= 0 && this.#suspendedIndex >= 0;",
    }],
  },
  {
    name: "a leader has a lease before an entry of its term is applied",
    reference: "etcd 7331; RedisRaft 18, 19",
    edits: [{
      file: `${REPLICA}/lease.ts`,
      find: "facts.isLeader && facts.ownIndex > 0 &&",
      replace: "facts.isLeader && facts.ownIndex >= 0 &&",
    }],
  },
  {
    name: "a lease does not wait for entries that are committed",
    reference: "thesis section 6.4.1",
    edits: [{
      file: `${REPLICA}/lease_page.ts`,
      find: "      appliedIndex >= Number(Atomics.load(this.#slots, INDEX));",
      replace: "      appliedIndex >= 0;",
    }],
  },
  {
    name: "a voter votes right after its start",
    reference: "TiKV: unsafe_vote_deadline",
    edits: [{
      file: `${REPLICA}/member.ts`,
      find: "isNew ? nowMs : nowMs + electionTicks * tickMs,",
      replace: "isNew ? nowMs : nowMs,",
    }],
  },
  {
    name: "a machine that slept trusts its lease when it wakes",
    reference: "Node 47724; found by this simulation",
    edits: [{
      file: `${REPLICA}/lease_page.ts`,
      find: "      wallMs < Number(Atomics.load(this.#slots, WALL_END)) &&\n",
      replace: "      wallMs > 0 &&\n",
    }],
  },
];

const PROMISES: readonly Omit<Mutant, "of">[] = [
  {
    name: "the log's lane does not sync",
    reference: "NATS JetStream 2.12.1 (Jepsen)",
    edits: [{
      file: `${REPLICA}/append_lane.ts`,
      find: '    if (this.#fsync !== "always") return false;',
      replace:
        '    if (this.#fsync !== "no" || batch.entries >= 0) return false;',
    }],
  },
  {
    name: "votes are synced like entries",
    reference: "thesis figure 3.1",
    edits: [{
      file: `${REPLICA}/append_lane.ts`,
      find: "    if (batch.hasVote) return true;\n",
      replace: "",
    }],
  },
  {
    name: "a node that forgot votes before it has caught up",
    reference: "Viewstamped Replication, recovery",
    edits: [{
      file: `${REPLICA}/group.ts`,
      find: "    if (nowMs >= voteFromMs && catchUp.isDone) return true;",
      replace: "    if (nowMs >= voteFromMs || catchUp.isDone) return true;",
    }, {
      file: `${REPLICA}/group.ts`,
      find: "    if (catchUp.isDone) node.tick();",
      replace: "    node.tick();",
    }],
  },
  {
    name: "a stop in order hides that the log lacks its end",
    reference: "found by this simulation",
    edits: [{
      file: `${REPLICA}/replica.ts`,
      find: "    return this.#group?.isWhole ?? true;",
      replace: "    return this.#group?.isWhole !== null;",
    }],
  },
  {
    name: "what a crash left is taken for durable",
    reference: "fsyncgate; PostgreSQL",
    edits: [{
      file: `${STORAGE}/wal.ts`,
      find:
        "      await files.renew(name, durableBytes, bytes - durableBytes);\n",
      replace: "      void [name, bytes];\n",
    }],
  },
  {
    name: "a segment is used before its name is durable",
    reference: "etcd 6378, 6379",
    edits: [{
      file: `${STORAGE}/wal_segment.ts`,
      find:
        "    await files.rename(temporary, name);\n    await files.syncDirectory();\n",
      replace: "    await files.rename(temporary, name);\n",
    }],
  },
  {
    name: "a snapshot's content is not synced before its name",
    reference: "etcd 18055; dgraph 9643",
    edits: [{
      file: `${STORAGE}/snapshot_file.ts`,
      find:
        "    await file.append(encodeSnapshotFooter(footer));\n    await file.sync();\n",
      replace: "    await file.append(encodeSnapshotFooter(footer));\n",
    }],
  },
  {
    name: "a log is removed before the snapshot in its place is durable",
    reference: "RedisRaft 42, 43",
    edits: [{
      file: `${STORAGE}/snapshot_file.ts`,
      find:
        "    await files.rename(temporary, name);\n    await files.syncDirectory();\n",
      replace: "    await files.rename(temporary, name);\n",
    }],
  },
  {
    name: "a lost directory is made anew",
    reference: "curvine 1551; TigerBeetle (Jepsen)",
    edits: [{
      file: `${STORAGE}/identity.ts`,
      find: "  if (begin === undefined) {",
      replace: "  if (begin === -1) {",
    }, {
      file: `${STORAGE}/identity.ts`,
      find: "const identity = { ...wanted, directory: begin };",
      replace: "const identity = { ...wanted, directory: begin ?? 1 };",
    }],
  },
];

const FATES: readonly Omit<Mutant, "of">[] = [
  {
    name: "nobody is told of refused proposals",
    reference: "RedisRaft 21",
    edits: [{
      file: `${REPLICA}/leadership.ts`,
      find: "    this.#add(RaftToServe.REFUSED, first, last);\n",
      replace: "",
    }],
  },
  {
    name: "lost proposals count as refused",
    reference: "RedisRaft 23",
    edits: [{
      file: `${REPLICA}/leadership.ts`,
      find: "      this.#add(RaftToServe.LOST, first, last);\n",
      replace: "      this.#add(RaftToServe.REFUSED, first, last);\n",
    }],
  },
  {
    name: "proposals stay open when leadership is lost",
    reference: "RedisRaft 23",
    edits: [{
      file: `${REPLICA}/leadership.ts`,
      find: "    if (isLeader) this.#lose();\n",
      replace: "",
    }],
  },
  {
    name: "a late answer to an older question answers a newer read",
    reference: "etcd 20418",
    edits: [{
      file: `${REPLICA}/read_requests.ts`,
      find: "      if (!isOpen || context !== this.#context) continue;",
      replace: "      if (!isOpen || context < 0) continue;",
    }],
  },
  {
    name: "a snapshot that failed is not asked for again",
    reference: "found by this simulation",
    edits: [{
      file: `${REPLICA}/snapshots.ts`,
      find: "nowMs < this.#askedMs + SNAPSHOT_ASK_MS",
      replace: "this.#askedMs > -Infinity",
    }],
  },
  {
    name: "what follows an adopted snapshot is cut with the old log",
    reference: "found by this simulation",
    edits: [{
      file: `${STORAGE}/wal_reader.ts`,
      find: "    if (header.hardState.commit >= this.#snapshotIndex) {\n",
      replace: "    if (header.hardState.commit < 0) {\n",
    }],
  },
];

/** See the module. */
export const NODE_FAULTS: readonly Mutant[] = [
  ...LEASES,
  ...PROMISES,
  ...FATES,
].map((mutant) => ({ ...mutant, of: "members" }));

/**
 * Historical faults of disks, restarts and snapshots.
 *
 * @module
 */

import type { Mutant } from "./patch.ts";

const DISK = "tests/simulation/world/disk.ts";
const MEMBER = "tests/simulation/world/member.ts";
const NODE = "tests/simulation/node/raft_node.ts";
const LANE = "tests/simulation/node/append_lane.ts";

/** See the module. */
export const STORAGE_FAULTS: readonly Mutant[] = [
  {
    name: "acknowledges before the disk has it",
    reference: "etcd 14370",
    edits: [{
      file: NODE,
      find:
        "      if (append !== undefined) this.#outbox.appends.push(append);\n",
      replace: `      if (append === undefined) return;
      this.#outbox.appends.push(append);
      for (const message of append.afterAppend) {
        if (message.to === this.id) continue;
        this.#outbox.messages.push(message as PeerMessage);
      }
`,
    }],
  },
  {
    name: "leader counts itself before its disk has it",
    reference: "etcd 14370",
    edits: [{
      file: "src/raft/replication.ts",
      find: "  raft.log.append([entry]);\n",
      replace:
        "  raft.log.append([entry]);\n  raft.tracker.progress(raft.id)?.maybeUpdate(index);\n",
    }],
  },
  {
    name: "applies entries that are not on the own disk",
    reference: "etcd 14370",
    edits: [{
      file: "src/raft/log.ts",
      find: "if (this.#mayApplyUnstable) return this.#committed;",
      replace: "if (this.#committed >= 0) return this.#committed;",
    }],
  },
  {
    name: "votes before the vote is on disk",
    reference: "thesis figure 3.1; NATS JetStream 2.12.1",
    edits: [{
      file: "src/raft/state.ts",
      find: "if (waitsForDisk(message)) {",
      replace:
        'if (waitsForDisk(message) && !(message.kind === "vote-response" && message.to !== this.id)) {',
    }],
  },
  {
    name: "never syncs",
    reference: "NATS JetStream 2.12.1 (Jepsen)",
    edits: [{
      file: DISK,
      find: "    if (isSync) this.#sync();\n",
      replace: "",
    }],
  },
  {
    name: "syncs entries only, not term and vote",
    reference: "etcd/raft 0675f3d",
    edits: [{
      file: "src/raft/hard_state.ts",
      find: "return entries > 0 ||",
      replace: "if (entries >= 0) return entries > 0;\n  return entries > 0 ||",
    }],
  },
  {
    name: "goes on after a failed sync",
    reference: "fsyncgate; PostgreSQL",
    edits: [{
      file: DISK,
      find: "      return this.#onError();\n",
      replace: `      for (const { done } of batch) done();
      if (this.#queue.length > 0) this.#flush();
      return;
`,
    }],
  },
  {
    name: "loses its term at a restart",
    reference: "RedisRaft 46a6ad0",
    edits: [{
      file: DISK,
      find: "      hardState: this.#hardState,\n    };",
      replace: `      hardState: {
        ...this.#hardState,
        term: Math.max(this.#log.term(lastIndex), this.#hardState.term - 1),
        vote: 0,
      },
    };`,
    }],
  },
  {
    name: "loses its vote at a restart",
    reference: "RedisRaft 46a6ad0",
    edits: [{
      file: DISK,
      find: "      hardState: this.#hardState,\n    };",
      replace: "      hardState: { ...this.#hardState, vote: 0 },\n    };",
    }],
  },
  {
    name: "writes the hard state before the entries",
    reference: "etcd 10219, 11888",
    edits: [{
      file: DISK,
      find: "    this.#unsynced = written.slice(0, survivors);\n",
      replace: `    const torn = written.slice(survivors, survivors + 1);
    this.#unsynced = [
      ...written.slice(0, survivors),
      ...torn.map((unit) => ({ ...unit, entries: [], snapshot: undefined })),
    ];
`,
    }],
  },
  {
    name: "does not sync a snapshot that it received",
    reference: "etcd 10219; dgraph 9643",
    edits: [{
      file: LANE,
      find: "const mustSync = ready.mustSync || snapshot !== undefined;",
      replace: "const mustSync = ready.mustSync;",
    }],
  },
  {
    name: "an older snapshot takes a newer one's place",
    reference: "etcd 18055, 20657; RedisRaft 42",
    edits: [{
      file: DISK,
      find: "    if (snapshot.index <= this.#snapshot.index) return;\n",
      replace: "",
    }],
  },
  {
    name: "takes the commit index for what was applied",
    reference: "etcd 3.5 postmortem (13766); rqlite 2747",
    edits: [{
      file: NODE,
      find: "      applied: image.snapshot.index,\n",
      replace:
        "      applied: Math.max(image.snapshot.index, image.hardState.commit),\n",
    }],
  },
  {
    name: "a snapshot holds less than its index says",
    reference: "rqlite 2747",
    edits: [{
      file: NODE,
      find: "    const data = this.#machine.save();\n",
      replace: `    const data = this.#kept.data.slice();
    if (data.length > 0) new Uint32Array(data.buffer)[0] = index;
`,
    }],
  },
  {
    name: "the next snapshot has the members of the one before",
    reference: "RedisRaft 44 (51c1b78)",
    edits: [{
      file: NODE,
      find: "    const confState = this.#raw.confState();\n",
      replace: "    const { confState } = this.#kept;\n",
    }],
  },
  {
    name: "a voter returns with an empty disk",
    reference: "curvine 1551; TigerBeetle (Jepsen)",
    edits: [{
      file: MEMBER,
      find: '    this.#disk.crash("power");\n    this.#state = "gone";\n',
      replace: `    this.#disk.crash("power");
    const nobody: number[] = [];
    const confState = {
      voters: nobody,
      votersOutgoing: nobody,
      learners: nobody,
      learnersNext: nobody,
      autoLeave: false,
    };
    this.#disk = this.#makeDisk({
      snapshot: { index: 0, term: 0, data: new Uint8Array(0), confState },
      entries: [],
      base: { index: 0, term: 0 },
      hardState: { term: 0, vote: 0, commit: 0 },
    });
    this.start();
`,
    }],
  },
];

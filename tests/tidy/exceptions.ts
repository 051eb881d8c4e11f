/**
 * What the checks of this folder let pass, each with its reason.
 *
 * A row that stands for nothing fails the test, so the lists stay short.
 *
 * @module
 */

/** Files above the bound of lines. */
export const LONG_FILES: Readonly<Record<string, string>> = {};

/** Functions above the bound of lines, as `path#name`. */
export const LONG_FUNCTIONS: Readonly<Record<string, string>> = {};

/** Bounds that are not in `src/config/limits.ts`, as `path#name`. */
export const BOUNDS_ELSEWHERE: Readonly<Record<string, string>> = {
  "src/commands/host/acl.ts#GENPASS_BITS_MAX": "what Redis allows",
  "src/commands/perfect_hash.ts#ATTEMPTS_MAX":
    "of the build, not of the server",
  "src/core/instance.ts#MEMORY_PAGES_MAX": "the core's own address space",
  "src/resp/errors.ts#SHOWN_BYTES_MAX": "the form of Redis's errors",
};

/** Exports that only tests and benchmarks use, as `path#name`. */
export const FOR_TESTS: Readonly<Record<string, string>> = {
  "src/admin/metrics.ts#METRIC_ROWS": "compared with the page and the README",
  "src/base/assert.ts#AssertionError": "what a test of an invariant expects",
  "src/base/clock.ts#ManualClock": "the clock's simulated twin",
  "src/base/random.ts#SeededRandom": "the random source's simulated twin",
  "src/commands/generate_dispatch.ts#handlerName":
    "names of the core's exports",
  "src/config/parameters/store.ts#listNoOps": "the README's list",
  "src/core/header.ts#HEADER_FIELDS": "compared with core-as/memory/layout.ts",
  "src/raft/entry.ts#ENTRY_OVERHEAD_BYTES": "what tests of bounds count with",
  "src/raft/quorum.ts#majorityOf": "a step of a quorum, tested alone",
  "src/replica/lease.ts#leaseMs": "the formula by itself",
  "src/replica/statistics.ts#HISTOGRAM_BUCKETS": "the shape of histograms",
  "src/replica/statistics.ts#STATISTIC_NAMES": "every counter has its slot",
  "src/storage/identity.ts#readIdentity": "what a directory says by itself",
};

/** Exports without use so far, as `path#name`, with what will use them. */
export const UNUSED: Readonly<Record<string, string>> = {};

/** Test files that mirror no source file, with what they test. */
export const UNMIRRORED: Readonly<Record<string, string>> = {
  "tests/unit/core/core_fuzz_test.ts": "the core beside plain maps",
  "tests/unit/core/full_memory_test.ts": "random commands on full memories",
  "tests/unit/core/full_memory_waits_test.ts": "waiting in full memories",
  "tests/unit/core/parser_fuzz_test.ts": "the core's parser under random bytes",
  "tests/unit/core/view_stress_test.ts": "readers of views beside a writer",
  "tests/unit/raft/crash_test.ts": "a group of one under random crashes",
  "tests/unit/raft/group_fuzz_test.ts": "groups of nodes under random faults",
  "tests/unit/raft/safety_test.ts": "invariants of random runs",
  "tests/unit/raft/thesis_test.ts": "the thesis's rules, by section",
  "tests/unit/replica/crash_test.ts": "a replica under random crashes",
  "tests/unit/replica/group_fuzz_test.ts": "groups of replicas under faults",
  "tests/unit/replica/long_runs_test.ts": "logs that grow, nodes that stop",
  "tests/unit/replica/shards_test.ts": "whole members on real disks",
  "tests/unit/storage/corruption_test.ts": "files with every byte changed",
  "tests/unit/storage/crash_test.ts": "log and snapshots under random crashes",
  "tests/unit/storage/golden_test.ts": "the formats, byte for byte",
  "tests/unit/storage/disk_errors_test.ts": "the log on a disk that fails once",
  "tests/unit/transport/peer_fuzz_test.ts": "bytes of peers under damage",
};

/** Imports in `core-as` that go up its layers, as `file > file`. */
export const UPWARD_IN_CORE: Readonly<Record<string, string>> = {
  "batch/batch > admission/admission": "promises memory to what it takes in",
  "batch/batch > admission/deliveries": "keeps what was promised to it",
  "batch/batch > admission/dues": "promises memory to what it removes",
  "batch/eviction > admission/admission": "promises memory to what it removes",
  "batch/eviction > admission/dues": "promises memory to what it removes",
  "batch/batch > run/verdict": "the id of the command that is taken in",
  "batch/wakes > admission/admission": "promises memory to what it wakes",
  "batch/wakes > admission/deliveries": "promises memory to what it wakes",
  "keys/expiry > hashes/dues": "a key is due with its earliest field",
  "keys/expiry > hashes/fields": "fields end as keys do",
  "keys/keyspace > waits/ready": "a new value may be waited for",
  "keys/warm > hashes/fields": "the root of the fields that come next",
  "lists/check > rdb/listpack": "encodings go by Redis's packed size",
  "lists/edit > rdb/listpack": "encodings go by Redis's packed size",
  "lists/lists > waits/wake": "BLPOP waits",
  "lists/moves > waits/waiters": "BLMOVE waits",
  "lists/moves > waits/wake": "BLMOVE waits",
  "sorted_sets/sorted_sets > geo/replies": "GEOADD is a ZADD of places",
  "waits/check > sorted_sets/members": "waiters lie in a sorted set",
  "waits/ready > sorted_sets/members": "waiters lie in a sorted set",
  "waits/waiters > sorted_sets/members": "waiters lie in a sorted set",
  "waits/waits > batch/batch": "the end of a wait is part of an entry",
  "waits/waits > batch/wakes": "the end of a wait is part of an entry",
  "waits/wake > run/execute": "who is woken runs its command again",
  "waits/wake > run/verdict": "who is woken runs its command again",
};

/** Hosts that the repository's files may name. */
export const HOSTS: Readonly<Record<string, string>> = {
  "redis.io": "documentation of commands, cited as a source",
  "deno.com": "the runtime, linked from the README",
  "www.apache.org": "the text of the licence",
  "socket.io": "the name of a package",
  "engine.io": "the name of a package, in the lock file of the tests",
};

/**
 * Every bound of the server that is not the core's own, with its policy.
 *
 * @module
 */

import { assert } from "../base/mod.ts";
import { PEER_FRAME_BYTES_MAX } from "./peer_limits.ts";

/** Each ring between the serve and raft Workers. Full: the writer keeps its message and retries. */
export const RING_BYTES = 4 * 1024 * 1024;

/** Sealed batches on their way through the log. At the bound: the next one gathers. */
export const BATCHES_IN_FLIGHT_MAX = 2;

/** Writes of so many bytes are sealed before their turn ends: less is not worth a write to the log. */
export const EARLY_SEAL_BYTES = 8 * 1024;

/** The same where each write to the log is followed by a sync. */
export const EARLY_SEAL_SYNCED_BYTES = 128 * 1024;

/** Bytes that a client may send while its request waits for a key. At the bound: its socket is not read. */
export const WAITING_INPUT_BYTES_MAX = 64 * 1024;

/** The longest time of a timer. At the bound: it fires and is set again. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** When the end of a wait is tried again for which there was no memory. */
export const WAIT_END_RETRY_MS = 100;

/** Bytes of a client's writes in one entry. Beyond: no later entry waits for it. */
export const AWAITED_BYTES_MAX = 64 * 1024;

/** How long an entry waits for the clients that were answered last. At the bound: it leaves without them. */
export const CLIENTS_WAIT_MS = 1;

/** Entries that wait for nobody after clients have stayed away, at most; each miss doubles them. */
export const ENTRIES_HURRIED_MAX = 64;

/** Replies a client has not read. At the bound: its requests wait until they are read. */
export const BACKLOG_BYTES_MAX = 1024 * 1024;

/** Due keys that one entry of client writes removes; the rest waits for the next entry. */
export const EXPIRIES_PER_ENTRY = 20;

/** Due keys that one entry of the engine's own removes. */
export const EXPIRIES_PER_TICK = 1000;

/** Between two entries by which a leader removes due keys because of requests that read. */
export const EXPIRY_HURRY_MS = 10;

/**
 * Dead objects freed between two looks at the sockets, about a millisecond of
 * work; the rest waits for the next one. A page of a tree counts for eight.
 */
export const UPKEEP_OBJECTS = 4096;

/** Between two such slices: clients have most of the time. */
export const RECLAIM_PAUSE_MS = 4;

/** Bytes of a snapshot's content between two looks at the Worker's messages. */
export const SNAPSHOT_PIECE_BYTES = 256 * 1024;

assert(BATCHES_IN_FLIGHT_MAX >= 1, "a batch may be in flight");
assert(
  SNAPSHOT_PIECE_BYTES * 4 <= RING_BYTES,
  "a ring holds several pieces of a snapshot",
);

/** A block of a snapshot file. Longer ones are damage. */
export const SNAPSHOT_BLOCK_BYTES_MAX = 64 * 1024 * 1024;

assert(
  SNAPSHOT_PIECE_BYTES <= SNAPSHOT_BLOCK_BYTES_MAX,
  "a piece of a snapshot fits into a block",
);

/** A buffer of the log between two batches. Larger ones are given back. */
export const BATCH_BUFFER_BYTES_KEPT = 8 * 1024 * 1024;

/** A WAL segment. Full: a new one is begun; a snapshot removes old ones. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/**
 * Parts of a segment; with the first of them written the next one's file is prepared. A
 * node that writes little never prepares any.
 */
export const SEGMENT_PARTS = 64;

/** Zeros written and synced at once where a file is prepared: the log's syncs go on between. */
export const ZEROS_BYTES = 128 * 1024;

/** Segments that a snapshot made needless, kept to be written over. More: they are removed. */
export const SPARE_SEGMENTS_MAX = 32;

/** Segments written to one file, one after another; its header names each. Then it is removed. */
export const SEGMENT_LIVES_MAX = 64;

/** Proposals taken from the ring and not committed. At the bound: the ring is not read. */
export const PROPOSED_BYTES_MAX = 64 * 1024 * 1024;

/** Committed entries on their way to the serve Worker. At the bound: no more are taken out of the log. */
export const APPLYING_BYTES_MAX = 16 * 1024 * 1024;

/** Portions of entries and notices for the serve Worker. At the bound: no proposal is taken. */
export const HAND_OVER_PORTIONS_MAX = 4096;

/** Rounds of heartbeats whose time is kept for the lease. At the bound: an older time counts. */
export const LEASE_ROUNDS_MAX = 1024;

/** Bytes of the members of a group in a snapshot. More: the change is a broken invariant. */
export const SNAPSHOT_MEMBERS_BYTES_MAX = 64 * 1024;

/** One tick of Raft's logical clock. */
export const RAFT_TICK_MS = 100;

/** Ticks without a leader before a voter campaigns, at least. */
export const ELECTION_TICKS = 10;

/** The worst error of a clock's rate, of the leader's and of a voter's each, in thousandths. */
export const LEASE_DRIFT_PER_MILLE = 10;

/** What a lease gives away for what is not thought of. */
export const LEASE_SLACK_MS = 50;

/** Messages of other nodes that wait for a turn, for each lane. At the bound: dropped. */
export const INCOMING_MESSAGES_MAX = 4_096;

/** Bytes of entries in them. At the bound: dropped. */
export const INCOMING_BYTES_MAX = 64 * 1024 * 1024;

/** Bytes of entries in one message to another node, but at least one entry. */
export const APPEND_BYTES_MAX = 1024 * 1024;

/** Messages with entries that a node has not acknowledged. At the bound: the next one waits. */
export const INFLIGHT_APPENDS_MAX = 256;

/** Bytes of entries in them. At the bound: the next one waits. */
export const INFLIGHT_BYTES_MAX = 32 * 1024 * 1024;

/** How long a leader that stops waits for another to take over. At the bound: it stops. */
export const RESIGNATION_MS_MAX = 3_000;

/** Committed entries that a learner may lack when it becomes a voter. At the bound: it is refused. */
export const PROMOTION_LAG_ENTRIES_MAX = 100;

/** How long the news of a commit waits for entries that go to the same node. */
export const COMMIT_NEWS_MS = 5;

/** Applied entries kept in memory for nodes that lag behind. Beyond: a node that lacks them needs a snapshot. */
export const RETAINED_BYTES_MAX = 64 * 1024 * 1024;

/** The same while a node that is heard of catches up. Beyond: it needs another snapshot. */
export const CATCH_UP_BYTES_MAX = 1024 * 1024 * 1024;

// -- Clients --

/** A new connection's first read; doubled while reads fill their room. */
export const READ_BYTES_MIN = 512;

/** A connection's largest read. At the bound: what is left waits in the system. */
export const READ_BYTES_MAX = 64 * 1024;

/** Write buffer that a connection keeps between writes; a larger one is given back. */
export const WRITE_BYTES_KEPT = 64 * 1024;

/** A buffer for replies of host commands, at first; it doubles. */
export const REPLY_BYTES_START = 1024;

/** A buffer for replies of host commands that is kept; a larger one is given back. */
export const REPLY_BYTES_KEPT = 64 * 1024;

/** Connections that the system completes and nobody has accepted. Full: the system drops new ones. */
export const ACCEPT_QUEUE_MAX = 511;

/** How long a client that is refused may take to hear the reason. At the bound: it is closed. */
export const TURN_AWAY_MS_MAX = 1_000;

/** Between two accepts while the system refuses them. Reached by doubling; a success starts again. */
export const ACCEPT_RETRY_MS_MAX = 100;

/** Replies and messages written to a connection at once; what waits behind them follows. */
export const WRITE_BYTES_MAX = 1024 * 1024;

// -- Publish and subscribe --

/** What all subscriptions take: names, and 200 bytes each. At the bound: SUBSCRIBE answers OOM. */
export const SUBSCRIPTIONS_BYTES_MAX = 256 * 1024 * 1024;

/** Messages that a listener has not read, whatever `client-output-buffer-limit` says. At the bound: it is closed. */
export const LISTENER_BACKLOG_BYTES_MAX = 1024 * 1024 * 1024;

/** What a client of MONITOR has not read, likewise. */
export const MONITOR_BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

/** Unread bytes of a client that `client-output-buffer-limit` does not count: Redis's own buffer of a client. */
export const OUTPUT_UNCOUNTED_BYTES = 16 * 1024;

// -- Idle and large clients --

/** Between two looks at how long clients have been idle. */
export const IDLE_LOOK_MS = 1_000;

/** The least that `maxmemory-clients` comes to, as in Redis: smaller values are taken for it. */
export const CLIENTS_MEMORY_MIN = 128 * 1024;

/** The table of keys that clients keep copies of, about. At the bound: the oldest are given up, and their clients told. */
export const TRACKING_BYTES_MAX = 512 * 1024 * 1024;

// -- The raft Worker --

/** Between two syncs of the policy `everysec`. */
export const SYNC_INTERVAL_MS = 1_000;

/** Log that waits for a sync, whatever the policy. At the bound: one is started beside the writes. */
export const UNSYNCED_BYTES_MAX = 8 * 1024 * 1024;

/** A log that was not written for so long notes what of it is durable. */
export const MARK_AFTER_MS = 100;

/** How long a sleeper trusts that it will be woken when the ring has room; then it looks itself. */
export const ROOM_WAIT_MS = 100;

/** How long the last frame waits for room. At the bound: it is given up, its reader may be gone. */
export const LAST_FRAME_WAIT_MS = 5_000;

/** Data of committed entries that recovery hands over at once. */
export const RECOVERY_PORTION_BYTES = 256 * 1024;

/** Between two requests for a snapshot that a node which lags behind needs: the first attempt may have failed. */
export const SNAPSHOT_ASK_MS = 5_000;

/** The least `--snapshot-bytes`: below it the node would only take snapshots. */
export const SNAPSHOT_BYTES_MIN = 64 * 1024;

// -- Peers --

/** Messages that wait on the lane of heartbeats, votes and read confirmations. At the bound: dropped, counted; Raft sends again. */
export const CONTROL_LANE_MESSAGES_MAX = 512;

/** Messages that wait on the lane of entries, likewise. */
export const APPEND_LANE_MESSAGES_MAX = 1024;

/** Snapshots that wait for, or are on, their lane. At the bound: refused, and their sender is told. */
export const SNAPSHOT_LANE_MESSAGES_MAX = 4;

/** Messages that wait on the lane of all others, as on that of heartbeats. */
export const OTHER_LANE_MESSAGES_MAX = 16;

/** Bytes that wait on the lane of heartbeats. At the bound: dropped and counted. */
export const SMALL_LANE_BYTES_MAX = 1024 * 1024;

/** Bytes that wait on the lanes of entries and others. At the bound: dropped and counted; a lone larger one passes. */
export const APPEND_LANE_BYTES_MAX = 64 * 1024 * 1024;

/** Clients of one node whose requests another runs, at once. At the bound: one that is idle there goes, else requests wait. */
export const FORWARD_CHANNELS_MAX = 10_000;

/** Bytes of requests on their way to another node that runs them. At the bound: further ones wait; a lone larger one passes. */
export const FORWARD_BYTES_MAX = 64 * 1024 * 1024;

/** How long writes wait for a leader that takes them. At the bound: MASTERDOWN, and they were not run. */
export const FORWARD_WAIT_MS_MAX = 5_000;

/** Until the first look at writes that wait for a leader; each next one comes after twice the time. */
export const FORWARD_LOOK_MS_MIN = 2;

/** Between two such looks at most. */
export const FORWARD_LOOK_MS_MAX = 100;

/** Requests in one frame to the leader; what a client has beyond takes turns with others. */
export const FORWARD_PIECE_BYTES = 256 * 1024;

/** Replies that a client of another node has taken, of which the leader is told at once. */
export const FORWARD_TAKEN_BYTES = 64 * 1024;

/** Replies to clients of one other node that wait to be sent. At the bound: its connection is closed. */
export const FORWARD_REPLIES_BYTES_MAX = 256 * 1024 * 1024;

/** Messages of pub/sub that wait to be sent to another node. At the bound: dropped and counted; a lone larger one passes. */
export const FORWARD_PUBLISHED_BYTES_MAX = 32 * 1024 * 1024;

/** Name or address of a client that another node is told. What is longer is cut. */
export const FORWARDED_NAME_BYTES_MAX = 256;

/** Name of a user, likewise. At the bound: its clients' connection is closed. */
export const FORWARDED_USER_BYTES_MAX = 64 * 1024;

/** Between two log lines about connections refused for one reason; those between are counted. */
export const REFUSAL_LOG_MS = 1_000;

/** A piece of a snapshot on its way to a peer. */
export const SNAPSHOT_CHUNK_BYTES = 256 * 1024;

/** Bytes of snapshots sent to other nodes in a second. At the bound: the next piece waits. */
export const SNAPSHOT_SEND_BYTES_PER_SECOND = 64 * 1024 * 1024;

/** Pieces sent and not acknowledged. At the bound: the next one waits. */
export const SNAPSHOT_CHUNKS_IN_FLIGHT_MAX = 4;

/** Pieces and offers of one peer that are not dealt with. At the bound: its connection is closed. */
export const SNAPSHOT_BACKLOG_MAX = 32;

/** Snapshots of other nodes that are whole and wait to be adopted. At the bound: the oldest goes. */
export const WHOLE_SNAPSHOTS_MAX = 2;

/** How long a snapshot may make no progress, over all reconnects. At the bound: it has failed. */
export const SNAPSHOT_STALL_MS_MAX = 30_000;

assert(
  SNAPSHOT_CHUNK_BYTES <= PEER_FRAME_BYTES_MAX / 2,
  "a piece of a snapshot fits into a frame",
);

// -- The serve Worker --

/** Keys that CLUSTER GETKEYSINSLOT gives at once. At the bound: no more come. */
export const SLOT_KEYS_MAX = 10_000;

/** Bytes of these, but at least one key. At the bound: no more come. */
export const SLOT_KEY_BYTES_MAX = 16 * 1024 * 1024;

/** Between two looks at due keys and waiting upkeep. */
export const UPKEEP_INTERVAL_MS = 100;

/** How long a read waits until somebody says what it may see. At the bound: MASTERDOWN. */
export const READ_WAIT_MS_MAX = 5_000;

/** Changes of the group that clients wait for. At the bound: further ones are refused. */
export const CHANGES_OPEN_MAX = 16;

/** What the core keeps free of its 4 GiB for its own work. */
const CORE_RESERVE_BYTES = 256 * 1024 * 1024;

/** Data that a core takes at most. At the bound: writes are refused with OOM. */
export const CORE_BYTES_MAX = 65_535 * 65_536 - CORE_RESERVE_BYTES;

/** Between two looks at whether the log is quiet, while clients wait for that. */
export const QUIET_LOOK_MS = 1;

/** Commands that the slow log keeps, whatever `slowlog-max-len` says. At the bound: the oldest go. */
export const SLOW_LOG_ENTRIES_MAX = 65_536;

/** Words that an entry of it keeps, as in Redis. At the bound: the last one says how many more there were. */
export const SLOW_LOG_WORDS_MAX = 32;

/** Bytes of a word that it keeps, as in Redis. At the bound: a note says how many more there were. */
export const SLOW_LOG_WORD_BYTES_MAX = 128;

/** Samples kept of each event of the latency monitor, as in Redis. At the bound: the oldest go. */
export const LATENCY_SAMPLES_MAX = 160;

/** Longest DEBUG SLEEP. At the bound: a mistyped one ends. */
export const DEBUG_SLEEP_SECONDS_MAX = 3600;

// -- Access --

/**
 * Requests of a restricted client that are looked at together before they run. At the
 * bound: the rest is looked at when these have run.
 */
export const PERMITS_AHEAD_MAX = 1_000;

/** Bytes of a session's set of commands that its user may always run, a bit each. */
export const GRANT_BYTES = 64;

/** Newest entries of ACL LOG among which one that is alike is looked for. */
export const DENIALS_COMPARED = 10;

/** Time between two denials that are counted in one entry. At the bound: another begins. */
export const DENIALS_ALIKE_MS = 60_000;

// -- Metrics --

/** How long a page of metrics waits for the serve Worker. At the bound: it shows the last answer. */
export const FACTS_WAIT_MS = 1_000;

/** Between two looks at how late a thread's timers are. */
export const LOOP_GAP_INTERVAL_MS = 100;

// -- The end --

/** How long an orderly stop may take. At the bound: the process exits with 1. */
export const STOP_MS_MAX = 10_000;

assert(
  (READ_BYTES_MIN & (READ_BYTES_MIN - 1)) === 0 &&
    (READ_BYTES_MAX & (READ_BYTES_MAX - 1)) === 0,
  "doubling the first read reaches the largest",
);
assert(LAST_FRAME_WAIT_MS < STOP_MS_MAX, "a stop outlasts the last frame");

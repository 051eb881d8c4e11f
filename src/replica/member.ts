/**
 * Puts the raft of a node together: of one alone, or of a member of a group.
 *
 * @module
 */

import { assert, type Clock } from "../base/mod.ts";
import type { Doorbell } from "../link/mod.ts";
import type { MemoryLog, RaftConfig, RawNode } from "../raft/mod.ts";
import { CatchUp } from "./catch_up.ts";
import { Changes } from "./changes.ts";
import { Group } from "./group.ts";
import type { GroupPorts } from "./group_options.ts";
import type { HandOver } from "./hand_over.ts";
import { Leadership } from "./leadership.ts";
import { LeaseKeeper } from "./lease_keeper.ts";
import { LeasePage } from "./lease_page.ts";
import { MembersLedger, NO_MEMBERS } from "./members.ts";
import { RaftToServe } from "./messages.ts";
import { ProgressKeeper } from "./progress_keeper.ts";
import { ProgressPage } from "./progress_page.ts";
import type { ReplicaOptions } from "./options.ts";
import {
  lastContextBefore,
  type ReadAnswers,
  ReadRequests,
} from "./read_requests.ts";
import { mayLackItsEnd, type RecoveredLog } from "./recovered_log.ts";
import type { Session } from "./session.ts";
import type { SnapshotOffer } from "./snapshots.ts";

/** What raft is told at its start. */
export function raftConfig(
  options: ReplicaOptions,
  recovered: RecoveredLog,
  random: (bound: number) => number,
  offer: SnapshotOffer | undefined,
): RaftConfig {
  const { applyingBytesMax, electionTicks, group, nodeId: id } = options;
  const { hardState, stable } = recovered;
  const common = {
    id,
    stable,
    random,
    hardState,
    electionTicks,
    applyingBytesMax,
  };
  if (group === undefined) return { ...common, voters: options.voters };
  const { appendBytesMax, inflightAppendsMax, inflightBytesMax } = group;
  return {
    ...common,
    confState: (recovered.members ?? NO_MEMBERS).confState,
    applied: recovered.applied ?? stable.firstIndex - 1,
    appendBytesMax,
    inflightAppendsMax,
    inflightBytesMax,
    snapshot: (to) => offer?.for(to),
    // The ring is not read at half of it: a proposal that is refused for this came
    // along with others.
    uncommittedBytesMax: 2 * options.proposedBytesMax,
    // What leases rest on: voters that promise to keep to their leader, and nobody who
    // raises the term for nothing.
    checkQuorum: true,
    preVote: true,
    stepDownOnRemoval: true,
    // The leader's serve Worker decides about times and chance, so proposals are its own.
    disableProposalForwarding: true,
  };
}

/** What a member is made of. */
export interface MemberParts {
  /** The clocks. */
  readonly clock: Clock;
  /** The node. */
  readonly node: RawNode;
  /** Its log. */
  readonly stable: MemoryLog;
  /** The way to the serve Worker. */
  readonly handOver: HandOver;
  /** Wakes it. */
  readonly serveBell: Doorbell;
  /** The serve Worker's proposals and reads. */
  readonly session: Session;
  /** Settings. */
  readonly options: ReplicaOptions;
  /** What was found on disk. */
  readonly recovered: RecoveredLog;
  /** The outside. */
  readonly ports: GroupPorts;
}

/** Makes a member of a group; of a new group if there is nothing on disk. */
export function makeGroup(parts: MemberParts): Group {
  const { clock, handOver, node, options, ports, session, stable } = parts;
  const { electionTicks, group, nodeId, tickMs, voters } = options;
  assert(group !== undefined, "a member has bounds");
  const { term } = parts.recovered.hardState;
  const isNew = stable.lastIndex === 0 && term === 0;
  if (isNew && voters.length > 0) node.bootstrap(voters);
  const members = parts.recovered.members ?? NO_MEMBERS;
  const ledger = new MembersLedger(node, members);
  ports.membersChanged?.(members);
  const nowMs = clock.monotonicMs();
  const lastContext = lastContextBefore(clock.wallMs());
  const leadership = new Leadership(handOver, session.own, node.term);
  return new Group({
    nodeId,
    node,
    stable,
    leadership,
    reads: makeReads(parts, electionTicks, lastContext),
    ledger,
    changes: makeChanges(parts, 2 * electionTicks),
    lease: makeLease(parts, leadership),
    progress: ports.progressPage && new ProgressKeeper(
      node,
      ports.peers,
      new ProgressPage(ports.progressPage),
      parts.serveBell,
    ),
    catchUp: new CatchUp(
      node,
      nodeId,
      electionTicks,
      mayLackItsEnd(parts.recovered, options.fsync) && !group.trustsLog,
      lastContext,
    ),
    ports,
    options: group,
    // A new node has promised nothing.
    voteFromMs: isNew ? nowMs : nowMs + electionTicks * tickMs,
  });
}

function makeChanges(
  { handOver, node, options, session }: MemberParts,
  patienceTicks: number,
): Changes {
  const { CHANGED } = RaftToServe;
  const answer = (id: number, problem: string) => {
    const payload = new TextEncoder().encode(problem);
    handOver.addNotice({ kind: CHANGED, a: id, b: 0, payload });
  };
  return new Changes(node, options.nodeId, session.own, answer, patienceTicks);
}

function makeReads(
  { handOver, node, session }: MemberParts,
  patienceTicks: number,
  lastContext: number,
): ReadRequests {
  const payload = new Uint8Array(0);
  const { READ_AT, READ_REFUSED } = RaftToServe;
  const answers: ReadAnswers = {
    readAt: (id, index) =>
      handOver.addNotice({ kind: READ_AT, a: id, b: index, payload }),
    refuse: (id) =>
      handOver.addNotice({ kind: READ_REFUSED, a: id, b: 0, payload }),
  };
  return new ReadRequests(
    node,
    answers,
    patienceTicks,
    session.lastReadId,
    lastContext,
  );
}

function makeLease(
  { clock, node, options, ports }: MemberParts,
  leadership: Leadership,
): LeaseKeeper | undefined {
  const { electionTicks, group, tickMs } = options;
  if (ports.leasePage === undefined || group === undefined) return undefined;
  return new LeaseKeeper(
    { clock, node, leadership },
    new LeasePage(ports.leasePage),
    {
      electionMs: electionTicks * tickMs,
      tickMs,
      driftMax: group.leaseDriftMax,
      slackMs: group.leaseSlackMs,
    },
  );
}

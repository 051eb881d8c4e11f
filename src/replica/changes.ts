/**
 * Changes of the group that an operator asks its leader for: one at a time, and none that
 * would leave the group without a majority that can be reached.
 *
 * Source: Raft thesis, sections 3.10, 4.1, 4.2 and 4.4.
 *
 * @module
 */

import { PROMOTION_LAG_ENTRIES_MAX } from "../config/mod.ts";
import type { NodeChangeKind, RawNode } from "../raft/mod.ts";
import type { Standing } from "./leadership.ts";
import { idsOf } from "./members.ts";

/** What may be asked for, by the byte that says so in a CHANGE frame. */
const CHANGE_KINDS = ["add", "promote", "remove", "transfer"] as const;

/** One of them: takes a node in as a learner, makes it a voter, takes it out, lets it lead. */
export type ChangeKind = typeof CHANGE_KINDS[number];

/** A wish for a change. */
export interface ChangeRequest {
  /** The asker's number of it. */
  readonly id: number;
  /** What is to happen. */
  readonly kind: ChangeKind;
  /** To which node. */
  readonly nodeId: number;
  /** Where it is, as `host:port`; empty but for `add`. */
  readonly address: string;
}

/** What a change is in the log. */
const LOG_KINDS: Readonly<
  Record<Exclude<ChangeKind, "transfer">, NodeChangeKind>
> = {
  add: "add-learner-node",
  promote: "add-node",
  remove: "remove-node",
};

/** The one under way. */
interface OpenChange extends ChangeRequest {
  /** Index of its entry; 0 for a transfer. */
  readonly index: number;
  /** Whether raft knows of it; a transfer waits for what is open. */
  isBegun: boolean;
  ticksLeft: number;
}

/** What a leader has of its own. */
export interface OwnWork {
  /** Proposals that were appended and are not known to be committed. */
  readonly open: number;
}

/** See the module. */
export class Changes {
  readonly #node: RawNode;
  readonly #nodeId: number;
  readonly #own: OwnWork;
  readonly #answer: (id: number, problem: string) => void;
  readonly #patienceTicks: number;
  #open: OpenChange | undefined;

  /**
   * Makes changes at `node`, which is the node `nodeId` and proposes `own`. Each request is
   * answered once: with an empty text when it is done, else with what is wrong. A transfer
   * that takes longer than `patienceTicks` has failed.
   */
  constructor(
    node: RawNode,
    nodeId: number,
    own: OwnWork,
    answer: (id: number, problem: string) => void,
    patienceTicks: number,
  ) {
    this.#node = node;
    this.#nodeId = nodeId;
    this.#own = own;
    this.#answer = answer;
    this.#patienceTicks = patienceTicks;
  }

  /** Begins a change, or says why not. */
  request(request: ChangeRequest): void {
    const problem = this.#problemOf(request);
    if (problem !== undefined) return this.#answer(request.id, problem);
    if (request.kind === "transfer") return this.#transfer(request);
    const kind = LOG_KINDS[request.kind];
    const result = this.#node.proposeChange({
      transition: "auto",
      changes: [{ kind, nodeId: request.nodeId }],
      context: new TextEncoder().encode(request.address),
    });
    if (result.state !== "accepted") {
      const reason = "reason" in result ? result.reason : result.state;
      return this.#answer(request.id, `BUSY the change was refused: ${reason}`);
    }
    const { index } = result;
    this.#open = { ...request, index, isBegun: true, ticksLeft: Infinity };
  }

  #transfer(request: ChangeRequest): void {
    const { id, nodeId } = request;
    if (nodeId === this.#nodeId) return this.#answer(id, "");
    const ticksLeft = this.#patienceTicks;
    this.#open = { ...request, index: 0, isBegun: false, ticksLeft };
  }

  /**
   * Whether no proposals are to be taken: those under way end before another node may
   * lead, and those to come wait for it, so that a transfer costs nobody a write.
   */
  get holdsProposals(): boolean {
    return this.#open?.kind === "transfer";
  }

  /** Begins a transfer when nothing is open any more, or half of the time has passed. */
  proceed(): void {
    const open = this.#open;
    if (open === undefined || open.isBegun) return;
    const isLate = open.ticksLeft <= this.#patienceTicks / 2;
    if (this.#own.open > 0 && !isLate) return;
    open.isBegun = true;
    this.#node.transferLeadership(open.nodeId);
  }

  #problemOf({ kind, nodeId }: ChangeRequest): string | undefined {
    const { leader, role } = this.#node.status();
    if (role !== "leader") {
      return leader === 0
        ? "NOTLEADER no node is known to lead"
        : `NOTLEADER node ${leader} leads`;
    }
    if (this.#open !== undefined) return "BUSY another change is under way";
    const { learners, voters } = this.#node.confState();
    const isMember = idsOf(this.#node.confState()).includes(nodeId);
    if (kind === "add") {
      return isMember ? `ERR node ${nodeId} is a member already` : undefined;
    }
    if (!isMember) return `ERR node ${nodeId} is no member`;
    if (kind === "promote") {
      return learners.includes(nodeId)
        ? this.#lagOf(nodeId)
        : `ERR node ${nodeId} is a voter already`;
    }
    if (kind === "remove") return this.#lossBy(nodeId);
    return voters.includes(nodeId)
      ? this.#silenceOf(nodeId)
      : `ERR node ${nodeId} is no voter`;
  }

  /** Why a learner may not vote yet. */
  #lagOf(nodeId: number): string | undefined {
    const member = this.#node.members().find(({ id }) => id === nodeId);
    const { commit } = this.#node.status();
    const missing = commit - (member?.match ?? 0);
    if (missing <= PROMOTION_LAG_ENTRIES_MAX) return this.#silenceOf(nodeId);
    return `LAGGING node ${nodeId} lacks ${missing} entries of the log`;
  }

  #silenceOf(nodeId: number): string | undefined {
    return this.#isActive(nodeId)
      ? undefined
      : `SILENT node ${nodeId} has not been heard of lately`;
  }

  /** Raft takes a node that was just added for active, before it has acknowledged anything. */
  #isActive(nodeId: number): boolean {
    return nodeId === this.#nodeId ||
      this.#node.members().some(({ id, isActive, match }) =>
        id === nodeId && isActive && match > 0
      );
  }

  /** Why a node may not be taken out. */
  #lossBy(nodeId: number): string | undefined {
    const voters = this.#node.confState().voters.filter((id) => id !== nodeId);
    if (voters.length === 0) return "ERR the last voter cannot be removed";
    const active = voters.filter((id) => this.#isActive(id));
    if (active.length > voters.length / 2) return undefined;
    return `NOQUORUM of the ${voters.length} voters without node ${nodeId} only ${active.length} can be reached`;
  }

  /** The membership change of the entry at `index` has been made. */
  made(index: number): void {
    if (this.#open?.index === index) this.#end("");
  }

  /** Who leads has changed. */
  note({ isLeader, leader }: Standing): void {
    const open = this.#open;
    if (open === undefined || isLeader) return;
    if (open.kind !== "transfer") {
      this.#end("UNCERTAIN the leader was lost: the change may be made yet");
    } else if (leader === open.nodeId) this.#end("");
    else if (leader !== 0) this.#end(`ERR node ${leader} leads instead`);
  }

  /** A tick has passed. */
  tick(): void {
    const open = this.#open;
    if (open === undefined || --open.ticksLeft > 0) return;
    this.#end(`ERR node ${open.nodeId} did not take over in time`);
  }

  #end(problem: string): void {
    const { id } = this.#open!;
    this.#open = undefined;
    this.#answer(id, problem);
  }
}

/** Reads the payload of a CHANGE frame; undefined for bytes that are none. */
export function decodeChange(
  id: number,
  nodeId: number,
  payload: Uint8Array,
): ChangeRequest | undefined {
  const kind = CHANGE_KINDS[payload[0] ?? CHANGE_KINDS.length];
  if (kind === undefined) return undefined;
  const address = new TextDecoder().decode(payload.slice(1));
  return { id, kind, nodeId, address };
}

/** The payload of a CHANGE frame. */
export function encodeChange(kind: ChangeKind, address: string): Uint8Array {
  const text = new TextEncoder().encode(address);
  const payload = new Uint8Array(1 + text.length);
  payload[0] = CHANGE_KINDS.indexOf(kind);
  payload.set(text, 1);
  return payload;
}

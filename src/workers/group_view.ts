/**
 * The group as operators see it and change it.
 *
 * @module
 */

import type { GroupChange, GroupMember, HostGroup } from "../commands/mod.ts";
import {
  addressText,
  CHANGES_OPEN_MAX,
  type GroupSettings,
} from "../config/mod.ts";
import { decodeMembers, encodeChange, idsOf } from "../replica/mod.ts";

/** What a view works with. */
export interface GroupViewParts {
  /** What this node was told at its start. */
  readonly settings: GroupSettings;
  /** The members as of the newest entry applied, as bytes. */
  readonly members: () => Uint8Array | undefined;
  /** Who leads; 0 = nobody that is known. */
  readonly leader: () => number;
  /** Sends a CHANGE to the raft Worker; false when there is no room. */
  readonly send: (id: number, nodeId: number, payload: Uint8Array) => boolean;
}

const BUSY = "BUSY too many changes are under way";

/** See the module. */
export class GroupView implements HostGroup {
  readonly #parts: GroupViewParts;
  /** Who waits, by the number of the request. */
  readonly #open = new Map<number, (problem: string) => void>();
  #lastId = 0;

  /** Nothing is under way. */
  constructor(parts: GroupViewParts) {
    this.#parts = parts;
  }

  /** Where node `nodeId` is, as far as known; empty when it is not. */
  addressOf(nodeId: number): string {
    const bytes = this.#parts.members();
    const addresses = bytes && decodeMembers(bytes)?.addresses;
    return addresses?.get(nodeId) ?? this.#toldAddress(nodeId);
  }

  /** See {@linkcode HostGroup}. */
  members(): readonly GroupMember[] {
    const bytes = this.#parts.members();
    const members = bytes && decodeMembers(bytes);
    if (members === undefined) return [];
    const { addresses, confState } = members;
    const leader = this.#parts.leader();
    const isVoter = (id: number) =>
      confState.voters.includes(id) || confState.votersOutgoing.includes(id);
    return idsOf(confState).map((nodeId) => ({
      nodeId,
      address: addresses.get(nodeId) ?? this.#toldAddress(nodeId),
      role: nodeId === leader
        ? "leader"
        : isVoter(nodeId)
        ? "voter"
        : "learner",
    }));
  }

  #toldAddress(nodeId: number): string {
    const { peers } = this.#parts.settings;
    const peer = peers.find((one) => one.nodeId === nodeId);
    return peer === undefined ? "" : addressText(peer);
  }

  /** See {@linkcode HostGroup}. */
  change(kind: GroupChange, nodeId: number, address: string): Promise<string> {
    if (this.#open.size >= CHANGES_OPEN_MAX) return Promise.resolve(BUSY);
    const id = this.#lastId + 1;
    if (!this.#parts.send(id, nodeId, encodeChange(kind, address))) {
      return Promise.resolve(BUSY);
    }
    this.#lastId = id;
    return new Promise((resolve) => this.#open.set(id, resolve));
  }

  /** The raft Worker has answered request `id`: with an empty text, or what is wrong. */
  changed(id: number, problem: string): void {
    this.#open.get(id)?.(problem);
    this.#open.delete(id);
  }
}

/**
 * What the serve Worker knows of its group, for the commands about it.
 *
 * @module
 */

import type { ClusterNode, ClusterView } from "../commands/mod.ts";
import { type Options, parseAddress } from "../config/mod.ts";
import type { MemberProgress, ProgressReader } from "../replica/mod.ts";

/** This node's id while it is alone in its group. */
const SOLE_NODE_ID = 1;

/** Where a {@linkcode ClusterState} looks. */
export interface ClusterSource {
  /** What the node was started with. */
  readonly options: Pick<Options, "clusterProtocol" | "group" | "tlsPort">;
  /** What the raft Worker knows of the members of a group. */
  readonly progress: Pick<ProgressReader, "read">;
  /** Wall time in milliseconds. */
  readonly wallMs: () => number;
  /** Port for clients; 0 while there is none. */
  readonly clientPort: () => number;
  /** Where a node takes others, `host:port`; empty when it is not known. */
  readonly addressOf: (id: number) => string;
  /** Index of the last entry applied. */
  readonly appliedIndex: () => number;
}

/** What this node is told of a member. */
type Announcement = Pick<
  MemberProgress,
  "id" | "isVoter" | "clientPort" | "tlsPort"
>;

/** See the module. Nobody leads before it is told so. */
export class ClusterState implements ClusterView {
  /** Name of the group. */
  readonly name: string;
  /** This node's id. */
  readonly ownId: number;
  readonly #source: ClusterSource;
  readonly #startedMs: number;
  /** When other nodes were first seen connected, in milliseconds; those that still are. */
  readonly #connectedMs = new Map<number, number>();
  #term = 0;
  #leaderId = 0;
  #lastLeaderId = 0;

  /** Looks at `source`. */
  constructor(source: ClusterSource) {
    this.#source = source;
    this.#startedMs = source.wallMs();
    const { group } = source.options;
    this.name = group?.cluster ?? "";
    this.ownId = group?.nodeId ?? SOLE_NODE_ID;
  }

  /** @inheritdoc */
  get isEnabled(): boolean {
    return this.#source.options.clusterProtocol === "yes";
  }

  /** @inheritdoc */
  get term(): number {
    return this.#term;
  }

  /** @inheritdoc */
  get leaderId(): number {
    return this.#leaderId;
  }

  /** @inheritdoc */
  get lastLeaderId(): number {
    return this.#lastLeaderId;
  }

  /** @inheritdoc */
  get appliedIndex(): number {
    return this.#source.appliedIndex();
  }

  /** @inheritdoc */
  get nodes(): readonly ClusterNode[] {
    const { options, progress } = this.#source;
    if (options.group === undefined) {
      const own = { id: this.ownId, isVoter: true };
      return [this.#node({ ...own, ...this.#ownPorts() })];
    }
    this.look();
    return progress.read().map((member) => this.#node(member));
  }

  #node({ id, isVoter, ...announced }: Announcement): ClusterNode {
    const isOwn = id === this.ownId;
    const { addressOf } = this.#source;
    const address = parseAddress(addressOf(id));
    const { clientPort, tlsPort } = isOwn ? this.#ownPorts() : announced;
    const isKnown = isOwn || address !== undefined;
    return {
      id,
      isVoter,
      host: address?.hostname ?? "",
      // A port without a host leads nobody there.
      clientPort: isKnown ? clientPort : 0,
      tlsPort: isKnown ? tlsPort : 0,
      peerPort: address?.port ?? 0,
      connectedMs: isOwn ? this.#startedMs : this.#connectedMs.get(id) ?? 0,
    };
  }

  #ownPorts(): Pick<ClusterNode, "clientPort" | "tlsPort"> {
    const { clientPort, options: { tlsPort } } = this.#source;
    return { clientPort: clientPort(), tlsPort };
  }

  /** @inheritdoc */
  heldIndex(id: number): number | undefined {
    const { options, progress } = this.#source;
    // A node alone applies what is in its log.
    if (options.group === undefined && id === this.ownId) {
      return this.appliedIndex;
    }
    return progress.read().find((member) => member.id === id)?.heldIndex;
  }

  /** What raft knows of the members. */
  get members(): readonly MemberProgress[] {
    return this.#source.progress.read();
  }

  /** Notes who is connected. */
  look(): void {
    const { wallMs } = this.#source;
    const connected = this.members.filter(({ isConnected }) => isConnected);
    for (const id of [...this.#connectedMs.keys()]) {
      if (!connected.some((member) => member.id === id)) {
        this.#connectedMs.delete(id);
      }
    }
    for (const { id } of connected) {
      if (!this.#connectedMs.has(id)) this.#connectedMs.set(id, wallMs());
    }
  }

  /**
   * Node `leaderId` leads in `term`, 0 = nobody is known to. `isServing`: it is this one,
   * and it has all that earlier leaders committed.
   */
  noteLeader(term: number, leaderId: number, isServing: boolean): void {
    this.#term = term;
    const mayServe = leaderId !== this.ownId || isServing;
    this.#leaderId = mayServe ? leaderId : 0;
    if (this.#leaderId !== 0) this.#lastLeaderId = this.#leaderId;
  }
}

/**
 * `LANE.CLUSTER`: the members of a group, while it runs. Only its leader changes them.
 *
 * @module
 */

import { byteText } from "../../base/mod.ts";
import { parseAddress } from "../../config/mod.ts";
import { array, bulk, error, integer, OK, type Reply } from "../../resp/mod.ts";
import { container } from "./container.ts";
import type { HostCall, HostCommand, HostReply } from "./context.ts";
import { word } from "./context.ts";

/** A change that is asked for. */
export type GroupChange = "add" | "promote" | "remove" | "transfer";

/** A member of the group. */
export interface GroupMember {
  /** Its id. */
  readonly nodeId: number;
  /** Where the other nodes reach it, as `host:port`; empty when this node was not told. */
  readonly address: string;
  /** What it may do. */
  readonly role: "leader" | "voter" | "learner";
}

/** The group of this node. */
export interface HostGroup {
  /** Its members as of the newest entry applied, by id. */
  members(): readonly GroupMember[];
  /**
   * Asks for a change.
   *
   * @returns An empty text when it is done, else what is wrong, an error code word first.
   */
  change(kind: GroupChange, nodeId: number, address: string): Promise<string>;
}

const ALONE = error("ERR This node is alone: it was started without --node-id");

function nodeIdOf(call: HostCall): number | undefined {
  const text = word(call, 2);
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  return id;
}

function change(kind: GroupChange): HostCommand {
  return (call): HostReply => {
    const { group } = call.server;
    if (group === undefined) return ALONE;
    const nodeId = nodeIdOf(call);
    if (nodeId === undefined) {
      return error("ERR a node id is a number from 1 on");
    }
    const address = kind === "add" ? byteText(call.words[3]!) : "";
    if (kind === "add" && (parseAddress(address)?.port ?? 0) === 0) {
      return error("ERR an address is HOST:PORT, as in --peers");
    }
    const done = group.change(kind, nodeId, address);
    const reply = done.then((problem) => problem === "" ? OK : error(problem));
    return { kind: "later", reply };
  };
}

function members({ server: { group } }: HostCall): Reply {
  if (group === undefined) return ALONE;
  return array(
    group.members().map(({ address, nodeId, role }) =>
      array([integer(nodeId), bulk(address), bulk(role)])
    ),
  );
}

/** The command with its subcommands. */
export const laneCluster: HostCommand = container("lane.cluster", {
  add: change("add"),
  members,
  promote: change("promote"),
  remove: change("remove"),
  transfer: change("transfer"),
});

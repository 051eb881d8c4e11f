/**
 * Commands that only this server has: the members of its group.
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

const SINCE = "7.0.0";
const FLAGS = "admin noscript stale";

/** Rows of the server's own commands, sorted by name. */
export const LANE_COMMANDS: readonly CommandRow[] = [
  command("lane.cluster", "server", "host", {
    since: SINCE,
    arity: -2,
    summary: "Changes the members of the group that this node belongs to",
    complexity: "Depends on the subcommand",
    subcommands: [
      command("lane.cluster|add", "server", "host", {
        since: SINCE,
        arity: 4,
        flags: FLAGS,
        summary:
          "Takes a node in as a learner, which gets the log and has no vote",
        complexity: "O(1)",
        arguments: "node-id:integer address:string",
      }),
      command("lane.cluster|help", "server", "host", {
        since: SINCE,
        arity: 2,
        flags: "loading stale",
        summary: "Describes the subcommands",
        complexity: "O(1)",
      }),
      command("lane.cluster|members", "server", "host", {
        since: SINCE,
        arity: 2,
        flags: FLAGS,
        summary: "Lists the members: id, address, role",
        complexity: "O(N), N = members",
      }),
      command("lane.cluster|promote", "server", "host", {
        since: SINCE,
        arity: 3,
        flags: FLAGS,
        summary: "Gives a learner a vote, when it has nearly all of the log",
        complexity: "O(1)",
        arguments: "node-id:integer",
      }),
      command("lane.cluster|remove", "server", "host", {
        since: SINCE,
        arity: 3,
        flags: FLAGS,
        summary: "Takes a node out, unless no majority could be reached then",
        complexity: "O(1)",
        arguments: "node-id:integer",
      }),
      command("lane.cluster|transfer", "server", "host", {
        since: SINCE,
        arity: 3,
        flags: FLAGS,
        summary: "Lets another voter lead",
        complexity: "O(1)",
        arguments: "node-id:integer",
      }),
    ],
  }),
];

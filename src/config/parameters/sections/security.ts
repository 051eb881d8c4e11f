/**
 * Security: users, passwords, and what only some may do: parameters of Redis 7.
 *
 * @module
 */

import type { ParameterRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const SECURITY: readonly ParameterRow[] = [
  {
    name: "acl-pubsub-default",
    kind: "enum",
    initial: "resetchannels",
    isMutable: true,
    isEffective: true,
    words: ["allchannels", "resetchannels"],
  },
  {
    name: "aclfile",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "acllog-max-len",
    kind: "integer",
    initial: "128",
    isMutable: true,
    isEffective: true,
    min: 0,
  },
  {
    name: "enable-debug-command",
    kind: "string",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "enable-module-command",
    kind: "string",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "enable-protected-configs",
    kind: "string",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "requirepass",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: true,
  },
  {
    name: "sanitize-dump-payload",
    kind: "enum",
    initial: "no",
    isMutable: true,
    isEffective: false,
    words: ["no", "yes", "clients"],
  },
];

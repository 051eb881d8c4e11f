/**
 * TLS: parameters of Redis 7.
 *
 * @module
 */

import type { ParameterRow } from "../parameter_row.ts";

/** Rows sorted by name. */
export const TLS: readonly ParameterRow[] = [
  {
    name: "tls-auth-clients",
    kind: "enum",
    initial: "yes",
    isMutable: true,
    isEffective: false,
    words: ["no", "yes", "optional"],
  },
  {
    name: "tls-ca-cert-dir",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-ca-cert-file",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-cert-file",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "tls-ciphers",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-ciphersuites",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-client-cert-file",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-client-key-file",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-client-key-file-pass",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-cluster",
    kind: "bool",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "tls-dh-params-file",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-key-file",
    kind: "string",
    initial: "",
    isMutable: false,
    isEffective: true,
  },
  {
    name: "tls-key-file-pass",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-port",
    kind: "integer",
    initial: "0",
    isMutable: false,
    isEffective: true,
    min: 0,
    max: 65535,
  },
  {
    name: "tls-prefer-server-ciphers",
    kind: "bool",
    initial: "no",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-protocols",
    kind: "string",
    initial: "",
    isMutable: true,
    isEffective: false,
  },
  {
    name: "tls-replication",
    kind: "bool",
    initial: "no",
    isMutable: false,
    isEffective: false,
  },
  {
    name: "tls-session-cache-size",
    kind: "integer",
    initial: "20480",
    isMutable: true,
    isEffective: false,
    min: 0,
    max: 2147483647,
  },
  {
    name: "tls-session-cache-timeout",
    kind: "integer",
    initial: "300",
    isMutable: true,
    isEffective: false,
    min: 0,
    max: 2147483647,
  },
  {
    name: "tls-session-caching",
    kind: "bool",
    initial: "yes",
    isMutable: true,
    isEffective: false,
  },
];

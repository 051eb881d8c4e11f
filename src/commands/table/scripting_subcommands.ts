/**
 * Subcommands of FUNCTION and SCRIPT.
 *
 * Source: https://redis.io/commands/
 *
 * @module
 */

import type { CommandRow } from "./command_row.ts";
import { command } from "./row_builder.ts";

/** Rows of FUNCTION's subcommands, sorted by name. */
export const FUNCTION_SUBCOMMANDS: readonly CommandRow[] = [
  command("function|delete", "scripting", "none", {
    since: "7.0.0",
    arity: 3,
    flags: "write noscript",
    categories: "scripting",
    summary: "Removes a library",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "library-name:string",
  }),
  command("function|dump", "scripting", "none", {
    since: "7.0.0",
    arity: 2,
    flags: "noscript",
    categories: "scripting",
    summary: "Serializes all libraries",
    complexity: "O(N), N = functions",
  }),
  command("function|flush", "scripting", "none", {
    since: "7.0.0",
    arity: -2,
    flags: "write noscript",
    categories: "scripting",
    summary: "Removes all libraries",
    complexity: "O(N), N = functions",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "async?<async=ASYNC|sync=SYNC>",
  }),
  command("function|help", "scripting", "none", {
    since: "7.0.0",
    arity: 2,
    flags: "loading stale",
    categories: "scripting",
    summary: "Prints what FUNCTION can do",
    complexity: "O(1)",
  }),
  command("function|kill", "scripting", "none", {
    since: "7.0.0",
    arity: 2,
    flags: "noscript allow_busy",
    categories: "scripting",
    summary: "Stops the function that runs",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:one_succeeded",
  }),
  command("function|list", "scripting", "none", {
    since: "7.0.0",
    arity: -2,
    flags: "noscript",
    categories: "scripting",
    summary: "Describes the libraries",
    complexity: "O(N), N = functions",
    tips: "nondeterministic_output_order",
    arguments: "library-name-pattern?:string=LIBRARYNAME withcode?=WITHCODE",
  }),
  command("function|load", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "write denyoom noscript",
    categories: "scripting",
    summary: "Makes a library from code",
    complexity: "O(1), without compiling",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "replace?=REPLACE function-code:string",
  }),
  command("function|restore", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "write denyoom noscript",
    categories: "scripting",
    summary: "Loads serialized libraries",
    complexity: "O(N), N = functions",
    tips: "request_policy:all_shards response_policy:all_succeeded",
    arguments: "serialized-value:string policy?<flush=FLUSH|append=APPEND|" +
      "replace=REPLACE>",
  }),
  command("function|stats", "scripting", "none", {
    since: "7.0.0",
    arity: 2,
    flags: "noscript allow_busy",
    categories: "scripting",
    summary: "Describes the function that runs, and the engines",
    complexity: "O(1)",
    tips:
      "nondeterministic_output request_policy:all_shards response_policy:special",
  }),
];

/** Rows of SCRIPT's subcommands, sorted by name. */
export const SCRIPT_SUBCOMMANDS: readonly CommandRow[] = [
  command("script|debug", "scripting", "none", {
    since: "3.2.0",
    arity: 3,
    flags: "noscript",
    categories: "scripting",
    summary: "Sets the mode of debugging for EVAL",
    complexity: "O(1)",
    arguments: "mode<yes=YES|sync=SYNC|no=NO>",
  }),
  command("script|exists", "scripting", "none", {
    since: "2.6.0",
    arity: -3,
    flags: "noscript",
    categories: "scripting",
    summary: "Tells which scripts are loaded",
    complexity: "O(N), N = scripts named",
    tips: "request_policy:all_shards response_policy:agg_logical_and",
    arguments: "sha1*:string",
  }),
  command("script|flush", "scripting", "none", {
    since: "2.6.0",
    arity: -2,
    flags: "noscript",
    categories: "scripting",
    summary: "Forgets all scripts",
    complexity: "O(N), N = scripts",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    arguments: "async?<async=ASYNC|sync=SYNC>^6.2.0",
  }),
  command("script|help", "scripting", "none", {
    since: "5.0.0",
    arity: 2,
    flags: "loading stale",
    categories: "scripting",
    summary: "Prints what SCRIPT can do",
    complexity: "O(1)",
  }),
  command("script|kill", "scripting", "none", {
    since: "2.6.0",
    arity: 2,
    flags: "noscript allow_busy",
    categories: "scripting",
    summary: "Stops the script that runs",
    complexity: "O(1)",
    tips: "request_policy:all_shards response_policy:one_succeeded",
  }),
  command("script|load", "scripting", "none", {
    since: "2.6.0",
    arity: 3,
    flags: "noscript stale",
    categories: "scripting",
    summary: "Loads a script and shows its SHA1",
    complexity: "O(N), N = bytes of the script",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    arguments: "script:string",
  }),
];

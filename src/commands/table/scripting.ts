/**
 * Commands of the scripting group.
 *
 * Source: https://redis.io/commands/?group=scripting
 *
 * @module
 */

import {
  FUNCTION_SUBCOMMANDS,
  SCRIPT_SUBCOMMANDS,
} from "./scripting_subcommands.ts";
import type { CommandRow } from "./command_row.ts";
import { at, command, counted, keys } from "./row_builder.ts";

/** Rows of the scripting group, sorted by name. */
export const SCRIPTING_COMMANDS: readonly CommandRow[] = [
  command("eval", "scripting", "none", {
    since: "2.6.0",
    arity: -3,
    flags: "noscript stale skip_monitor may_replicate no_mandatory_keys",
    categories: "scripting",
    keys: [
      keys(
        "RW access update",
        at(2),
        counted(0, 1, 1),
        "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE",
      ),
    ],
    summary: "Runs a Lua script",
    complexity: "Depends on the script",
    arguments: "script:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("eval_ro", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "readonly noscript stale skip_monitor no_mandatory_keys",
    categories: "scripting",
    keys: [
      keys(
        "RO access",
        at(2),
        counted(0, 1, 1),
        "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS",
      ),
    ],
    summary: "Runs a Lua script that only reads",
    complexity: "Depends on the script",
    arguments: "script:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("evalsha", "scripting", "none", {
    since: "2.6.0",
    arity: -3,
    flags: "noscript stale skip_monitor may_replicate no_mandatory_keys",
    categories: "scripting",
    keys: [keys("RW access update", at(2), counted(0, 1, 1))],
    summary: "Runs a loaded Lua script by its SHA1",
    complexity: "Depends on the script",
    arguments: "sha1:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("evalsha_ro", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "readonly noscript stale skip_monitor no_mandatory_keys",
    categories: "scripting",
    keys: [keys("RO access", at(2), counted(0, 1, 1))],
    summary: "Runs a loaded Lua script that only reads, by its SHA1",
    complexity: "Depends on the script",
    arguments: "sha1:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("fcall", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "noscript stale skip_monitor may_replicate no_mandatory_keys",
    categories: "scripting",
    keys: [
      keys(
        "RW access update",
        at(2),
        counted(0, 1, 1),
        "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE",
      ),
    ],
    summary: "Runs a function",
    complexity: "Depends on the function",
    arguments: "function:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("fcall_ro", "scripting", "none", {
    since: "7.0.0",
    arity: -3,
    flags: "readonly noscript stale skip_monitor no_mandatory_keys",
    categories: "scripting",
    keys: [
      keys(
        "RO access",
        at(2),
        counted(0, 1, 1),
        "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS",
      ),
    ],
    summary: "Runs a function that only reads",
    complexity: "Depends on the function",
    arguments: "function:string numkeys:integer key?*@0 arg?*:string",
  }),
  command("function", "scripting", "none", {
    since: "7.0.0",
    arity: -2,
    summary: "Libraries of functions",
    complexity: "Depends on the subcommand",
    subcommands: FUNCTION_SUBCOMMANDS,
  }),
  command("script", "scripting", "none", {
    since: "2.6.0",
    arity: -2,
    summary: "Loaded Lua scripts",
    complexity: "Depends on the subcommand",
    subcommands: SCRIPT_SUBCOMMANDS,
  }),
];

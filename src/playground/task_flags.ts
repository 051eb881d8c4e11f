/**
 * The permissions and other flags that a task of `deno.json` runs a program with.
 *
 * @module
 */

import { assert } from "../base/mod.ts";

/** The words between `deno run` and the file `entry` in the text of a `task`. */
export function taskFlags(task: string, entry: string): readonly string[] {
  const end = entry.replaceAll(".", "\\.");
  const match = new RegExp(`deno run\\s+([^&;|]*?)\\s*(?:\\./)?${end}`).exec(
    task,
  );
  assert(match !== null, `the task runs \`deno run … ${entry}\``);
  return match[1]!.split(/\s+/).filter((flag) => flag !== "").map((flag) =>
    flag.replace(/^(['"])(.*)\1$/, "$2")
  );
}
